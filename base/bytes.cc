#include "base/bytes.h"

#include "absl/strings/escaping.h"
#include "base/strings.h"

namespace sceau {
namespace {

std::string WithoutSpace(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') out.push_back(c);
  }
  return out;
}

}  // namespace

std::string ToBase64(std::string_view bytes) { return absl::Base64Escape(Absl(bytes)); }

std::string ToBase64Lines(std::string_view bytes) {
  const std::string text = ToBase64(bytes);
  std::string out;
  for (size_t at = 0; at < text.size(); at += 76) {
    if (at > 0) out.push_back('\n');
    out.append(text, at, 76);
  }
  return out;
}

std::optional<std::string> FromBase64(std::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(Absl(text), &bytes)) return std::nullopt;
  // absl admits space of all kinds, missing padding, '.' as padding and unused bits; only the
  // canonical text passes, with space or (mostly) without.
  const std::string canonical = ToBase64(bytes);
  if (canonical != text && canonical != WithoutSpace(text)) return std::nullopt;
  return bytes;
}

std::optional<std::string> FromBase64Unpadded(std::string_view text) {
  std::string compact = WithoutSpace(text);
  while (compact.size() % 4 != 0) compact.push_back('=');
  return FromBase64(compact);
}

std::string ToHex(std::string_view bytes) { return absl::BytesToHexString(Absl(bytes)); }

}  // namespace sceau
