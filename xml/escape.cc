#include "xml/escape.h"

#include <array>

namespace sceau::xml {
namespace {

using Replacements = std::array<std::string_view, 256>;

constexpr Replacements kText = [] {
  Replacements r{};
  r['&'] = "&amp;";
  r['<'] = "&lt;";
  r['>'] = "&gt;";
  r['\r'] = "&#xD;";
  return r;
}();

constexpr Replacements kAttribute = [] {
  Replacements r{};
  r['&'] = "&amp;";
  r['<'] = "&lt;";
  r['"'] = "&quot;";
  r['\t'] = "&#x9;";
  r['\n'] = "&#xA;";
  r['\r'] = "&#xD;";
  return r;
}();

void Append(std::string_view text, const Replacements& replacements, std::string& out) {
  size_t plain = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view replacement = replacements[static_cast<unsigned char>(text[i])];
    if (replacement.empty()) continue;
    out.append(text, plain, i - plain);
    out.append(replacement);
    plain = i + 1;
  }
  out.append(text, plain);
}

}  // namespace

void AppendEscapedText(std::string_view text, std::string& out) { Append(text, kText, out); }

void AppendEscapedAttribute(std::string_view value, std::string& out) {
  Append(value, kAttribute, out);
}

}  // namespace sceau::xml
