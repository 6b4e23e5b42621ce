#include "server/sign_call.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "base/bytes.h"

namespace sceau::server {
namespace {

using Base = DocumentCall<v1::SignRequest, v1::SignResponse>;

std::string NameOf(const signer::Selection& selection) {
  switch (selection.what) {
    case signer::Selection::What::kWhole:
      return "whole";
    case signer::Selection::What::kAll:
      return "all";
    case signer::Selection::What::kListed:
      break;
  }
  return Concat("listed:", selection.bordereaux.size());
}

class SignCall final : public Base {
 public:
  SignCall(grpc::CallbackServerContext* context, const Workshop& workshop)
      : Base(context, workshop, "Sign") {}

 private:
  Status OnHeader(const v1::SignRequest& request) override {
    const v1::SignHeader& header = request.header();
    SCEAU_ASSIGN_OR_RETURN(order_, ToSignOrder(header));
    idempotency_key_ = header.idempotency_key();
    fingerprint_ = FingerprintOf(header);
    // A conflict is told before the document is sent. The key is only taken once the document has
    // come: an upload that stands still holds nothing.
    SCEAU_ASSIGN_OR_RETURN(answer_, workshop().answers->Find(idempotency_key_, fingerprint_));
    if (answer_ == nullptr) {
      SCEAU_ASSIGN_OR_RETURN(order_, workshop().engine->admit(order_));
    }
    const v1::DocumentHeader& document = header.document();
    SCEAU_RETURN_IF_ERROR(
        upload().Begin(document.has_size() ? std::optional<int64_t>(document.size()) : std::nullopt,
                       document.sha256()));
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
    };
    OutputFile output = OutputFile::Unnamed(workshop().config->work_folder);
    SCEAU_ASSIGN_OR_RETURN(const signer::Outcome outcome,
                           workshop().engine->sign(upload().file(), order_, watch, output));
    auto answer = std::make_shared<Answer>();
    SCEAU_ASSIGN_OR_RETURN(answer->document, output.Reread());
    answer->sha256 = absl::HexStringToBytes(outcome.sha256);
    answer->edits = outcome.edits;
    answer->elements = outcome.elements;
    answer->audit_id = request_id();
    if (answer->size() != outcome.size) return Error(Reason::kInternal, "size of the output");
    answer_ = std::move(answer);
    return OkStatus();
  }

  // Until there is an audit store, the log holds who signed what.
  void Audit(const Status& status) const {
    Log(status.ok() ? LogLevel::kInfo : LogLevel::kWarning, "sign",
        {{"audit", request_id()},
         {"key", order_.key},
         {"profile", order_.profile},
         {"selection", NameOf(order_.selection)},
         {"input", ToHex(upload().sha256())},
         {"output", status.ok() ? ToHex(answer_->sha256) : ""},
         {"edits", status.ok() ? Concat(answer_->edits.size()) : ""},
         {"outcome", status.ok() ? "OK" : std::string(InfoOf(*ReasonOf(status)).name)}});
  }

  StatusOr<bool> Next(v1::SignResponse& response) override {
    if (sent_ < answer_->size()) {
      const auto size = std::min<int64_t>(static_cast<int64_t>(kMaxChunk), answer_->size() - sent_);
      SCEAU_ASSIGN_OR_RETURN(*response.mutable_chunk(),
                             answer_->document.Slice(sent_, static_cast<size_t>(size)));
      sent_ += size;
      return true;
    }
    if (edits_sent_ < answer_->edits.size()) {
      v1::EditList& list = *response.mutable_edits();
      const size_t until = std::min(edits_sent_ + kEditsPerMessage, answer_->edits.size());
      while (edits_sent_ < until) *list.add_edits() = ToWire(answer_->edits[edits_sent_++]);
      return true;
    }
    if (elements_sent_ < answer_->elements.size()) {
      v1::SignedElementList& list = *response.mutable_elements();
      const size_t until = std::min(elements_sent_ + kEditsPerMessage, answer_->elements.size());
      while (elements_sent_ < until) {
        *list.add_elements() = ToWire(answer_->elements[elements_sent_++]);
      }
      return true;
    }
    if (trailer_sent_) return false;
    trailer_sent_ = true;
    v1::ResultTrailer& trailer = *response.mutable_trailer();
    trailer.set_sha256(answer_->sha256);
    trailer.set_size(answer_->size());
    trailer.set_audit_id(answer_->audit_id);
    trailer.set_edits(static_cast<int64_t>(answer_->edits.size()));
    trailer.set_elements(static_cast<int64_t>(answer_->elements.size()));
    return true;
  }

  SignOrder order_;
  std::string idempotency_key_;
  std::string fingerprint_;
  std::shared_ptr<const Answer> answer_;
  int64_t sent_ = 0;  // bytes of the document
  size_t edits_sent_ = 0;
  size_t elements_sent_ = 0;
  bool trailer_sent_ = false;
};

}  // namespace

grpc::ServerBidiReactor<v1::SignRequest, v1::SignResponse>* StartSign(
    grpc::CallbackServerContext* context, const Workshop& workshop) {
  return Base::Start(std::make_shared<SignCall>(context, workshop));
}

}  // namespace sceau::server
