#include "tools/gen/xml_writer.h"

#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "base/strings.h"
#include "tools/gen/field_data.h"

namespace sceau::gen {
namespace {

constexpr size_t kBuffer = 64 << 10;
constexpr size_t kBase64Line = 76;

// One character of well-formed UTF-8 (the texts are this program's own).
char32_t NextChar(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at++);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  char32_t c = lead & (0x3F >> more);
  for (int i = 0; i < more; ++i) c = (c << 6) | (byte(at++) & 0x3F);
  return c;
}

// What an attribute's value cannot hold as it is; empty when it can.
std::string_view Escaped(char32_t c, char quote) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '"':
      return quote == '"' ? "&quot;" : "";
    case '\'':
      return quote == '\'' ? "&apos;" : "";
    case '\t':
      return "&#9;";
    case '\n':
      return "&#10;";
    case '\r':
      return "&#13;";
    default:
      return "";
  }
}

bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '&' && c != '<' && c != '"' && c != '\'';
}

}  // namespace

XmlWriter::XmlWriter(const Layout& layout, uint64_t seed, Sink sink)
    : layout_(layout), random_({seed, 0x0DD}), sink_(std::move(sink)) {
  buffer_.reserve(kBuffer * 2);
}

void XmlWriter::Prolog() {
  if (layout_.byte_order_mark) buffer_ += "\xEF\xBB\xBF";
  if (layout_.xml_declaration) {
    std::string name = layout_.encoding == Encoding::kUtf8 ? "UTF-8" : "ISO-8859-1";
    std::string_view standalone;
    if (layout_.oddities && random_.OneIn(2)) {
      for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    if (layout_.oddities && random_.OneIn(2)) standalone = " standalone='yes' ";
    const char* quote = layout_.quote == Quote::kDouble ? "\"" : "'";
    AppendTo(buffer_, "<?xml version=", quote, "1.0", quote, " encoding=", quote, name, quote,
             standalone, "?>");
    NewLine();
  }
  if (!layout_.oddities) return;
  Comment();
  NewLine();
  Instruction();
  NewLine();
}

void XmlWriter::Epilog() {
  NewLine();
  if (layout_.oddities) {
    Instruction();
    NewLine();
    Comment();
    NewLine();
  }
  Flush();
}

void XmlWriter::Open(std::string_view name, const std::vector<Attribute>& attributes) {
  if (!open_.empty()) Break();
  StartTag(name, attributes);
  MaybeOddBlank();
  buffer_ += '>';
  open_.push_back(name);
}

void XmlWriter::Close() {
  const std::string_view name = open_.back();
  if (layout_.oddities) MaybeOddContent();
  open_.pop_back();
  NewLine();
  if (layout_.line_end != LineEnd::kNone && layout_.indentation != Indentation::kNone) {
    buffer_.append(open_.size(), layout_.indentation == Indentation::kTabs ? '\t' : ' ');
  }
  EndTag(name);
  if (buffer_.size() >= kBuffer) Flush();
}

void XmlWriter::Value(std::string_view name, std::string_view value) {
  Break();
  StartTag(name, {});
  WriteAttribute({"V", value});
  if (layout_.oddities && random_.OneIn(6)) {
    MaybeOddBlank();
    buffer_ += '>';
    if (random_.OneIn(8)) Comment();
    EndTag(name);
  } else {
    MaybeOddBlank();
    buffer_ += "/>";
  }
}

void XmlWriter::Value(std::string_view name, int64_t value) {
  Value(name, std::string_view(Concat(value)));
}

void XmlWriter::LooseValue(std::string_view name, std::string_view value) {
  if (!layout_.oddities || !random_.OneIn(3)) return Value(name, value);
  static constexpr std::string_view kAround[] = {"", " ", "\r", "\n", "\t", "\r\n  "};
  const std::string before(random_.Pick(kAround));
  Value(name, std::string_view(Concat(before, value, random_.Pick(kAround))));
}

void XmlWriter::OpenBase64(std::string_view name, const std::vector<Attribute>& attributes) {
  Open(name, attributes);
  first_base64_line_ = true;
  base64_references_ = layout_.oddities && random_.OneIn(2);
}

void XmlWriter::AppendBase64(std::string_view text) {
  if (layout_.base64_single_line || layout_.line_end == LineEnd::kNone) {
    buffer_ += text;
  } else {
    for (size_t at = 0; at < text.size(); at += kBase64Line) {
      if (!first_base64_line_) {
        if (base64_references_) buffer_ += "&#13;";
        NewLine();
      }
      first_base64_line_ = false;
      buffer_ += text.substr(at, kBase64Line);
    }
  }
  if (buffer_.size() >= kBuffer) Flush();
}

void XmlWriter::CloseBase64() {
  EndTag(open_.back());
  open_.pop_back();
}

void XmlWriter::Break() {
  if (layout_.oddities) MaybeOddContent();
  NewLine();
  if (layout_.line_end == LineEnd::kNone || layout_.indentation == Indentation::kNone) return;
  buffer_.append(open_.size(), layout_.indentation == Indentation::kTabs ? '\t' : ' ');
}

void XmlWriter::NewLine() {
  if (layout_.line_end == LineEnd::kLf) buffer_ += '\n';
  if (layout_.line_end == LineEnd::kCrlf) buffer_ += "\r\n";
}

void XmlWriter::OddBlank() {
  switch (random_.Below(5)) {
    case 0:
      buffer_ += "  ";
      return;
    case 1:
      buffer_ += '\t';
      return;
    case 2:
      NewLine();
      buffer_ += ' ';
      return;
    default:
      buffer_ += ' ';
  }
}

void XmlWriter::MaybeOddBlank() {
  if (layout_.oddities && random_.OneIn(5)) OddBlank();
}

void XmlWriter::MaybeOddContent() {
  switch (random_.Below(48)) {
    case 0:
    case 1:
      NewLine();
      return Comment();
    case 2:
      NewLine();
      return Instruction();
    case 3:
      Comment();
      return Instruction();
    case 4:
    case 5:
      buffer_ += " \t";  // blanks at the end of the line, then an empty line
      return NewLine();
    default:
      return;
  }
}

void XmlWriter::Comment() {
  buffer_ += "<!--";
  WriteMarkup(random_.Pick(kComments));
  buffer_ += "-->";
}

void XmlWriter::Instruction() {
  buffer_ += "<?";
  WriteMarkup(random_.Pick(kInstructions));
  buffer_ += "?>";
}

void XmlWriter::StartTag(std::string_view name, const std::vector<Attribute>& attributes) {
  buffer_ += '<';
  buffer_ += name;
  for (const Attribute& attribute : attributes) WriteAttribute(attribute);
  if (layout_.oddities && !open_.empty() && random_.OneIn(24)) {
    static constexpr Attribute kUnused[] = {
        {"xmlns:ex", "urn:exemple:inutilise"},
        {"xmlns:ex", "urn:exemple:autre?a=1&b=2"},
        {"xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"},
        {"xmlns:n", "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller"},
    };
    WriteAttribute(random_.Pick(kUnused));
  }
}

void XmlWriter::EndTag(std::string_view name) {
  buffer_ += "</";
  buffer_ += name;
  MaybeOddBlank();
  buffer_ += '>';
}

void XmlWriter::WriteAttribute(const Attribute& attribute) {
  char quote = layout_.quote == Quote::kDouble ? '"' : '\'';
  if (!layout_.oddities) {
    buffer_ += ' ';
    buffer_ += attribute.name;
    buffer_ += '=';
  } else {
    if (random_.OneIn(8)) quote = quote == '"' ? '\'' : '"';
    OddBlank();
    buffer_ += attribute.name;
    MaybeOddBlank();
    buffer_ += '=';
    MaybeOddBlank();
  }
  buffer_ += quote;
  WriteValue(attribute.value, quote);
  buffer_ += quote;
}

void XmlWriter::WriteValue(std::string_view value, char quote) {
  // Under oddities one character of some values becomes a reference that it does not need.
  std::optional<size_t> reference;
  if (layout_.oddities && !value.empty() && random_.OneIn(5))
    reference = random_.Below(value.size());
  for (size_t at = 0; at < value.size();) {
    const size_t from = at;
    while (at < value.size() && IsPlain(value[at]) && at != reference) ++at;
    buffer_ += value.substr(from, at - from);
    if (at == value.size()) return;
    const bool referenced = at == reference;
    const char32_t c = NextChar(value, at);
    if (referenced) {
      WriteReference(c);
    } else if (const std::string_view escaped = Escaped(c, quote); !escaped.empty()) {
      buffer_ += escaped;
    } else {
      WriteChar(c);
    }
  }
}

void XmlWriter::WriteReference(char32_t c) {
  const auto code = static_cast<uint32_t>(c);
  switch (random_.Below(3)) {
    case 0:
      buffer_ += absl::StrFormat("&#x%X;", code);
      return;
    case 1:
      buffer_ += absl::StrFormat("&#x%04x;", code);
      return;
    default:
      buffer_ += absl::StrFormat("&#%d;", code);
  }
}

void XmlWriter::WriteMarkup(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const char32_t c = NextChar(text, at);
    if (c != '\n') {
      WriteChar(c);
    } else if (layout_.line_end == LineEnd::kNone) {
      buffer_ += ' ';
    } else {
      NewLine();
    }
  }
}

void XmlWriter::WriteChar(char32_t c) {
  const auto byte = [](char32_t value) { return static_cast<char>(value); };
  if (c < 0x80 || (c < 0x100 && layout_.encoding == Encoding::kIso88591)) {
    buffer_ += byte(c);
  } else if (layout_.encoding == Encoding::kIso88591) {
    AppendTo(buffer_, "&#", static_cast<uint32_t>(c), ";");
  } else if (c < 0x800) {
    buffer_ += {byte(0xC0 | (c >> 6)), byte(0x80 | (c & 0x3F))};
  } else if (c < 0x10000) {
    buffer_ += {byte(0xE0 | (c >> 12)), byte(0x80 | ((c >> 6) & 0x3F)), byte(0x80 | (c & 0x3F))};
  } else {
    buffer_ += {byte(0xF0 | (c >> 18)), byte(0x80 | ((c >> 12) & 0x3F)),
                byte(0x80 | ((c >> 6) & 0x3F)), byte(0x80 | (c & 0x3F))};
  }
}

void XmlWriter::Flush() {
  if (status_.ok()) {
    status_ = sink_(buffer_);
    bytes_ += static_cast<int64_t>(buffer_.size());
  }
  buffer_.clear();
}

}  // namespace sceau::gen
