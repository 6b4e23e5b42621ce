// A private key of a token that is in use.
#pragma once

#include <memory>

#include "hsm/token_set.h"
#include "hsm/tokens.h"
#include "hsm/uri.h"

namespace sceau::hsm {

// As Tokens::OpenKey.
StatusOr<std::shared_ptr<SigningKey>> OpenSigningKey(std::shared_ptr<TokenSet> tokens,
                                                     const Uri& uri, PinSource* source);

}  // namespace sceau::hsm
