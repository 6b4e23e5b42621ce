#include "server/upload.h"

#include "base/bytes.h"
#include "base/strings.h"

namespace sceau::server {
namespace {

Status TooLarge(int64_t size, int64_t most) {
  return Error(Reason::kDocumentTooLarge, Concat(size, " > ", most));
}

}  // namespace

Status Upload::Begin(std::optional<int64_t> size, std::string_view sha256) {
  if (state_ != State::kNew) return Error(Reason::kStreamProtocol, "second header");
  if (size && *size < 0) return Error(Reason::kUsage, "document.size");
  if (size && *size > limits_.max_size) return TooLarge(*size, limits_.max_size);
  if (!sha256.empty() && sha256.size() != 32) {
    return Error(Reason::kUsage, "document.sha256: expected 32 bytes");
  }
  announced_size_ = size;
  announced_sha256_ = sha256;
  written_.emplace(OutputFile::Unnamed(limits_.folder));
  state_ = State::kOpen;
  return OkStatus();
}

Status Upload::Add(std::string_view chunk) {
  if (state_ == State::kNew) return Error(Reason::kStreamProtocol, "chunk before header");
  if (state_ == State::kEnded) return Error(Reason::kStreamProtocol, "chunk after end");
  if (chunk.empty()) return Error(Reason::kStreamProtocol, "empty chunk");
  if (chunk.size() > kMaxChunk) {
    return Error(Reason::kChunkTooLarge, Concat(chunk.size(), " > ", kMaxChunk));
  }
  const int64_t size = written_->size() + static_cast<int64_t>(chunk.size());
  if (size > limits_.max_size) return TooLarge(size, limits_.max_size);
  if (announced_size_ && size > *announced_size_) {
    return Error(Reason::kContentMismatch, Concat("size: more than ", *announced_size_));
  }
  digest_.Update(chunk);
  return written_->Append(chunk);
}

Status Upload::End() {
  if (state_ == State::kNew) return Error(Reason::kStreamProtocol, "end before header");
  if (state_ == State::kEnded) return Error(Reason::kStreamProtocol, "second end");
  state_ = State::kEnded;
  if (announced_size_ && written_->size() != *announced_size_) {
    return Error(Reason::kContentMismatch,
                 Concat("size: ", written_->size(), " instead of ", *announced_size_));
  }
  sha256_ = digest_.Finish();
  if (!announced_sha256_.empty() && sha256_ != announced_sha256_) {
    return Error(Reason::kContentMismatch,
                 Concat("sha256: ", ToHex(sha256_), " instead of ", ToHex(announced_sha256_)));
  }
  SCEAU_ASSIGN_OR_RETURN(file_, written_->Reread());
  return OkStatus();
}

}  // namespace sceau::server
