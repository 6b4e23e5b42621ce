#include "server/workshop.h"

#include "absl/time/clock.h"
#include "base/strings.h"
#include "server/caller_settings.h"
#include "server/log.h"

namespace sceau::server {
namespace {

Status MayBegin(const Workshop& workshop, absl::Span<const Role> roles) {
  if (workshop.caller == nullptr) return workshop.stranger;
  return RequireAny(*workshop.caller, roles);
}

}  // namespace

StatusOr<Results*> ResultsOf(const Workshop& workshop) {
  if (workshop.results == nullptr) return Error(Reason::kStoreUnusable, "tokens.state_folder");
  return workshop.results;
}

StatusOr<PreparedWorks*> Works(const Workshop& workshop) {
  if (workshop.prepared == nullptr) return Error(Reason::kStoreUnusable, "desk.folder");
  return workshop.prepared;
}

std::optional<Status> Refused(const Workshop& workshop, ActiveCalls::Call* call,
                              std::string_view name, absl::Span<const Role> roles) {
  Status why = MayBegin(workshop, roles);
  // Without identity all are one caller, and no share is anybody's.
  if (why.ok()) {
    const std::string& caller = CallerOf(workshop);
    why = workshop.calls->Add(call, caller == kLocalCaller ? "" : caller);
  }
  if (why.ok()) {
    workshop.metrics->Began(name);
    return std::nullopt;
  }
  const std::string reason(InfoOf(*ReasonOf(why)).name);
  Log(LogLevel::kWarning, "refused",
      {{"call", std::string(name)},
       {"caller", workshop.caller == nullptr ? "" : workshop.caller->name},
       {"reason", reason},
       {"detail", DetailOf(why)}});
  workshop.metrics->Refused(name, reason);
  return why;
}

void TellEnd(const Workshop& workshop, const EndedCall& call, const Status& status) {
  const std::string_view outcome = status.ok() ? "OK" : InfoOf(*ReasonOf(status)).name;
  const absl::Duration took = absl::Now() - call.began;
  Log(status.ok() ? LogLevel::kInfo : LogLevel::kWarning, "call",
      {{"call", std::string(call.name)},
       {"request", call.request_id},
       {"outcome", std::string(outcome)},
       {"detail", DetailOf(status)},
       {"milliseconds", Concat(absl::ToInt64Milliseconds(took))}});
  workshop.metrics->Ended(call.name, outcome, took, call.received, call.sent);
}

}  // namespace sceau::server
