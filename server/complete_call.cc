#include "server/complete_call.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/strings.h"
#include "proto/text.h"
#include "server/convert.h"
#include "server/log.h"
#include "server/prepared_work.h"

namespace sceau::server {
namespace {

constexpr size_t kMaxValue = 2048;  // bytes; RSA of 16 384 bits
constexpr size_t kMaxReason = 500;  // characters of a refusal
constexpr std::string_view kCallName = "Complete";

// One message is read at a time, and none of them is large: what a client may send is bounded by
// the targets of its preparation.
class CompleteCall final : public grpc::ServerReadReactor<v1::CompleteRequest>,
                           public ActiveCalls::Call,
                           public std::enable_shared_from_this<CompleteCall> {
 public:
  CompleteCall(grpc::CallbackServerContext* context, v1::CompleteResponse* response,
               const Workshop& workshop)
      : response_(response),
        workshop_(workshop),
        deadline_(absl::FromChrono(context->deadline())) {}

  void Begin() {
    self_ = shared_from_this();
    ReadNext();
  }

  const std::string& request_id() const { return request_id_; }

 private:
  void ReadNext() {
    {
      const std::lock_guard lock(mutex_);
      working_ = false;
      StartWaiting();
    }
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    {
      const std::lock_guard lock(mutex_);
      StopWaiting();
      if (finished_) return;  // ended while it waited
      working_ = true;        // keeps the call until the job is done
    }
    // The preparations are asked, and that may wait for a disk.
    WorkerPool* pool = ok ? workshop_.io : workshop_.work;
    pool->Post([self = self_, this, ok] { ok ? Take() : End(Work()); });
  }

  void Take() {
    const Status status = Handle(request_);
    status.ok() ? ReadNext() : End(status);
  }

  Status Handle(const v1::CompleteRequest& request) {
    using M = v1::CompleteRequest;
    if (request.has_header()) {
      if (work_) return Error(Reason::kStreamProtocol, "second header");
      SCEAU_ASSIGN_OR_RETURN(PreparedWorks * works, Works(workshop_));
      SCEAU_ASSIGN_OR_RETURN(work_,
                             works->Find(request.header().preparation_id(), CallerOf(workshop_)));
      // As it is now: a right may have gone since.
      work_->order.within = WithinOf(*workshop_.caller);
      values_.resize(work_->targets);
      return OkStatus();
    }
    if (!work_) return Error(Reason::kStreamProtocol, "no header");
    if (declined_) return Error(Reason::kStreamProtocol, "message after decline");
    switch (request.message_case()) {
      case M::kSignature:
        return Keep(request.signature());
      case M::kDecline:
        if (given_ > 0) return Error(Reason::kStreamProtocol, "signature and decline");
        declined_ = wire::Utf8(request.decline().reason(), kMaxReason);
        return OkStatus();
      default:
        return Error(Reason::kStreamProtocol, "empty message");
    }
  }

  Status Keep(const v1::TargetSignature& signature) {
    if (signature.index() < 0 || static_cast<size_t>(signature.index()) >= values_.size()) {
      return Error(Reason::kUsage, "signature.index");
    }
    std::string& value = values_[static_cast<size_t>(signature.index())];
    if (!value.empty()) return Error(Reason::kUsage, "signature.index: twice");
    if (signature.value().empty() || signature.value().size() > kMaxValue) {
      return Error(Reason::kUsage, "signature.value");
    }
    value = signature.value();
    ++given_;
    return OkStatus();
  }

  // The client has closed its side, or is gone.
  Status Work() {
    SCEAU_RETURN_IF_ERROR(StillWanted());
    if (!work_) return Error(Reason::kStreamProtocol, "no header");
    if (!declined_ && given_ != values_.size()) {
      return Error(Reason::kUploadIncomplete, Concat(given_, " / ", values_.size()));
    }
    PreparedWorks& works = *workshop_.prepared;
    SCEAU_ASSIGN_OR_RETURN(PreparedWorks::Claimed claimed, works.Claim(work_->id, work_->caller));
    const Status status = declined_ ? Decline(works) : Complete(claimed.document);
    if (!status.ok()) works.Release(work_->id);
    Audit(status);
    if (status.ok()) response_->set_request_id(request_id_);
    return status;
  }

  Status Decline(PreparedWorks& works) {
    const DeskEvent event{work_->order, request_id_, work_->caller, work_->sha256, work_->id};
    SCEAU_RETURN_IF_ERROR(workshop_.engine->record_declined(event, *declined_));
    return works.Finish(work_->id);
  }

  // The result is kept before the preparation is over: whatever happens between the two, the same
  // values give the same bytes again.
  Status Complete(const InputFile& document) {
    SCEAU_ASSIGN_OR_RETURN(Results * results, ResultsOf(workshop_));
    const RequestName name{work_->caller, work_->idempotency_key, work_->fingerprint};
    SCEAU_ASSIGN_OR_RETURN(const AnswerPtr before, results->Claim(name));
    if (before != nullptr) {
      SCEAU_RETURN_IF_ERROR(workshop_.prepared->Finish(work_->id));
      return Error(Reason::kPreparationUsed);
    }
    const Status made = Make(document, *results, name);
    results->Release(name);
    SCEAU_RETURN_IF_ERROR(made);
    const Status over = workshop_.prepared->Finish(work_->id);
    if (!over.ok()) {
      Log(LogLevel::kError, "prepared work", {{"audit", request_id_}, {"detail", DetailOf(over)}});
    }
    return OkStatus();
  }

  Status Make(const InputFile& document, Results& results, const RequestName& name) {
    const absl::Time latest =
        std::min(deadline_, workshop_.clock->Now() + workshop_.config->sign_timeout);
    SCEAU_ASSIGN_OR_RETURN(OutputFile output, results.NewDocument(request_id_));
    const auto keep = [&](const signer::Outcome& outcome, const std::string& end) {
      return results.Keep(name, request_id_, outcome, output, end);
    };
    const SignWatch watch{.progress = [](const std::string&, size_t, size_t) {},
                          .still_wanted =
                              [this, latest] {
                                if (workshop_.clock->Now() >= latest) {
                                  return Error(Reason::kDeadlineExceeded);
                                }
                                return StillWanted();
                              },
                          .deadline = latest,
                          .request = request_id_,
                          .caller = work_->caller,
                          .document = work_->sha256,
                          .keep = keep};
    const CardSignatures given{.signing_time = work_->signing_time,
                               .fingerprint = work_->to_be_signed,
                               .values = std::move(values_)};
    SCEAU_RETURN_IF_ERROR(
        workshop_.engine->complete(document, work_->order, given, watch, output).status());
    SCEAU_ASSIGN_OR_RETURN(const AnswerPtr answer, results.Give(name));
    if (answer == nullptr) return Error(Reason::kInternal, "nothing was kept");
    output_ = answer->sha256;
    return OkStatus();
  }

  void Audit(const Status& status) const {
    Log(status.ok() ? LogLevel::kInfo : LogLevel::kWarning, declined_ ? "decline" : "complete",
        {{"audit", request_id_},
         {"profile", work_->order.profile},
         {"input", ToHex(work_->sha256)},
         {"output", ToHex(output_)},
         {"certificate",
          ToHex(DigestOf(DigestAlgorithm::kSha256, work_->order.certificates.front()))},
         {"declined", declined_.value_or("")},
         {"outcome", status.ok() ? "OK" : std::string(InfoOf(*ReasonOf(status)).name)}});
  }

  Status StillWanted() const {
    if (absl::Now() >= deadline_) return Error(Reason::kDeadlineExceeded);
    if (cancelled_) return Error(Reason::kCancelled);
    return OkStatus();
  }

  void OnCancel() override { cancelled_ = true; }

  void OnIdle() override {
    {
      const std::lock_guard lock(mutex_);
      if (working_ || std::exchange(finished_, true)) return;
    }
    Tell(Error(Reason::kUploadIncomplete, "idle"));
  }

  // Of a job.
  void End(const Status& status) {
    {
      const std::lock_guard lock(mutex_);
      finished_ = true;
    }
    Tell(status);
  }

  // Once.
  void Tell(const Status& status) {
    TellEnd(workshop_, {kCallName, request_id_, began_}, status);
    Finish(ToGrpc(status, request_id_));
  }

  void OnDone() override {
    workshop_.calls->Remove(this);
    self_.reset();  // jobs still in a queue keep the object until they have run
  }

  v1::CompleteResponse* const response_;
  const Workshop workshop_;
  const std::string request_id_ = RandomHex(16);
  const absl::Time deadline_;
  const absl::Time began_ = absl::Now();
  std::shared_ptr<CompleteCall> self_;
  std::atomic<bool> cancelled_{false};

  v1::CompleteRequest request_;
  std::optional<PreparedWork> work_;
  std::vector<std::string> values_;  // by target; empty until given
  size_t given_ = 0;
  std::optional<std::string> declined_;
  std::string output_;  // SHA-256, raw

  std::mutex mutex_;
  bool working_ = false;
  bool finished_ = false;
};

}  // namespace

grpc::ServerReadReactor<v1::CompleteRequest>* StartComplete(grpc::CallbackServerContext* context,
                                                            v1::CompleteResponse* response,
                                                            const Workshop& workshop) {
  auto call = std::make_shared<CompleteCall>(context, response, workshop);
  if (auto refused = Refused(workshop, call.get(), kCallName, {Role::kSigner})) {
    return new Refusal<grpc::ServerReadReactor<v1::CompleteRequest>>(
        ToGrpc(*refused, call->request_id()));
  }
  call->Begin();
  return call.get();
}

}  // namespace sceau::server
