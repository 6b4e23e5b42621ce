#include "proto/text.h"

#include <algorithm>

namespace sceau::wire {
namespace {

unsigned ByteAt(std::string_view text, size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

// Bytes of the character at the start of `text`; 0 when it is not well-formed.
size_t CharacterLength(std::string_view text) {
  const unsigned first = ByteAt(text, 0);
  const unsigned second = ByteAt(text, 1);
  if (first < 0x80) return 1;
  // RFC 3629 §4: the second byte's range depends on the first; no surrogates, nothing overlong.
  unsigned low = 0x80;
  unsigned high = 0xBF;
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  const size_t length = first >= 0xF5 || first < 0xC2 ? 0
                        : first >= 0xF0               ? 4
                        : first >= 0xE0               ? 3
                                                      : 2;
  if (length == 0 || second < low || second > high) return 0;
  for (size_t at = 2; at < length; ++at) {
    if ((ByteAt(text, at) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

std::string Utf8(std::string_view text, size_t most) {
  std::string out;
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    const size_t taken = std::max<size_t>(length, 1);
    if (out.size() + taken > most) break;
    if (length == 0) {
      out += '?';
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace sceau::wire
