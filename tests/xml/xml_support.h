// Parsing and canonicalising texts in tests, and libxml2's answer to the same question.
#pragma once

#include <libxml/c14n.h>
#include <libxml/parser.h>

#include <optional>
#include <string>

#include "base/c_handle.h"
#include "base/file.h"
#include "xml/canonical.h"
#include "xml/parser.h"

namespace sceau::test {

inline InputFile FileOf(std::string_view text) {
  auto out = OutputFile::Unnamed();
  (void)out->Append(text);
  return *out->Reread();
}

// Canonicalises the n-th element (in document order, from 0), or the whole document (-1).
class CanonicalReader final : public xml::Handler {
 public:
  CanonicalReader(const xml::CanonicalOptions& options, int element)
      : form_(options, sink_), element_(element) {
    if (element_ < 0) canonicaliser_.OpenDocument(form_);
  }
  Status OnStart(const xml::StartElement& element) override {
    if (count_++ == element_) canonicaliser_.Open(form_);
    return canonicaliser_.Start(element);
  }
  Status OnEnd(const xml::EndElement& element) override { return canonicaliser_.End(element); }
  Status OnText(std::string_view text) override {
    canonicaliser_.Text(text);
    return OkStatus();
  }
  Status OnInstruction(std::string_view target, std::string_view data) override {
    canonicaliser_.Instruction(target, data);
    return OkStatus();
  }
  Status OnComment(std::string_view text) override {
    canonicaliser_.Comment(text);
    return OkStatus();
  }
  const std::string& text() const { return sink_.text(); }
  int count() const { return count_; }

 private:
  xml::StringSink sink_;
  xml::CanonicalForm form_;
  xml::Canonicaliser canonicaliser_;
  int element_;
  int count_ = 0;
};

inline StatusOr<std::string> Canonical(std::string_view document,
                                       const xml::CanonicalOptions& options, int element) {
  CanonicalReader reader(options, element);
  SCEAU_RETURN_IF_ERROR(xml::Parse(FileOf(document), reader).status());
  return reader.text();
}

}  // namespace sceau::test
