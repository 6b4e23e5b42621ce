// Software keys as they are delivered: PKCS#12 (RFC 7292), with the old algorithms that many of
// these files still use.
#pragma once

#include <string_view>

#include "base/secret.h"
#include "base/status.h"
#include "hsm/key_store.h"

namespace sceau::hsm {

// Errors: kInputUnreadable (no PKCS#12, or no private key in it), kPassphraseIncorrect,
// kCertificateMissing, kCertificateMismatch.
StatusOr<SoftwareKey> OpenPkcs12(std::string_view file, const Secret& passphrase);

}  // namespace sceau::hsm
