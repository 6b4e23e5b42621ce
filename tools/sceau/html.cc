#include "tools/sceau/html.h"

#include "base/strings.h"
#include "tools/sceau/display.h"

namespace sceau::cli {

std::string Html(std::string_view value) {
  std::string out;
  for (const char c : Printable(value)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string HtmlValue(std::string_view value) { return Concat("<bdi>", Html(value), "</bdi>"); }

}  // namespace sceau::cli
