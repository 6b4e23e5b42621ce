// Calls with one small request: counted as the others are, their work done on the `work` pool.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/random.h"
#include "base/status.h"
#include "server/active_calls.h"
#include "server/convert.h"
#include "server/workshop.h"

namespace sceau::server {

// A call in progress: counted, and let go of when it is done.
template <typename Reactor>
class Counted : public Reactor,
                public ActiveCalls::Call,
                public std::enable_shared_from_this<Counted<Reactor>> {
 public:
  Counted(const Workshop& workshop, std::string_view name) : workshop_(workshop), name_(name) {}

  const std::string& request_id() const { return request_id_; }
  const Workshop& workshop() const { return workshop_; }
  std::string_view name() const { return name_; }
  // Works on the pool, on this object.
  void Begin(std::function<void()> work) {
    self_ = this->shared_from_this();
    workshop_.work->Post([self = self_, work = std::move(work)] { work(); });
  }
  void End(const Status& status) {
    TellEnd(workshop_, {name_, request_id_, began_}, status);
    this->Finish(ToGrpc(status, request_id_));
  }

 protected:
  void OnDone() override {
    workshop_.calls->Remove(this);
    self_.reset();  // a job still in a queue keeps the object until it has run
  }
  void OnIdle() override {}

 private:
  const Workshop workshop_;
  const std::string_view name_;
  const std::string request_id_ = RandomHex(16);
  const absl::Time began_ = absl::Now();
  std::shared_ptr<Counted> self_;
};

using Unary = Counted<grpc::ServerUnaryReactor>;

// One of the roles is needed to begin.
template <typename Reactor, typename Call>
Reactor* StartCall(const std::shared_ptr<Call>& call, absl::Span<const Role> roles,
                   std::function<void()> work) {
  auto refused = Refused(call->workshop(), call.get(), call->name(), roles);
  if (refused) return new Refusal<Reactor>(ToGrpc(*refused, call->request_id()));
  call->Begin(std::move(work));
  return call.get();
}

}  // namespace sceau::server
