// A token of another maker's module, made for one test.
#pragma once

#include <memory>
#include <string>

#include "hsm/tokens.h"

namespace sceau::hsm {

class OtherToken {
 public:
  virtual ~OtherToken() = default;
  // What stands in the way of it here; empty: nothing.
  virtual std::string Prepare(const std::string& pin) = 0;
  virtual TokensOptions Options() const = 0;
  virtual std::string Uri() const = 0;
};

// NSS's softokn: a database in a folder. Its library takes the folder from p11-kit's configuration.
std::unique_ptr<OtherToken> NssToken();
// tpm2-pkcs11 over swtpm, a TPM 2.0 in software that listens on the loopback.
std::unique_ptr<OtherToken> TpmToken();

}  // namespace sceau::hsm
