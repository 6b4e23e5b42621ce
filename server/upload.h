// A document on its way in: counted, digested and written to a file without a name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/file.h"
#include "base/status.h"

namespace sceau::server {

inline constexpr size_t kMaxChunk = 1 << 20;  // bytes, both ways

struct UploadLimits {
  int64_t max_size = 0;  // bytes
  std::string folder;    // empty: the temporary folder
};

class Upload {
 public:
  explicit Upload(UploadLimits limits) : limits_(std::move(limits)) {}

  // What the header announces: size in bytes, SHA-256 (32 raw bytes, or empty when not announced).
  // Errors: kUsage, kDocumentTooLarge, kOutputUnwritable.
  Status Begin(std::optional<int64_t> size, std::string_view sha256);
  // Errors: kStreamProtocol (no Begin, after End, or empty), kChunkTooLarge, kDocumentTooLarge,
  // kContentMismatch (more than announced), kOutputUnwritable.
  Status Add(std::string_view chunk);
  // Errors: kStreamProtocol (no Begin, or a second End), kContentMismatch.
  Status End();

  bool begun() const { return state_ != State::kNew; }
  // What has come, with `more` bytes, is held in memory: Add and End will not wait for a disk.
  bool InMemory(size_t more) const {
    return !written_ || written_->size() + static_cast<int64_t>(more) <= OutputFile::kSmall;
  }
  // After End.
  const InputFile& file() const { return file_; }
  const std::string& sha256() const { return sha256_; }  // raw

 private:
  enum class State { kNew, kOpen, kEnded };

  UploadLimits limits_;
  State state_ = State::kNew;
  std::optional<int64_t> announced_size_;
  std::string announced_sha256_;
  std::optional<OutputFile> written_;
  Digest digest_{DigestAlgorithm::kSha256};
  InputFile file_;
  std::string sha256_;
};

}  // namespace sceau::server
