#include "server/report_messages.h"

#include <utility>

#include "proto/text.h"
#include "server/convert.h"

namespace sceau::server {
namespace {

void Begin(const verifier::FileReport& report, v1::VerifyResponse& message) {
  *message.mutable_file() = ToWireFile(report);
}
void Begin(const verifier::FileReport& report, v1::AttachmentPart& message) {
  *message.mutable_file() = ToWireAttachment(report);
}

}  // namespace

template <typename Message>
bool ReportParts::Next(Message& message) {
  if (!begun_) {
    begun_ = true;
    Begin(report_, message);
    return true;
  }
  if (signatures_ < report_.signatures.size()) {
    *message.mutable_signature() = ToWire(report_.signatures[signatures_++]);
    return true;
  }
  v1::Remarks remarks = NextRemarks();
  const bool any = remarks.ByteSizeLong() > 0;
  if (any) *message.mutable_remarks() = std::move(remarks);
  return any;
}

v1::Remarks ReportParts::NextRemarks() {
  v1::Remarks remarks;
  size_t room = kItemsPerMessage;
  for (; room > 0 && unsigned_ < report_.unsigned_elements.size(); --room) {
    *remarks.add_unsigned_elements() = ToWire(report_.unsigned_elements[unsigned_++]);
  }
  for (; room > 0 && not_covered_ < report_.not_covered.size(); --room) {
    remarks.add_not_covered(wire::Utf8(report_.not_covered[not_covered_++]));
  }
  for (; room > 0 && findings_ < report_.findings.size(); --room) {
    *remarks.add_findings() = ToWire(report_.findings[findings_++]);
  }
  return remarks;
}

bool ReportMessages::Next(v1::VerifyResponse& response) {
  if (file_.Next(response)) return true;
  if (attachments_ < report_.attachments.size()) {
    AddPart(*response.mutable_attachment());
    return true;
  }
  if (ended_) return false;
  ended_ = true;
  *response.mutable_summary() = ToWireSummary(report_);
  response.mutable_summary()->set_request_id(request_id_);
  return true;
}

void ReportMessages::AddPart(v1::AttachmentPart& part) {
  const verifier::FileReport& attachment = report_.attachments[attachments_];
  if (!attachment_) attachment_.emplace(attachment);
  if (attachment_->Next(part)) return;
  *part.mutable_summary() = ToWireSummary(attachment);
  attachment_.reset();
  ++attachments_;
}

}  // namespace sceau::server
