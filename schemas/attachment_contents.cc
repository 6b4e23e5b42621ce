#include "schemas/attachment_contents.h"

#include <algorithm>

#include "base/strings.h"
#include "schemas/content_rules.h"
#include "schemas/inspection.h"

namespace sceau::schemas {
namespace {

using Clock = std::chrono::steady_clock;
using contents::Format;

bool CanBeOpened(ContentType type) {
  return type == ContentType::kPdf || type == ContentType::kZip || type == ContentType::kXml;
}

// Of a document in an attachment: its own place goes into the detail.
Finding Outside(Finding finding, const Place& place) {
  if (finding.place.line > 0) {
    finding.detail = Concat(finding.place.line, ":", finding.place.column,
                            finding.detail.empty() ? "" : " ", finding.detail);
  }
  finding.place = place;
  return finding;
}

}  // namespace

ContentOpener::ContentOpener(const OpenOptions& options)
    : options_(options), until_(Clock::now() + options.time),
      spool_(options.max_size, [all = !options.virus_scan.address.empty()](ContentType type) {
        return all || CanBeOpened(type);
      }) {}

xml::OctetSink* ContentOpener::Begin() {
  spool_.Start();
  return &spool_;
}

std::optional<OpenedContent> ContentOpener::End(const Place& place,
                                                std::vector<Finding>& findings) {
  if (!spool_.wanted()) return std::nullopt;
  std::optional<OpenedContent> opened;
  if (const auto content = spool_.Content(); content.ok()) {
    opened = Open(*content, spool_.type(), place, findings);
  } else {
    findings.push_back({Severity::kWarning, "CONTENT_NOT_OPENED", place});
  }
  spool_.Drop();
  return opened;
}

std::optional<OpenedContent> ContentOpener::Open(const InputFile& content, ContentType type,
                                                 const Place& place,
                                                 std::vector<Finding>& findings) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Clock::now());
  if (left.count() <= 0) {
    findings.push_back({Severity::kWarning, "CONTENT_NOT_OPENED", place});
    return std::nullopt;
  }
  Scan(content, place, findings);
  if (!CanBeOpened(type)) return std::nullopt;
  if (type == ContentType::kXml) {
    auto document = ReadXml(content, place, findings);
    if (document == nullptr) return std::nullopt;
    return OpenedContent{.document = std::move(document)};
  }
  contents::ReaderOptions reader = options_.reader;
  reader.deadline = std::min(reader.deadline, left);
  auto facts = contents::ReadContent(
      content, type == ContentType::kPdf ? Format::kPdf : Format::kZip, reader);
  if (!facts.ok()) {
    findings.push_back({Severity::kWarning, "CONTENT_NOT_OPENED", place, DetailOf(facts.status())});
    return std::nullopt;
  }
  CheckContent(*facts, type, place, findings);
  return OpenedContent{.facts = *std::move(facts)};
}

void ContentOpener::Scan(const InputFile& content, const Place& place,
                         std::vector<Finding>& findings) const {
  if (options_.virus_scan.address.empty()) return;
  const contents::ScanResult result = contents::ScanForViruses(content, options_.virus_scan);
  switch (result.state) {
    case contents::ScanState::kClean:
      return;
    case contents::ScanState::kInfected:
      findings.push_back({Severity::kError, "CONTENT_INFECTED", place, result.detail});
      return;
    case contents::ScanState::kUnavailable:
      findings.push_back({options_.virus_scan.required ? Severity::kError : Severity::kWarning,
                          "VIRUS_SCAN_UNAVAILABLE", place, result.detail});
      return;
  }
}

std::shared_ptr<const Inspection> ContentOpener::ReadXml(const InputFile& content,
                                                         const Place& place,
                                                         std::vector<Finding>& findings) const {
  auto document = options_.read_xml ? options_.read_xml(content) : Inspect(content);
  if (!document.ok()) {
    const Place inside = PlaceOf(document.status());
    findings.push_back(Outside({Severity::kError, "XML_UNREADABLE", inside,
                                Concat(InfoOf(*ReasonOf(document.status())).name, " ",
                                       DetailOf(document.status()))},
                               place));
    return nullptr;
  }
  for (const Finding& it : document->anomalies) {
    if (it.severity != Severity::kInfo) findings.push_back(Outside(it, place));
  }
  return std::make_shared<const Inspection>(*std::move(document));
}

}  // namespace sceau::schemas
