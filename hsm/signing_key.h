// A private key of a token that is in use.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hsm/key_list.h"
#include "hsm/token.h"
#include "hsm/tokens.h"

namespace sceau::hsm {

// Of a key that `list` shows with its private object. `pin` is kept only for a key that asks for it
// at every signature; it is read from `source` when the login did not need it.
// Errors: kCertificateMissing, kCertificateMismatch, kPinMissing, those of the source.
StatusOr<std::shared_ptr<SigningKey>> OpenSigningKey(std::shared_ptr<Token> token,
                                                     const KeyList& list, const ListedKey& key,
                                                     PinSource* source, Secret pin);

}  // namespace sceau::hsm
