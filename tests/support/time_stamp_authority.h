// A time-stamping authority for tests: `openssl ts`, which stamps the present.
#pragma once

#include <string>

#include "tests/support/temporary_folder.h"
#include "tests/support/test_pki.h"

namespace sceau::test {

// A certificate as RFC 3161 §2.3 wants it.
LeafOptions TimeStampingLeaf();

// The same token, signed by another certificate: one that `openssl ts` would not sign with.
std::string SignedAgain(const std::string& token, const std::string& der, EVP_PKEY* key);

class TimeStampAuthority {
 public:
  // `der` is the certificate of the key, `issuer_der` that of its authority: both go into the
  // token.
  TimeStampAuthority(const std::string& der, EVP_PKEY* key, const std::string& issuer_der);

  // The token (DER) over these octets. `digest`: "sha256", ...
  std::string Stamp(const std::string& octets, const std::string& digest = "sha256") const;
  // What it answers to a query (RFC 3161 §2.4); both in DER.
  std::string Respond(const std::string& query) const;
  // The response (DER) to a request as it comes by HTTP.
  std::string Answer(const std::string& request) const;

 private:
  TemporaryFolder folder_;
};

}  // namespace sceau::test
