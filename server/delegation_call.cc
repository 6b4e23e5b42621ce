#include "server/delegation_call.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/record_json.h"
#include "proto/text.h"
#include "server/convert.h"
#include "server/delegation_desk.h"
#include "server/unary_call.h"

namespace sceau::server {
namespace {

using wire::Utf8;

constexpr Role kRoles[] = {Role::kDelegationManager, Role::kAuditor};
constexpr size_t kMaxMessage = 1 << 20;  // bytes of one list message

void SetEntry(const delegations::Entry& entry, v1::RegisterEntry& wire) {
  wire.set_record(policy::WriteRecordLine(entry.record));
  wire.set_standing(std::string(policy::NameOf(entry.standing)));
  for (const std::string& id : entry.revoked_by) wire.add_revoked_by(Utf8(id));
}

template <typename Request>
policy::When WhenOf(const Request& request, absl::Time now) {
  return {request.has_at() ? ToTime(request.at()) : now,
          request.has_known_at() ? ToTime(request.known_at()) : now};
}

// The register of competences as it is kept here.
StatusOr<DelegationDesk*> DeskOf(const Workshop& workshop) {
  if (workshop.engine->delegations != nullptr) return workshop.engine->delegations;
  return Error(Reason::kCompetenceUnavailable, "competence.register");
}

using Work = std::function<Status(const Unary& call, DelegationDesk& desk)>;

// `work` fills the answer.
grpc::ServerUnaryReactor* Reply(const Workshop& workshop, std::string_view name, Work work) {
  const auto call = std::make_shared<Unary>(workshop, name);
  return StartCall<grpc::ServerUnaryReactor>(
      call, kRoles, [it = call.get(), work = std::move(work)] {
        const auto desk = DeskOf(it->workshop());
        it->End(desk.ok() ? work(*it, **desk) : desk.status());
      });
}

Asking AskingOf(const Unary& call) { return {*call.workshop().caller, call.request_id()}; }

// The messages are made first: entries are small, and the register may change.
class ListCall final : public Counted<grpc::ServerWriteReactor<v1::ListRecordsResponse>> {
 public:
  using Counted::Counted;

  void Work(const v1::ListRecordsRequest& request) {
    const Status status = Make(request);
    status.ok() ? Next() : End(status);
  }

 private:
  Status Make(const v1::ListRecordsRequest& request) {
    SCEAU_ASSIGN_OR_RETURN(const DelegationDesk* desk, DeskOf(workshop()));
    messages_.emplace_back();
    size_t size = 0;
    return desk->List(*workshop().caller, request.type(), WhenOf(request, desk->Now()),
                      [&](const delegations::Entry& entry) {
                        v1::RegisterEntry wire;
                        SetEntry(entry, wire);
                        size += wire.record().size();
                        if (size > kMaxMessage) {
                          messages_.emplace_back();
                          size = wire.record().size();
                        }
                        *messages_.back().add_entries() = std::move(wire);
                      });
  }

  void Next() {
    if (next_ == messages_.size()) return End(OkStatus());
    StartWaiting();
    StartWrite(&messages_[next_++]);
  }
  void OnWriteDone(bool ok) override {
    StopWaiting();
    ok ? Next() : End(Error(Reason::kCancelled));
  }

  std::vector<v1::ListRecordsResponse> messages_;
  size_t next_ = 0;
};

}  // namespace

grpc::ServerUnaryReactor* DelegationCalls::AddRecord(grpc::CallbackServerContext* context,
                                                     const v1::AddRecordRequest* request,
                                                     v1::AddRecordResponse* response) {
  return Reply(workshop_(*context->auth_context()), "AddRecord",
               [=](const Unary& call, DelegationDesk& desk) -> Status {
                 SCEAU_ASSIGN_OR_RETURN(
                     const DelegationDesk::AddedEntry added,
                     desk.Add(AskingOf(call), request->record(),
                              {request->act_name(), request->act(), request->act_signature()},
                              request->strict()));
                 SetEntry(added.entry, *response->mutable_entry());
                 response->set_act_state(added.act_state);
                 response->set_request_id(call.request_id());
                 return OkStatus();
               });
}

grpc::ServerUnaryReactor* DelegationCalls::RevokeRecord(grpc::CallbackServerContext* context,
                                                        const v1::RevokeRecordRequest* request,
                                                        v1::RevokeRecordResponse* response) {
  return Reply(
      workshop_(*context->auth_context()), "RevokeRecord", [=](const Unary& call, DelegationDesk& desk) -> Status {
        std::optional<absl::Time> from;
        if (request->has_from()) from = ToTime(request->from());
        SCEAU_ASSIGN_OR_RETURN(
            const delegations::Entry entry,
            desk.Revoke(AskingOf(call), request->id(), request->reference(), from));
        SetEntry(entry, *response->mutable_entry());
        response->set_request_id(call.request_id());
        return OkStatus();
      });
}

grpc::ServerUnaryReactor* DelegationCalls::ShowRecord(grpc::CallbackServerContext* context,
                                                      const v1::ShowRecordRequest* request,
                                                      v1::ShowRecordResponse* response) {
  return Reply(workshop_(*context->auth_context()), "ShowRecord",
               [=](const Unary& call, DelegationDesk& desk) -> Status {
                 SCEAU_ASSIGN_OR_RETURN(const delegations::Entry entry,
                                        desk.Show(*call.workshop().caller, request->id(),
                                                  WhenOf(*request, desk.Now())));
                 SetEntry(entry, *response->mutable_entry());
                 return OkStatus();
               });
}

grpc::ServerWriteReactor<v1::ListRecordsResponse>* DelegationCalls::ListRecords(
    grpc::CallbackServerContext* context, const v1::ListRecordsRequest* request) {
  const auto call = std::make_shared<ListCall>(workshop_(*context->auth_context()), "ListRecords");
  return StartCall<grpc::ServerWriteReactor<v1::ListRecordsResponse>>(
      call, kRoles, [it = call.get(), asked = *request] { it->Work(asked); });
}

grpc::ServerUnaryReactor* DelegationCalls::ImportRecords(grpc::CallbackServerContext* context,
                                                         const v1::ImportRecordsRequest* request,
                                                         v1::ImportRecordsResponse* response) {
  return Reply(workshop_(*context->auth_context()), "ImportRecords",
               [=](const Unary& call, DelegationDesk& desk) -> Status {
                 std::vector<GivenAct> acts;
                 for (const v1::SignedAct& it : request->acts()) {
                   acts.push_back({it.name(), it.act(), it.signature()});
                 }
                 SCEAU_ASSIGN_OR_RETURN(
                     const delegations::Import made,
                     desk.Import(AskingOf(call), request->lines(), acts, request->strict()));
                 response->set_imported(static_cast<int64_t>(made.records.size()));
                 response->set_delegations(static_cast<int64_t>(made.delegations));
                 response->set_acts_verified(static_cast<int64_t>(made.acts_verified));
                 response->set_request_id(call.request_id());
                 return OkStatus();
               });
}

}  // namespace sceau::server
