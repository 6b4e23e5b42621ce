// The signatures inside the attachments of a PES: of PDF files, and of XML documents (a budget act).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <future>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "verifier/report.h"
#include "verifier/verifier.h"

namespace sceau::verifier {

inline constexpr int64_t kMaxSignedContent = 256 << 20;  // bytes
inline constexpr size_t kMaxSignedContents = 1000;       // of one file

// Reads the file once more. When it is large and its end tells of attachments, another processor
// begins at once, and goes on to judge the first content that carries signatures when Finish is
// called; else all is done in Finish.
class AttachmentVerification {
 public:
  // Both outlive it.
  AttachmentVerification(const InputFile& file, const VerifyOptions& options);
  // Gives up when Finish was not called.
  ~AttachmentVerification();
  AttachmentVerification(const AttachmentVerification&) = delete;
  AttachmentVerification& operator=(const AttachmentVerification&) = delete;

  // Once. `report` has the file's digest; a report on every content that carries signatures or a
  // seal is appended to its `attachments`. A content above kMaxSignedContent is a finding. Errors:
  // those of the parser.
  Status Finish(FileReport& report);

 private:
  struct Found {
    Status status;
    std::vector<FileReport> attachments;
    std::vector<schemas::Finding> findings;
  };
  Found Read();

  const InputFile& file_;
  const VerifyOptions& options_;
  std::promise<std::string> sha256_;  // of the file; only then is a content judged
  std::shared_future<std::string> known_{sha256_.get_future()};
  std::atomic<bool> unwanted_{false};
  std::future<Found> found_;
};

// The same for who wants nothing else of the file.
Status VerifyAttachments(const InputFile& file, const VerifyOptions& options, FileReport& report);

}  // namespace sceau::verifier
