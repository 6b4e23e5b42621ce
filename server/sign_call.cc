#include "server/sign_call.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "base/strings.h"
#include "server/answer_stream.h"
#include "server/convert.h"
#include "server/document_call.h"
#include "server/log.h"

namespace sceau::server {
namespace {

using Base = DocumentCall<v1::SignRequest, v1::SignResponse>;

class SignCall final : public Base {
 public:
  SignCall(grpc::CallbackServerContext* context, const Workshop& workshop)
      : Base(context, workshop, "Sign") {}

 private:
  Status OnHeader(const v1::SignRequest& request) override {
    const v1::SignHeader& header = request.header();
    SCEAU_ASSIGN_OR_RETURN(order_, ToSignOrder(header));
    SCEAU_ASSIGN_OR_RETURN(results_, ResultsOf(workshop()));
    name_ = {CallerOf(workshop()), header.idempotency_key(), FingerprintOf(header)};
    // A conflict is told before the document is sent. The key is only taken once the document has
    // come: an upload that stands still holds nothing.
    SCEAU_ASSIGN_OR_RETURN(answer_, results_->Find(name_));
    if (answer_ == nullptr) {
      SCEAU_ASSIGN_OR_RETURN(order_, workshop().engine->admit(order_));
      const Caller& caller = *workshop().caller;
      SCEAU_RETURN_IF_ERROR(Require(caller, Role::kSigner, {.key = order_.key}));
      order_.within = WithinOf(caller);
    }
    const v1::DocumentHeader& document = header.document();
    SCEAU_RETURN_IF_ERROR(
        upload().Begin(document.has_size() ? std::optional<int64_t>(document.size()) : std::nullopt,
                       document.sha256()));
    if (header.has_content()) SCEAU_RETURN_IF_ERROR(Expect(header.content()));
    v1::SignResponse accepted;
    accepted.mutable_accepted()->set_request_id(request_id());
    accepted.mutable_accepted()->set_replayed(answer_ != nullptr);
    Send(std::move(accepted));
    return OkStatus();
  }

  // The document sent has the announced digest: whoever asks for the answer has the document.
  Status OnDocument() override {
    if (answer_ != nullptr) return OkStatus();  // stored already when the header came
    SCEAU_ASSIGN_OR_RETURN(answer_, results_->Claim(name_));
    if (answer_ != nullptr) return OkStatus();
    const Status status = Sign();
    results_->Release(name_);
    Audit(status);
    return status;
  }

  Status Sign() {
    const absl::Time latest =
        std::min(deadline(), workshop().clock->Now() + workshop().config->sign_timeout);
    SCEAU_ASSIGN_OR_RETURN(OutputFile output, results_->NewDocument(request_id()));
    const SignWatch watch{
        .progress =
            [this](const std::string& of, size_t done, size_t total) {
              v1::SignResponse message;
              message.mutable_progress()->set_of(of);
              message.mutable_progress()->set_done(static_cast<int64_t>(done));
              message.mutable_progress()->set_total(static_cast<int64_t>(total));
              Send(std::move(message), done == total);
            },
        .still_wanted =
            [this, latest] {
              if (workshop().clock->Now() >= latest) return Error(Reason::kDeadlineExceeded);
              return StillWanted();
            },
        .deadline = latest,
        .request = request_id(),
        .caller = CallerOf(workshop()),
        .document = upload().sha256(),
        .keep =
            [&](const signer::Outcome& outcome, const std::string& end) {
              return results_->Keep(name_, request_id(), outcome, output, end);
            },
    };
    const InputFile* content = contents().empty() ? nullptr : &contents().front().upload->file();
    SCEAU_RETURN_IF_ERROR(
        workshop().engine->sign(upload().file(), content, order_, watch, output).status());
    SCEAU_ASSIGN_OR_RETURN(answer_, results_->Give(name_));
    return answer_ != nullptr ? OkStatus() : Error(Reason::kInternal, "nothing was kept");
  }

  void Audit(const Status& status) const {
    Log(status.ok() ? LogLevel::kInfo : LogLevel::kWarning, "sign",
        {{"audit", request_id()},
         {"key", order_.key},
         {"profile", order_.profile},
         {"selection", NameOfSelection(order_)},
         {"input", ToHex(upload().sha256())},
         {"output", status.ok() ? ToHex(answer_->sha256) : ""},
         {"edits", status.ok() ? Concat(answer_->edits.edits_size()) : ""},
         {"outcome", status.ok() ? "OK" : std::string(InfoOf(*ReasonOf(status)).name)}});
  }

  int64_t bytes_sent() const override { return stream_ ? stream_->sent() : 0; }

  StatusOr<bool> Next(v1::SignResponse& response) override {
    if (!stream_) stream_.emplace(answer_);
    return stream_->Next(response);
  }

  SignOrder order_;
  Results* results_ = nullptr;
  RequestName name_;
  AnswerPtr answer_;
  std::optional<AnswerStream> stream_;
};

}  // namespace

grpc::ServerBidiReactor<v1::SignRequest, v1::SignResponse>* StartSign(
    grpc::CallbackServerContext* context, const Workshop& workshop) {
  return Base::Start(std::make_shared<SignCall>(context, workshop), {Role::kSigner});
}

}  // namespace sceau::server
