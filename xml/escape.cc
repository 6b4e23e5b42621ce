#include "xml/escape.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace sceau::xml {
namespace {

constexpr std::string_view kInText = "&<>\r";
constexpr std::string_view kInAttribute = "&<\"\t\n\r";

std::string_view ReplacementOf(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\t':
      return "&#x9;";
    case '\n':
      return "&#xA;";
    default:
      return "&#xD;";
  }
}

template <const std::string_view& kSpecials>
constexpr std::array<bool, 256> kIsSpecial = [] {
  std::array<bool, 256> is{};
  for (const char special : kSpecials) is[static_cast<unsigned char>(special)] = true;
  return is;
}();

// The first of the special characters at or after `from`. A long text mostly has none, which one
// memchr for each tells sooner than a look at every byte.
template <const std::string_view& kSpecials>
size_t FindSpecial(std::string_view text, size_t from) {
  constexpr size_t kLong = 64;
  const size_t rest = text.size() - from;
  if (rest >= kLong && std::all_of(kSpecials.begin(), kSpecials.end(), [&](char special) {
        return std::memchr(text.data() + from, special, rest) == nullptr;
      })) {
    return std::string_view::npos;
  }
  for (; from < text.size(); ++from) {
    if (kIsSpecial<kSpecials>[static_cast<unsigned char>(text[from])]) return from;
  }
  return std::string_view::npos;
}

template <const std::string_view& kSpecials>
void AppendEscaped(std::string_view text, std::string& out) {
  size_t plain = 0;
  for (size_t at = FindSpecial<kSpecials>(text, 0); at != std::string_view::npos;
       at = FindSpecial<kSpecials>(text, plain)) {
    out.append(text, plain, at - plain);
    out.append(ReplacementOf(text[at]));
    plain = at + 1;
  }
  out.append(text, plain);
}

}  // namespace

void AppendEscapedText(std::string_view text, std::string& out) {
  AppendEscaped<kInText>(text, out);
}

std::string_view EscapedText(std::string_view text, std::string& scratch) {
  if (FindSpecial<kInText>(text, 0) == std::string_view::npos) return text;
  scratch.clear();
  AppendEscapedText(text, scratch);
  return scratch;
}

void AppendEscapedAttribute(std::string_view value, std::string& out) {
  AppendEscaped<kInAttribute>(value, out);
}

}  // namespace sceau::xml
