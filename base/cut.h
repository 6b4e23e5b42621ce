// Texts made short.
#pragma once

#include <cstddef>
#include <string_view>

namespace sceau {

// The first `most` bytes of a text in UTF-8 at the most, never cut within a character.
inline std::string_view Cut(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (text[most] & '\xC0') == '\x80') --most;
  return text.substr(0, most);
}

}  // namespace sceau
