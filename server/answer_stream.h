// A stored answer, message by message: chunks, edits, elements, trailer. Sign and GetResult send it
// alike.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "sceau/v1/signing.pb.h"
#include "server/convert.h"
#include "server/idempotency.h"
#include "server/upload.h"

namespace sceau::server {

// What was signed and verified, to be kept. Error kInternal when `output` is not what `outcome`
// says.
inline StatusOr<std::shared_ptr<const Answer>> AnswerOf(signer::Outcome outcome, OutputFile& output,
                                                        const std::string& audit_id) {
  auto answer = std::make_shared<Answer>();
  SCEAU_ASSIGN_OR_RETURN(answer->document, output.Reread());
  answer->sha256 = absl::HexStringToBytes(outcome.sha256);
  answer->edits = std::move(outcome.edits);
  answer->elements = std::move(outcome.elements);
  answer->audit_id = audit_id;
  if (answer->size() != outcome.size) return Error(Reason::kInternal, "size of the output");
  return std::shared_ptr<const Answer>(std::move(answer));
}

class AnswerStream {
 public:
  explicit AnswerStream(std::shared_ptr<const Answer> answer) : answer_(std::move(answer)) {}

  // The next message into `response` (v1::SignResponse or v1::GetResultResponse); false when there
  // is none left.
  template <typename Response>
  StatusOr<bool> Next(Response& response) {
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
    if (std::exchange(trailer_sent_, true)) return false;
    v1::ResultTrailer& trailer = *response.mutable_trailer();
    trailer.set_sha256(answer_->sha256);
    trailer.set_size(answer_->size());
    trailer.set_audit_id(answer_->audit_id);
    trailer.set_edits(static_cast<int64_t>(answer_->edits.size()));
    trailer.set_elements(static_cast<int64_t>(answer_->elements.size()));
    return true;
  }

  // Bytes of the document so far.
  int64_t sent() const { return sent_; }

 private:
  std::shared_ptr<const Answer> answer_;
  int64_t sent_ = 0;
  size_t edits_sent_ = 0;
  size_t elements_sent_ = 0;
  bool trailer_sent_ = false;
};

}  // namespace sceau::server
