// Writes certificates and a software key into a token.
#pragma once

#include <string>

#include "base/status.h"
#include "hsm/key_store.h"
#include "hsm/new_objects.h"
#include "hsm/session.h"

namespace sceau::hsm {

// The certificate (DER); beside the key with this CKA_ID, or as an authority's when it is empty.
// Errors: kInputUnreadable (no certificate), kTokenUnavailable, kTokenError.
Status CreateCertificate(NewObjects& made, const std::string& der, const std::string& id,
                         const std::string& label);
// The pair, as keys that do not come out any more: RSA of 2048 to 4096 bits, P-256, P-384.
// Errors: kAlgorithmRefused, kTokenUnavailable, kTokenError.
Status CreateKey(const Session& session, NewObjects& made, EVP_PKEY* key, const NewKey& as);

}  // namespace sceau::hsm
