#include "xml/gate.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "base/strings.h"

namespace sceau::xml {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

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

// The value of `encoding` in an XML declaration, or nullopt when it has none.
std::optional<std::string> DeclaredEncoding(std::string_view declaration) {
  size_t at = declaration.find("encoding");
  if (at == std::string_view::npos) return std::nullopt;
  at += 8;
  const auto skip_space = [&] {
    while (at < declaration.size() && IsSpace(declaration[at])) ++at;
  };
  skip_space();
  if (at >= declaration.size() || declaration[at] != '=') return "?";
  ++at;
  skip_space();
  if (at >= declaration.size()) return "?";
  const char quote = declaration[at];
  const size_t end = declaration.find(quote, at + 1);
  if ((quote != '"' && quote != '\'') || end == std::string_view::npos) return "?";
  return std::string(declaration.substr(at + 1, end - at - 1));
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
  const auto declared = DeclaredEncoding(head.substr(0, end));
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
