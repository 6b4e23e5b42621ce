// Texts of bytes: base64 and hexadecimal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sceau {

std::string ToBase64(std::string_view bytes);
// Lines of 76 characters, as MIME and most producers of signatures write it.
std::string ToBase64Lines(std::string_view bytes);

// XML white space is skipped; anything else that is not canonical base64 (RFC 4648 §4, with its
// padding, unused bits zero) gives nullopt.
std::optional<std::string> FromBase64(std::string_view text);
// As FromBase64, but a missing padding is admitted: a field oddity to be reported.
std::optional<std::string> FromBase64Unpadded(std::string_view text);

std::string ToHex(std::string_view bytes);  // lower case

}  // namespace sceau
