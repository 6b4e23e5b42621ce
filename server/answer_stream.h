// A stored answer, message by message: chunks, edits, elements, trailer. Sign and GetResult send it
// alike.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "sceau/v1/signing.pb.h"
#include "server/convert.h"
#include "server/results.h"
#include "server/upload.h"

namespace sceau::server {

class AnswerStream {
 public:
  explicit AnswerStream(AnswerPtr answer) : answer_(std::move(answer)) {}

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
    if (Take(answer_->edits.edits(), edits_sent_,
             [&] { return response.mutable_edits()->mutable_edits(); }) ||
        Take(answer_->elements.elements(), elements_sent_,
             [&] { return response.mutable_elements()->mutable_elements(); })) {
      return true;
    }
    if (std::exchange(trailer_sent_, true)) return false;
    v1::ResultTrailer& trailer = *response.mutable_trailer();
    trailer.set_sha256(answer_->sha256);
    trailer.set_size(answer_->size());
    trailer.set_audit_id(answer_->audit_id);
    trailer.set_edits(answer_->edits.edits_size());
    trailer.set_elements(answer_->elements.elements_size());
    return true;
  }

  // Bytes of the document so far.
  int64_t sent() const { return sent_; }

 private:
  // The next entries of a list, up to kEditsPerMessage; false when there are none.
  template <typename List, typename Into>
  static bool Take(const List& list, int& sent, const Into& into) {
    if (sent == list.size()) return false;
    const int until = std::min(sent + kEditsPerMessage, list.size());
    for (List& target = *into(); sent < until; ++sent) *target.Add() = list.Get(sent);
    return true;
  }

  AnswerPtr answer_;
  int64_t sent_ = 0;
  int edits_sent_ = 0;
  int elements_sent_ = 0;
  bool trailer_sent_ = false;
};

}  // namespace sceau::server
