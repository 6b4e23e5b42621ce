// Looks into the contents of attachments while a file passes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/file.h"
#include "contents/clamd.h"
#include "contents/facts.h"
#include "contents/reader.h"
#include "schemas/content_spool.h"
#include "schemas/content_type.h"
#include "schemas/finding.h"
#include "xml/canonical.h"

namespace sceau::schemas {

struct Inspection;

// What was found in one content.
struct OpenedContent {
  contents::Facts facts;                       // of a PDF or a ZIP archive
  std::shared_ptr<const Inspection> document;  // of an XML document
};

struct OpenOptions {
  contents::ReaderOptions reader;
  // Larger contents are not opened; bytes.
  int64_t max_size = 256 << 20;
  // For all contents of one file; what comes later is not opened.
  std::chrono::milliseconds time = std::chrono::minutes(2);
  // Reads an XML document in an attachment; unset: Inspect, without looking into it further.
  std::function<StatusOr<Inspection>(const InputFile&)> read_xml;
  // Every content is given to it; without address: no virus scan.
  contents::ClamdOptions virus_scan;
};

class ContentOpener {
 public:
  explicit ContentOpener(const OpenOptions& options);

  // Takes the next content, from its first byte.
  xml::OctetSink* Begin();
  // The content is whole: what is in it; unset when it is of no kind that is opened.
  std::optional<OpenedContent> End(const Place& place, std::vector<Finding>& findings);
  // The same of a file at hand.
  std::optional<OpenedContent> Open(const InputFile& content, ContentType type, const Place& place,
                                    std::vector<Finding>& findings);

 private:
  void Scan(const InputFile& content, const Place& place, std::vector<Finding>& findings) const;
  std::shared_ptr<const Inspection> ReadXml(const InputFile& content, const Place& place,
                                            std::vector<Finding>& findings) const;

  const OpenOptions options_;
  const std::chrono::steady_clock::time_point until_;
  ContentSpool spool_;
};

}  // namespace sceau::schemas
