// Looks into the contents of attachments while a file passes: each that can be opened is kept in a
// file without a name until it has been read.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "contents/facts.h"
#include "contents/reader.h"
#include "schemas/content_type.h"
#include "schemas/finding.h"
#include "xml/canonical.h"

namespace sceau::schemas {

// What was found in one content.
struct OpenedContent {
  contents::Facts facts;  // of a PDF or a ZIP archive
};

struct OpenOptions {
  contents::ReaderOptions reader;
  // Larger contents are not opened; bytes.
  int64_t max_size = 256 << 20;
  // For all contents of one file; what comes later is not opened.
  std::chrono::milliseconds time = std::chrono::minutes(2);
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
  // Keeps what may be opened.
  class Spool final : public xml::OctetSink {
   public:
    explicit Spool(int64_t max_size) : max_size_(max_size) {}
    void Write(std::string_view octets) override;
    void Start();
    ContentType type();  // of all that came
    // Error: kDocumentTooLarge above the limit.
    StatusOr<InputFile> Content();
    void Drop() { file_.reset(); }

   private:
    bool too_large() const { return size_ > max_size_; }
    const int64_t max_size_;
    int64_t size_ = 0;
    std::string head_;  // until the type is known
    std::optional<ContentType> type_;
    std::optional<OutputFile> file_;
    Status status_;
    void Keep(std::string_view octets);
  };

  const OpenOptions options_;
  const std::chrono::steady_clock::time_point until_;
  Spool spool_;
};

}  // namespace sceau::schemas
