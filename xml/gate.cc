#include "xml/gate.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "base/strings.h"

namespace sceau::xml {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

constexpr std::string_view kSpace = " \t\r\n";

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

Place PlaceAt(std::string_view text, size_t offset) {
  Place place{1, 1, ""};
  for (size_t i = 0; i < std::min(offset, text.size()); ++i) {
    if (text[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else {
      ++place.column;
    }
  }
  return place;
}

struct Declaration {
  std::string version;
  std::optional<std::string> encoding;
};

// Reads an XML declaration as strictly as XML 1.0 §2.8 writes it, from behind "<?xml" to "?>";
// parsers differ in what else they admit.
std::optional<Declaration> ReadDeclaration(std::string_view text) {
  static constexpr std::string_view kNames[] = {"version", "encoding", "standalone"};
  Declaration declaration;
  size_t next = 0;  // the earliest name that may come
  while (true) {
    const size_t blanks = std::min(text.find_first_not_of(kSpace), text.size());
    text.remove_prefix(blanks);
    if (text.empty()) break;
    const auto* name = std::find_if(std::begin(kNames) + next, std::end(kNames),
                                    [&](std::string_view n) { return text.starts_with(n); });
    if (name == std::end(kNames) || blanks == 0) return std::nullopt;
    next = static_cast<size_t>(name - std::begin(kNames)) + 1;
    text.remove_prefix(name->size());
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    if (!text.starts_with('=')) return std::nullopt;
    text.remove_prefix(1);
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    if (!text.starts_with('"') && !text.starts_with('\'')) return std::nullopt;
    const size_t end = text.find(text[0], 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view value = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (next == 1) declaration.version = value;
    if (next == 2) declaration.encoding = value;
    if (next == 3 && value != "yes" && value != "no") return std::nullopt;
  }
  if (declaration.version.empty()) return std::nullopt;
  return declaration;
}

StatusOr<Encoding> EncodingOf(std::string_view head, bool byte_order_mark) {
  // A document in UTF-16 or UTF-32 shows a zero byte or another mark at once.
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF") ||
      head.substr(0, 4).find('\0') != std::string_view::npos) {
    return Error(Reason::kEncodingRefused, "UTF-16", {1, 1, ""});
  }
  if (!head.starts_with("<?xml") || head.size() < 6 || !IsSpace(head[5])) {
    return Encoding::kUtf8;
  }
  const size_t end = head.find("?>");
  if (end == std::string_view::npos) return Error(Reason::kNotXml, "<?xml", {1, 1, ""});
  const auto declaration = ReadDeclaration(head.substr(5, end - 5));
  if (!declaration) return Error(Reason::kNotXml, "<?xml", {1, 1, ""});
  // XML 1.1 has other line ends and other names; no document of the field uses it.
  if (declaration->version != "1.0") {
    return Error(Reason::kNotXml, declaration->version.substr(0, 40), {1, 1, ""});
  }
  const auto& declared = declaration->encoding;
  if (!declared || absl::EqualsIgnoreCase(*declared, "UTF-8")) return Encoding::kUtf8;
  if (absl::EqualsIgnoreCase(*declared, "ISO-8859-1")) {
    if (byte_order_mark) {
      return Error(Reason::kEncodingRefused, "ISO-8859-1 + UTF-8 BOM", {1, 1, ""});
    }
    return Encoding::kLatin1;
  }
  return Error(Reason::kEncodingRefused, std::string_view(*declared).substr(0, 40), {1, 1, ""});
}

// Walks over the prolog up to the document element (XML 1.0 §2.8).
Status CheckProlog(std::string_view text, bool whole_file) {
  const auto refuse = [&](Reason reason, size_t at, std::string_view detail) {
    return Error(reason, detail, PlaceAt(text, at));
  };
  size_t at = 0;
  while (true) {
    while (at < text.size() && IsSpace(text[at])) ++at;
    const std::string_view rest = text.substr(at);
    if (rest.empty()) {
      return whole_file ? refuse(Reason::kNotXml, at, "no element")
                        : refuse(Reason::kXmlLimitExceeded, at, "prolog");
    }
    if (absl::StartsWithIgnoreCase(Absl(rest), "<!DOCTYPE")) {
      return refuse(Reason::kDoctypeRefused, at, "");
    }
    std::string_view close;
    if (rest.starts_with("<?")) close = "?>";
    if (rest.starts_with("<!--")) close = "-->";
    if (close.empty()) {
      const bool element = rest.size() > 1 && rest[0] == '<' && rest[1] != '!' && rest[1] != '/';
      return element ? OkStatus() : refuse(Reason::kNotXml, at, "");
    }
    const size_t end = rest.find(close, close == "-->" ? 4 : 2);
    if (end == std::string_view::npos) {
      return whole_file ? refuse(Reason::kNotXml, at, "")
                        : refuse(Reason::kXmlLimitExceeded, at, "prolog");
    }
    at += end + close.size();
  }
}

}  // namespace

std::string_view NameOf(Encoding encoding) {
  return encoding == Encoding::kUtf8 ? "UTF-8" : "ISO-8859-1";
}

StatusOr<Gate> PassGate(const InputFile& file) {
  std::string head(kMaxProlog, '\0');
  SCEAU_ASSIGN_OR_RETURN(const size_t got, file.ReadAt(0, head.data(), head.size()));
  head.resize(got);
  std::string_view text = head;
  Gate gate;
  gate.byte_order_mark = text.starts_with(kBom);
  if (gate.byte_order_mark) text.remove_prefix(kBom.size());
  SCEAU_ASSIGN_OR_RETURN(gate.encoding, EncodingOf(text, gate.byte_order_mark));
  SCEAU_RETURN_IF_ERROR(CheckProlog(text, file.size() <= static_cast<int64_t>(kMaxProlog)));
  return gate;
}

}  // namespace sceau::xml
