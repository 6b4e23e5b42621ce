// Randomness, from OpenSSL only. A process that can have none ends (abort).
#pragma once

#include <cstddef>
#include <string>

namespace sceau {

// `bytes` random bytes, raw.
std::string RandomBytes(size_t bytes);
// `bytes` random bytes in lower-case hexadecimal: an identifier nobody can guess.
std::string RandomHex(size_t bytes);

}  // namespace sceau
