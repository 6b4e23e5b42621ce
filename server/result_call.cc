#include "server/result_call.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/random.h"
#include "server/answer_stream.h"
#include "server/convert.h"

namespace sceau::server {
namespace {

constexpr std::string_view kCallName = "GetResult";

// Only what this caller asked for: of another's he learns nothing, not even that there is one.
StatusOr<AnswerPtr> Find(const v1::GetResultRequest& request, const Workshop& workshop) {
  SCEAU_ASSIGN_OR_RETURN(Results * results, ResultsOf(workshop));
  switch (request.request_case()) {
    case v1::GetResultRequest::kRequestId:
      return results->ResultOfRequest(CallerOf(workshop), request.request_id());
    case v1::GetResultRequest::kIdempotencyKey:
      return results->ResultOf(CallerOf(workshop), request.idempotency_key());
    case v1::GetResultRequest::REQUEST_NOT_SET:
      break;
  }
  return Error(Reason::kUsage, "request_id | idempotency_key");
}

// One message is made and written at a time.
class ResultCall final : public grpc::ServerWriteReactor<v1::GetResultResponse>,
                         public ActiveCalls::Call,
                         public std::enable_shared_from_this<ResultCall> {
 public:
  ResultCall(grpc::CallbackServerContext* context, const Workshop& workshop)
      : context_(context), workshop_(workshop) {}

  void Begin(const v1::GetResultRequest& request) {
    self_ = shared_from_this();
    auto answer = Find(request, workshop_);
    if (!answer.ok()) return End(answer.status());
    stream_.emplace(*std::move(answer));
    Continue();
  }

  const std::string& request_id() const { return request_id_; }

 private:
  void Continue() {
    workshop_.io->Post([self = self_, this] { Make(); });
  }

  void Make() {
    response_.Clear();
    const StatusOr<bool> made = stream_->Next(response_);
    if (!made.ok() || !*made) return End(made.status());
    StartWaiting();
    StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    StopWaiting();
    ok ? Continue() : End(Error(Reason::kCancelled));
  }

  // The write that is on its way fails, and then the call ends.
  void OnIdle() override { context_->TryCancel(); }

  void End(const Status& status) {
    TellEnd(workshop_, {kCallName, request_id_, began_, 0, stream_ ? stream_->sent() : 0}, status);
    Finish(ToGrpc(status, request_id_));
  }

  void OnDone() override {
    workshop_.calls->Remove(this);
    self_.reset();
  }

  grpc::CallbackServerContext* const context_;
  const Workshop workshop_;
  const std::string request_id_ = RandomHex(16);
  const absl::Time began_ = absl::Now();
  std::shared_ptr<ResultCall> self_;
  std::optional<AnswerStream> stream_;
  v1::GetResultResponse response_;
};

}  // namespace

grpc::ServerWriteReactor<v1::GetResultResponse>* StartGetResult(
    grpc::CallbackServerContext* context, const v1::GetResultRequest& request,
    const Workshop& workshop) {
  auto call = std::make_shared<ResultCall>(context, workshop);
  if (auto refused = Refused(workshop, call.get(), kCallName, {Role::kSigner})) {
    return new Refusal<grpc::ServerWriteReactor<v1::GetResultResponse>>(
        ToGrpc(*refused, call->request_id()));
  }
  call->Begin(request);
  return call.get();
}

}  // namespace sceau::server
