#include "schemas/attachment_contents.h"

#include <algorithm>

#include "schemas/content_rules.h"

namespace sceau::schemas {
namespace {

using Clock = std::chrono::steady_clock;

bool CanBeOpened(ContentType type) {
  return type == ContentType::kPdf || type == ContentType::kZip;
}

}  // namespace

void ContentOpener::Spool::Start() {
  size_ = 0;
  head_.clear();
  type_.reset();
  file_.reset();
  status_ = OkStatus();
}

void ContentOpener::Spool::Keep(std::string_view octets) {
  if (!CanBeOpened(*type_) || !status_.ok() || too_large()) return;
  if (!file_) file_.emplace(OutputFile::Unnamed());
  status_ = file_->Append(octets);
}

void ContentOpener::Spool::Write(std::string_view octets) {
  size_ += static_cast<int64_t>(octets.size());
  if (type_) return Keep(octets);
  head_ += octets;
  if (head_.size() >= kContentHead) (void)type();
}

ContentType ContentOpener::Spool::type() {
  if (!type_) {
    type_ = ContentTypeOf(head_);
    Keep(head_);
    head_.clear();
  }
  return *type_;
}

StatusOr<InputFile> ContentOpener::Spool::Content() {
  SCEAU_RETURN_IF_ERROR(status_);
  if (too_large() || !file_) return Error(Reason::kDocumentTooLarge);
  return file_->Reread();
}

ContentOpener::ContentOpener(const OpenOptions& options)
    : options_(options), until_(Clock::now() + options.time), spool_(options.max_size) {}

xml::OctetSink* ContentOpener::Begin() {
  spool_.Start();
  return &spool_;
}

std::optional<OpenedContent> ContentOpener::End(const Place& place,
                                                std::vector<Finding>& findings) {
  const ContentType type = spool_.type();
  if (!CanBeOpened(type)) return std::nullopt;
  std::optional<OpenedContent> opened;
  if (const auto content = spool_.Content(); content.ok()) {
    opened = Open(*content, type, place, findings);
  } else {
    findings.push_back({Severity::kWarning, "CONTENT_NOT_OPENED", place});
  }
  spool_.Drop();
  return opened;
}

std::optional<OpenedContent> ContentOpener::Open(const InputFile& content, ContentType type,
                                                 const Place& place,
                                                 std::vector<Finding>& findings) {
  contents::ReaderOptions reader = options_.reader;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Clock::now());
  reader.deadline = std::min(reader.deadline, left);
  const auto format = type == ContentType::kPdf ? contents::Format::kPdf : contents::Format::kZip;
  auto facts = left.count() > 0 ? contents::ReadContent(content, format, reader)
                                : StatusOr<contents::Facts>(Error(Reason::kInternal));
  if (!facts.ok()) {
    findings.push_back({Severity::kWarning, "CONTENT_NOT_OPENED", place});
    return std::nullopt;
  }
  CheckContent(*facts, type, place, findings);
  return OpenedContent{*std::move(facts)};
}

}  // namespace sceau::schemas
