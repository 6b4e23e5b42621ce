// Which PKCS#11 mechanism makes a signature, and over which bytes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/signature_scheme.h"
#include "base/status.h"
#include "hsm/cryptoki.h"
#include "hsm/tokens.h"

namespace sceau::hsm {

// One C_Sign.
struct Operation {
  CK_MECHANISM_TYPE mechanism;
  std::string input;
  std::optional<CK_RSA_PKCS_PSS_PARAMS> pss = std::nullopt;  // the mechanism's parameter
};

// Hashes here and has the token do only the private operation; when the token does not offer that,
// gives it the message with a mechanism that hashes. `key_bits` is the key's size.
// Errors: kAlgorithmRefused (SHA-1 signs nothing), kTokenError CKR_MECHANISM_INVALID.
StatusOr<Operation> ChooseOperation(KeyType type, int key_bits, const SignatureScheme& scheme,
                                    std::string_view message,
                                    const std::function<bool(CK_MECHANISM_TYPE)>& offered);

}  // namespace sceau::hsm
