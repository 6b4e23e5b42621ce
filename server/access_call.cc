#include "server/access_call.h"

#include <algorithm>
#include <string>

#include "base/cut.h"
#include "base/strings.h"
#include "proto/text.h"
#include "server/access.h"
#include "server/unary_call.h"

namespace sceau::server {
namespace {

constexpr size_t kMaxReason = 500;  // characters

// The manager is one of the callers, whatever he may do; what he asks for is looked at below.
constexpr Role kRoles[] = {Role::kSigner, Role::kVerifier, Role::kDelegationManager, Role::kAuditor,
                           Role::kOperator};

using Work = std::function<Status(const Workshop&)>;

grpc::ServerUnaryReactor* Reply(const Workshop& workshop, std::string_view name, Work work) {
  const auto call = std::make_shared<Unary>(workshop, name);
  return StartCall<grpc::ServerUnaryReactor>(
      call, kRoles, [it = call.get(), work = std::move(work)] {
        const bool kept = it->workshop().access != nullptr;
        it->End(kept ? work(it->workshop()) : Error(Reason::kStoreUnusable, "tokens.state_folder"));
      });
}

const Caller* FindCaller(const Workshop& workshop, const std::string& name) {
  for (const CallerEntry& entry : workshop.config->callers) {
    if (entry.caller.name == name) return &entry.caller;
  }
  return nullptr;
}

bool IsOf(const Caller& caller, const std::string& collectivite) {
  return RequireWithin(WithinOf(caller), collectivite).ok();
}

bool IsManager(const Workshop& workshop, const std::string& collectivite) {
  const std::string manager = workshop.access->ManagerOf(collectivite);
  return !manager.empty() && manager == CallerOf(workshop);
}

Status RequireManager(const Workshop& workshop, const std::string& collectivite) {
  if (IsManager(workshop, collectivite)) return OkStatus();
  return Error(Reason::kCallerNotAllowed,
               Concat(CallerOf(workshop), ": manager of ", Cut(collectivite, 64)));
}

// Of the manager, about another caller of the collectivité.
StatusOr<AccessChange> ChangeOf(const Workshop& workshop, const std::string& collectivite,
                                const std::string& caller, const std::string& reason) {
  SCEAU_RETURN_IF_ERROR(RequireManager(workshop, collectivite));
  const Caller* other = FindCaller(workshop, caller);
  if (other == nullptr || !IsOf(*other, collectivite)) return Error(Reason::kUsage, "caller");
  if (caller == CallerOf(workshop)) return Error(Reason::kUsage, "caller: the manager");
  if (reason.empty()) return Error(Reason::kUsage, "reason");
  return AccessChange{.who = CallerOf(workshop),
                      .collectivite = collectivite,
                      .caller = caller,
                      .reason = wire::Utf8(reason, kMaxReason)};
}

Status List(const Workshop& workshop, const std::string& collectivite,
            v1::ListAccessResponse& response) {
  if (!IsManager(workshop, collectivite)) {
    SCEAU_RETURN_IF_ERROR(
        Require(*workshop.caller, Role::kAuditor, {.collectivite = collectivite}));
  }
  const std::string manager = workshop.access->ManagerOf(collectivite);
  for (const CallerEntry& entry : workshop.config->callers) {
    const Caller& caller = entry.caller;
    if (!IsOf(caller, collectivite)) continue;
    v1::CallerAccess& told = *response.add_callers();
    told.set_name(caller.name);
    for (const Role role : caller.roles) told.add_roles(std::string(NameOf(role)));
    for (const std::string& key : caller.keys) told.add_keys(key);
    const std::vector<std::string> closed = workshop.access->ClosedTo(caller.name);
    told.set_enabled(std::ranges::find(closed, collectivite) == closed.end());
    told.set_manager(caller.name == manager);
  }
  return OkStatus();
}

Status Set(const Workshop& workshop, const v1::SetAccessRequest& request) {
  SCEAU_ASSIGN_OR_RETURN(AccessChange change, ChangeOf(workshop, request.collectivite(),
                                                       request.caller(), request.reason()));
  change.change = request.enabled() ? "enabled" : "disabled";
  return workshop.access->SetEnabled(change, request.enabled());
}

Status Hand(const Workshop& workshop, const v1::HandOverRequest& request) {
  SCEAU_ASSIGN_OR_RETURN(AccessChange change, ChangeOf(workshop, request.collectivite(),
                                                       request.caller(), request.reason()));
  const std::vector<std::string> closed = workshop.access->ClosedTo(change.caller);
  if (std::ranges::find(closed, change.collectivite) != closed.end()) {
    return Error(Reason::kUsage, "caller: disabled");
  }
  change.change = "manager";
  return workshop.access->HandOver(change);
}

}  // namespace

grpc::ServerUnaryReactor* AccessCalls::ListAccess(grpc::CallbackServerContext* context,
                                                  const v1::ListAccessRequest* request,
                                                  v1::ListAccessResponse* response) {
  return Reply(workshop_(*context->auth_context()), "ListAccess",
               [=](const Workshop& it) { return List(it, request->collectivite(), *response); });
}

grpc::ServerUnaryReactor* AccessCalls::SetAccess(grpc::CallbackServerContext* context,
                                                 const v1::SetAccessRequest* request,
                                                 v1::SetAccessResponse*) {
  return Reply(workshop_(*context->auth_context()), "SetAccess",
               [=](const Workshop& it) { return Set(it, *request); });
}

grpc::ServerUnaryReactor* AccessCalls::HandOver(grpc::CallbackServerContext* context,
                                                const v1::HandOverRequest* request,
                                                v1::HandOverResponse*) {
  return Reply(workshop_(*context->auth_context()), "HandOver",
               [=](const Workshop& it) { return Hand(it, *request); });
}

}  // namespace sceau::server
