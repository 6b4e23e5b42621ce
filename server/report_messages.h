// The answer of Verify, message by message: what is said of the file, of its attachments, and last
// its summary.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sceau/v1/verification.pb.h"
#include "verifier/report.h"

namespace sceau::server {

// What is said of a file or of an attachment: all but its summary.
class ReportParts {
 public:
  explicit ReportParts(const verifier::FileReport& report) : report_(report) {}

  // Into a VerifyResponse or an AttachmentPart. False: there is no more.
  template <typename Message>
  bool Next(Message& message);

 private:
  v1::Remarks NextRemarks();

  const verifier::FileReport& report_;
  bool begun_ = false;
  size_t signatures_ = 0, unsigned_ = 0, not_covered_ = 0, findings_ = 0;  // sent
};

class ReportMessages {
 public:
  // The report outlives it and is read when the first message is asked for.
  ReportMessages(const verifier::FileReport& report, std::string request_id)
      : report_(report), request_id_(std::move(request_id)), file_(report) {}

  // The next message; false: there is no more.
  bool Next(v1::VerifyResponse& response);

 private:
  void AddPart(v1::AttachmentPart& part);

  const verifier::FileReport& report_;
  const std::string request_id_;
  ReportParts file_;
  std::optional<ReportParts> attachment_;  // the one that is being sent
  size_t attachments_ = 0;                 // sent
  bool ended_ = false;
};

}  // namespace sceau::server
