// The public half of a key of a token, for OpenSSL.
#pragma once

#include <string>

#include "base/openssl.h"
#include "base/status.h"
#include "hsm/key_list.h"
#include "hsm/session.h"

namespace sceau::hsm {

// From the public key object with the same CKA_ID, else from the key's certificate.
// Errors: kCertificateMissing (the token has neither), kAlgorithmRefused, kTokenUnavailable,
// kTokenError.
StatusOr<EvpPkeyHandle> PublicKeyOf(const Session& session, const KeyDescription& key);

}  // namespace sceau::hsm
