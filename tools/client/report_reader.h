// Puts a report together from the contract's messages, in the order they come.
#pragma once

#include <optional>
#include <string>

#include "base/status.h"
#include "sceau/v1/verification.pb.h"
#include "verifier/report.h"

namespace sceau::client {

class ReportReader {
 public:
  // `name`: of the file, as the caller names it.
  explicit ReportReader(const std::string& name) { file_.report.file = name; }

  // Error kAnswerIncomplete for a message out of order, and for an end that tells of other numbers.
  Status Take(const v1::VerifyResponse& response);
  // Whole, or kAnswerIncomplete.
  StatusOr<verifier::FileReport> Finish();

 private:
  // Of the file or of an attachment, until its summary has come.
  struct Open {
    // Of a VerifyResponse or an AttachmentPart.
    template <typename Message>
    Status Take(const Message& message);

    verifier::FileReport report;
    bool ended = false;
  };

  Status TakePart(const v1::AttachmentPart& part);

  Open file_;
  std::optional<Open> attachment_;
};

}  // namespace sceau::client
