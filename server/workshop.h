// What the calls of the service share: who may begin one, what it works with, and what is told of
// its end.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "base/status.h"
#include "server/active_calls.h"
#include "server/config.h"
#include "server/engine.h"
#include "server/metrics.h"
#include "server/prepared_work.h"
#include "server/results.h"
#include "server/rights.h"
#include "server/worker_pool.h"

namespace sceau::server {

class Access;

// It outlives the calls.
struct Workshop {
  std::shared_ptr<const Config> config;  // in force when the call began
  const Engine* engine;
  const Clock* clock;
  ActiveCalls* calls;
  Results* results;         // null: there is no state folder
  PreparedWorks* prepared;  // null: there is no folder for them
  Access* access;           // null as results
  WorkerPool* io;
  WorkerPool* work;
  Metrics* metrics;
  CallerPtr caller;  // null: a stranger
  Status stranger;   // why
};

// Who calls, as the audit log and the stores name him. Of an admitted call only.
inline const std::string& CallerOf(const Workshop& workshop) { return workshop.caller->name; }

// Error kStoreUnusable, naming the setting that is missing.
StatusOr<Results*> ResultsOf(const Workshop& workshop);
StatusOr<PreparedWorks*> Works(const Workshop& workshop);

// Why a new call cannot begin, told to the log; nothing when it is among the active ones now.
// `roles`: one of them is needed.
std::optional<Status> Refused(const Workshop& workshop, ActiveCalls::Call* call,
                              std::string_view name, absl::Span<const Role> roles);

struct EndedCall {
  std::string_view name;
  const std::string& request_id;
  absl::Time began;
  int64_t received = 0, sent = 0;  // bytes of documents
};

// What the log and the metrics say of a call that was admitted.
void TellEnd(const Workshop& workshop, const EndedCall& call, const Status& status);

// Ends a call at once, with an error.
template <typename Reactor>
class Refusal final : public Reactor {
 public:
  explicit Refusal(grpc::Status status) { this->Finish(std::move(status)); }
  void OnDone() override { delete this; }
};

}  // namespace sceau::server
