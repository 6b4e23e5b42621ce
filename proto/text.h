// Texts of the contract are UTF-8; what a message of this machine holds may not be.
#pragma once

#include <limits>
#include <string>
#include <string_view>

namespace sceau::wire {

// The text with every byte that is not part of well-formed UTF-8 (RFC 3629) as '?', at most
// `most` bytes of it, never cut within a character.
std::string Utf8(std::string_view text, size_t most = std::numeric_limits<size_t>::max());

}  // namespace sceau::wire
