#include "xml/start_tag.h"

namespace sceau::xml {

std::optional<ByteRange> AttributeValue(std::string_view tag, std::string_view qname) {
  constexpr std::string_view kBlanks = " \t\r\n";
  // Name, then blanks and name = "value" again and again.
  size_t at = tag.find_first_of(" \t\r\n/>");
  while (at < tag.size()) {
    at = tag.find_first_not_of(kBlanks, at);
    const size_t equals = tag.find('=', at);
    if (at == tag.npos || equals == tag.npos) break;
    const size_t name_end = tag.find_first_of(" \t\r\n=", at);
    const size_t quote = tag.find_first_of("\"'", equals);
    if (quote == tag.npos) break;
    const size_t end = tag.find(tag[quote], quote + 1);
    if (end == tag.npos) break;
    if (tag.substr(at, name_end - at) == qname) {
      return ByteRange{static_cast<int64_t>(quote) + 1, static_cast<int64_t>(end - quote) - 1};
    }
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace sceau::xml
