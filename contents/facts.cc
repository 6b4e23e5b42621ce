#include "contents/facts.h"

#include <charconv>

namespace sceau::contents {
namespace {

// One fact a line: a letter, then fields with a blank before each. Numbers are decimal, texts
// hexadecimal after an 'x'. The last line is kEnd: what lacks it was cut off.
constexpr std::string_view kEnd = ".";
constexpr std::string_view kHex = "0123456789abcdef";

class Line {
 public:
  explicit Line(char letter) : text_(1, letter) {}
  Line& operator<<(int64_t number) {
    text_ += ' ' + std::to_string(number);
    return *this;
  }
  Line& operator<<(const std::string& text) {
    text_ += " x";
    for (const char c : text.substr(0, kMaxText)) {
      const auto byte = static_cast<unsigned char>(c);
      text_ += {kHex[byte >> 4], kHex[byte & 15]};
    }
    return *this;
  }
  std::string End() { return std::move(text_) + '\n'; }

 private:
  std::string text_;
};

// Takes the fields of one line; `good` is false once one was not as expected.
class Fields {
 public:
  explicit Fields(std::string_view rest) : rest_(rest) {}

  Fields& operator>>(int64_t& number) {
    const std::string_view field = Next();
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
    if (error != std::errc() || end != field.data() + field.size() || number < 0) good_ = false;
    return *this;
  }
  Fields& operator>>(bool& flag) {
    int64_t number = 0;
    *this >> number;
    flag = number == 1;
    if (number > 1) good_ = false;
    return *this;
  }
  Fields& operator>>(std::string& text) {
    const std::string_view field = Next();
    if (field.empty() || field[0] != 'x' || field.size() % 2 == 0 ||
        field.size() > 1 + 2 * kMaxText) {
      good_ = false;
      return *this;
    }
    for (size_t at = 1; at + 1 < field.size(); at += 2) {
      const size_t high = kHex.find(field[at]), low = kHex.find(field[at + 1]);
      if (high == std::string_view::npos || low == std::string_view::npos) good_ = false;
      text += static_cast<char>(high << 4 | low);
    }
    return *this;
  }
  bool AtEnd() const { return rest_.empty(); }
  bool Whole() const { return good_ && AtEnd(); }

 private:
  std::string_view Next() {
    if (rest_.empty() || rest_[0] != ' ') {
      good_ = false;
      return {};
    }
    rest_.remove_prefix(1);
    const std::string_view field = rest_.substr(0, rest_.find(' '));
    rest_.remove_prefix(field.size());
    return field;
  }

  std::string_view rest_;
  bool good_ = true;
};

bool ReadSignature(Fields fields, PdfFacts& pdf) {
  if (pdf.signatures.size() >= kMaxSignatures) return false;
  PdfSignature& it = pdf.signatures.emplace_back();
  fields >> it.contents_offset >> it.contents_sha256 >> it.type >> it.sub_filter >> it.field >>
      it.name >> it.date >> it.reason >> it.location;
  while (!fields.AtEnd() && it.byte_range.size() < 16) fields >> it.byte_range.emplace_back();
  return fields.Whole();
}

bool ReadMember(Fields fields, ZipFacts& zip) {
  if (zip.members.size() >= kMaxMembers) return false;
  ZipMember& it = zip.members.emplace_back();
  fields >> it.name >> it.size >> it.encrypted;
  return fields.Whole();
}

bool ReadLine(char letter, Fields fields, Facts& facts) {
  switch (letter) {
    case 'O': {
      int64_t outcome = 0;
      fields >> outcome;
      facts.outcome = static_cast<Outcome>(outcome);
      return fields.Whole() && outcome < static_cast<int64_t>(Outcome::kFailed);
    }
    case 'P': {
      PdfFacts& it = facts.pdf.emplace();
      fields >> it.version >> it.pages >> it.image_only_pages >> it.repaired >> it.encrypted;
      return fields.Whole();
    }
    case 'I':
      if (!facts.pdf || facts.pdf->image_only.size() >= kMaxImageOnlyListed) return false;
      fields >> facts.pdf->image_only.emplace_back();
      return fields.Whole();
    case 'S':
      return facts.pdf && ReadSignature(fields, *facts.pdf);
    case 'Z':
      fields >> facts.zip.emplace().total;
      return fields.Whole();
    case 'M':
      return facts.zip && ReadMember(fields, *facts.zip);
    default:
      return false;
  }
}

}  // namespace

std::string Write(const Facts& facts) {
  std::string out = (Line('O') << static_cast<int64_t>(facts.outcome)).End();
  if (facts.pdf) {
    const PdfFacts& it = *facts.pdf;
    out +=
        (Line('P') << it.version << it.pages << it.image_only_pages << it.repaired << it.encrypted)
            .End();
    for (const int64_t page : it.image_only) out += (Line('I') << page).End();
    for (const PdfSignature& sig : it.signatures) {
      Line line('S');
      line << sig.contents_offset << sig.contents_sha256 << sig.type << sig.sub_filter << sig.field
           << sig.name << sig.date << sig.reason << sig.location;
      for (const int64_t number : sig.byte_range) line << number;
      out += line.End();
    }
  }
  if (facts.zip) {
    out += (Line('Z') << facts.zip->total).End();
    for (const ZipMember& it : facts.zip->members) {
      out += (Line('M') << it.name << it.size << it.encrypted).End();
    }
  }
  return out.append(kEnd);
}

Facts Read(std::string_view message) {
  Facts facts;
  bool started = false;
  while (message != kEnd) {
    const size_t end = message.find('\n');
    if (end == std::string_view::npos || end == 0) return {};
    if (started == (message[0] == 'O')) return {};  // the outcome first, and once
    started = true;
    if (!ReadLine(message[0], Fields(message.substr(1, end - 1)), facts)) return {};
    message.remove_prefix(end + 1);
  }
  return started ? facts : Facts();
}

}  // namespace sceau::contents
