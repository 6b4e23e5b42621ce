#include "tools/client/report_reader.h"

#include <cstdint>
#include <utility>

#include "tools/client/convert.h"
#include "tools/client/exchange.h"

namespace sceau::client {

template <typename Message>
Status ReportReader::Open::Take(const Message& message) {
  if (ended) return Incomplete("message after the summary");
  if (message.has_file()) Read(message.file(), report);
  if (message.has_signature()) report.signatures.push_back(FromWire(message.signature()));
  if (message.has_remarks()) Read(message.remarks(), report);
  if (!message.has_summary()) return OkStatus();
  const v1::VerificationSummary& summary = message.summary();
  Read(summary, report);
  ended = true;
  const bool whole = summary.signatures() == static_cast<int64_t>(report.signatures.size()) &&
                     summary.attachments() == static_cast<int64_t>(report.attachments.size());
  return whole ? OkStatus() : Incomplete("report");
}

Status ReportReader::Take(const v1::VerifyResponse& response) {
  if (response.has_attachment()) return TakePart(response.attachment());
  if (attachment_) return Incomplete("attachment");
  return file_.Take(response);
}

Status ReportReader::TakePart(const v1::AttachmentPart& part) {
  // Each begins with `file`, and only when the one before has ended.
  if (file_.ended || part.has_file() == attachment_.has_value()) return Incomplete("attachment");
  if (part.has_file()) attachment_.emplace();
  SCEAU_RETURN_IF_ERROR(attachment_->Take(part));
  if (!attachment_->ended) return OkStatus();
  file_.report.attachments.push_back(std::move(attachment_->report));
  attachment_.reset();
  return OkStatus();
}

StatusOr<verifier::FileReport> ReportReader::Finish() {
  if (!file_.ended) return Incomplete("report");
  return std::move(file_.report);
}

}  // namespace sceau::client
