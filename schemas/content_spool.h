// Keeps the content of an attachment while it passes, when its beginning shows a type that is
// wanted: in memory when it is small, else in a file without a name.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "schemas/content_type.h"
#include "xml/canonical.h"

namespace sceau::schemas {

class ContentSpool final : public xml::OctetSink {
 public:
  // Larger contents are dropped; bytes.
  ContentSpool(int64_t max_size, std::function<bool(ContentType)> wanted)
      : max_size_(max_size), wanted_(std::move(wanted)) {}

  // Another content begins.
  void Start();
  void Write(std::string_view octets) override;
  // Of all that came.
  ContentType type();
  bool wanted() { return wanted_(type()); }
  // Error: kDocumentTooLarge above the limit; what writing failed with.
  StatusOr<InputFile> Content();
  void Drop() { file_.reset(); }

 private:
  void Keep(std::string_view octets);

  const int64_t max_size_;
  const std::function<bool(ContentType)> wanted_;
  int64_t size_ = 0;
  std::string head_;  // until the type is known
  std::optional<ContentType> type_;
  std::optional<OutputFile> file_;
  Status status_;
};

}  // namespace sceau::schemas
