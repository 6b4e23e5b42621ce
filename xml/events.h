// What the parser tells of a document, event by event. All text is UTF-8; views live until the
// handler returns.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "base/status.h"

namespace sceau::xml {

class NamespaceScope;

struct Attribute {
  std::string_view qname;   // as written
  std::string_view prefix;  // empty when there is none
  std::string_view local;
  std::string_view uri;    // empty: in no namespace
  std::string_view value;  // normalised (XML 1.0 §3.3.3)
};

// A namespace declaration; an empty uri undeclares (only the default namespace may).
struct NamespaceDeclaration {
  std::string_view prefix;  // empty: the default namespace
  std::string_view uri;
};

// The bytes of the event in the file.
struct ByteRange {
  int64_t offset = 0;
  int64_t length = 0;
  int64_t end() const { return offset + length; }
};

struct StartElement {
  std::string_view qname;
  std::string_view prefix;
  std::string_view local;
  std::string_view uri;
  absl::Span<const Attribute> attributes;  // without the declarations, in document order
  absl::Span<const NamespaceDeclaration> declarations;
  const NamespaceScope* scope = nullptr;  // with this element's declarations
  int depth = 0;                          // 1 for the document element
  ByteRange bytes;                        // of the start tag
  int64_t line = 0;                       // of its first byte, from 1
  int64_t column = 0;                     // from 1, in bytes

  bool Is(std::string_view namespace_uri, std::string_view name) const {
    return local == name && uri == namespace_uri;
  }
  // The value of an attribute in no namespace, or nullptr.
  const Attribute* Find(std::string_view name) const {
    for (const Attribute& attribute : attributes) {
      if (attribute.uri.empty() && attribute.local == name) return &attribute;
    }
    return nullptr;
  }
};

struct EndElement {
  std::string_view qname;
  int depth = 0;
  ByteRange bytes;  // of the end tag; empty for <a/>
};

// Receives the events in document order. An error ends the parse and is returned by it.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual Status OnStart(const StartElement& element) = 0;
  virtual Status OnEnd(const EndElement& element) = 0;
  // Character data; one text node may come in several pieces. CDATA sections come as text. These
  // three mean nothing to who does not take them.
  virtual Status OnText(std::string_view) { return OkStatus(); }
  virtual Status OnInstruction(std::string_view, std::string_view) { return OkStatus(); }
  virtual Status OnComment(std::string_view) { return OkStatus(); }
};

}  // namespace sceau::xml
