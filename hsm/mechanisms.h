// Which PKCS#11 mechanism makes a signature, and over which bytes.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/status.h"
#include "hsm/cryptoki.h"
#include "hsm/tokens.h"

namespace sceau::hsm {

// One C_Sign.
struct Operation {
  CK_MECHANISM_TYPE mechanism;
  std::string input;
};

// Hashes here and has the token do only the private operation; when the token does not offer that,
// gives it the message with a mechanism that hashes. `key_bits` is the key's size.
// Errors: kAlgorithmRefused (SHA-1 signs nothing), kTokenError CKR_MECHANISM_INVALID.
StatusOr<Operation> ChooseOperation(KeyType type, int key_bits, DigestAlgorithm digest,
                                    std::string_view message,
                                    const std::function<bool(CK_MECHANISM_TYPE)>& offered);

}  // namespace sceau::hsm
