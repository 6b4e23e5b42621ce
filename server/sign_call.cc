#include "server/sign_call.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "server/answer_stream.h"

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
    idempotency_key_ = NameOfRequest(CallerOf(workshop()), header.idempotency_key());
    fingerprint_ = FingerprintOf(header);
    // A conflict is told before the document is sent. The key is only taken once the document has
    // come: an upload that stands still holds nothing.
    SCEAU_ASSIGN_OR_RETURN(answer_, workshop().answers->Find(idempotency_key_, fingerprint_));
    if (answer_ == nullptr) {
      SCEAU_ASSIGN_OR_RETURN(order_, workshop().engine->admit(order_));
      const Caller& caller = *workshop().caller;
      SCEAU_RETURN_IF_ERROR(Require(caller, Role::kSigner, {.key = order_.key}));
      order_.within = caller.collectivites;
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
    SCEAU_ASSIGN_OR_RETURN(answer_, workshop().answers->Claim(idempotency_key_, fingerprint_));
    if (answer_ != nullptr) return OkStatus();
    const Status status = Sign();
    if (status.ok()) {
      workshop().answers->Store(idempotency_key_, answer_);
    } else {
      workshop().answers->Release(idempotency_key_);
    }
    Audit(status);
    return status;
  }

  Status Sign() {
    const absl::Time latest =
        std::min(deadline(), workshop().clock->Now() + workshop().config->sign_timeout);
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
    };
    OutputFile output = OutputFile::Unnamed(workshop().config->work_folder);
    const InputFile* content = contents().empty() ? nullptr : &contents().front().upload->file();
    SCEAU_ASSIGN_OR_RETURN(
        signer::Outcome outcome,
        workshop().engine->sign(upload().file(), content, order_, watch, output));
    SCEAU_ASSIGN_OR_RETURN(answer_, AnswerOf(std::move(outcome), output, request_id()));
    return OkStatus();
  }

  void Audit(const Status& status) const {
    Log(status.ok() ? LogLevel::kInfo : LogLevel::kWarning, "sign",
        {{"audit", request_id()},
         {"key", order_.key},
         {"profile", order_.profile},
         {"selection", NameOfSelection(order_)},
         {"input", ToHex(upload().sha256())},
         {"output", status.ok() ? ToHex(answer_->sha256) : ""},
         {"edits", status.ok() ? Concat(answer_->edits.size()) : ""},
         {"outcome", status.ok() ? "OK" : std::string(InfoOf(*ReasonOf(status)).name)}});
  }

  int64_t bytes_sent() const override { return stream_ ? stream_->sent() : 0; }

  StatusOr<bool> Next(v1::SignResponse& response) override {
    if (!stream_) stream_.emplace(answer_);
    return stream_->Next(response);
  }

  SignOrder order_;
  std::string idempotency_key_;
  std::string fingerprint_;
  std::shared_ptr<const Answer> answer_;
  std::optional<AnswerStream> stream_;
};

}  // namespace

grpc::ServerBidiReactor<v1::SignRequest, v1::SignResponse>* StartSign(
    grpc::CallbackServerContext* context, const Workshop& workshop) {
  return Base::Start(std::make_shared<SignCall>(context, workshop), {Role::kSigner});
}

}  // namespace sceau::server
