// Names of persons and organisations in certificates (X.501), from the text that is typed.
#pragma once

#include <string_view>

#include "base/openssl.h"
#include "base/status.h"

namespace sceau::hsm {

// RFC 4514, as `sceau key list` shows names: "CN=Marie Curie,O=Commune d'Essai,C=FR", the most
// particular first; `\` makes the next character (or the byte of two hexadecimal digits) a part of
// the value. One attribute for each step; values are UTF-8.
// Error kUsage, with the attribute that is not understood.
StatusOr<X509NameHandle> ParseName(std::string_view text);

}  // namespace sceau::hsm
