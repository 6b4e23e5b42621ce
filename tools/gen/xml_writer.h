// Writes the tags and values of a PES in any layout, into a buffer handed to the sink.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tools/gen/generator.h"
#include "tools/gen/random.h"
#include "tools/gen/spec.h"

namespace sceau::gen {

// Names are ASCII and outlive the writer; values and texts are UTF-8.
struct Attribute {
  std::string_view name;
  std::string_view value;
};

class XmlWriter {
 public:
  XmlWriter(const Layout& layout, uint64_t seed, Sink sink);

  // Byte order mark, XML declaration, and what may stand before the root.
  void Prolog();
  // What may stand after the root; hands the last bytes over.
  void Epilog();

  void Open(std::string_view name, const std::vector<Attribute>& attributes = {});
  void Close();
  // <name V="value"/>
  void Value(std::string_view name, std::string_view value);
  void Value(std::string_view name, int64_t value);
  // As Value, for a boolean that nothing depends on: the schema collapses its white space, so under
  // oddities it may get references to white space around it. (libxml2 does not collapse dates.)
  void LooseValue(std::string_view name, std::string_view value);

  // An element that holds base64: OpenBase64, then pieces of whole lines of 76 characters (the last
  // may be shorter), then CloseBase64.
  void OpenBase64(std::string_view name, const std::vector<Attribute>& attributes);
  void AppendBase64(std::string_view text);
  void CloseBase64();

  bool oddities() const { return layout_.oddities; }
  int64_t bytes() const { return bytes_; }
  // The first error of the sink; nothing is handed over after it.
  const Status& status() const { return status_; }

 private:
  void Break();  // to a new line, indented
  void NewLine();
  void OddBlank();         // one blank or more, inside a tag
  void MaybeOddBlank();    // none, mostly
  void MaybeOddContent();  // comments, processing instructions, empty lines
  void Comment();
  void Instruction();
  void StartTag(std::string_view name, const std::vector<Attribute>& attributes);
  void EndTag(std::string_view name);
  void WriteAttribute(const Attribute& attribute);
  void WriteValue(std::string_view value, char quote);
  void WriteReference(char32_t c);
  void WriteMarkup(std::string_view text);
  void WriteChar(char32_t c);
  void Flush();

  Layout layout_;
  Random random_;
  Sink sink_;
  std::string buffer_;
  int64_t bytes_ = 0;
  Status status_;
  std::vector<std::string_view> open_;
  bool first_base64_line_ = true;
  bool base64_references_ = false;  // &#13; at the end of each line
};

}  // namespace sceau::gen
