// A time-stamp token (RFC 3161), read and checked (ETSI EN 319 102-1 §5.4; OpenSSL's TS).
#pragma once

#include <openssl/pkcs7.h>
#include <openssl/ts.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/openssl.h"
#include "base/status.h"
#include "verifier/algorithm_limits.h"
#include "verifier/path_building.h"

namespace sceau::verifier {

class TimeStamp {
 public:
  // Error: kInputUnreadable when it is not a token with one signer and an imprint.
  static StatusOr<TimeStamp> Parse(std::string_view der);

  // The latest instant that is compatible with the token's time: genTime and its accuracy.
  absl::Time time() const { return time_; }
  const EVP_MD* digest() const { return digest_; }
  const std::string& imprint() const { return imprint_; }  // raw
  // Whether the imprint is that of these octets.
  bool Imprints(std::string_view octets) const;
  // The certificate that signed it, when the token carries it; else nullptr.
  X509* signer() const { return signer_; }
  // The certificates it carries.
  std::vector<X509*> certificates() const;
  // What the token itself rests on: the digest of the imprint and the one that is signed.
  std::vector<Algorithm> algorithms() const;

  // Empty, or why the token is not good under this path, which has been judged at `at`: version,
  // signature, signing-certificate attribute (RFC 2634, RFC 5035), and a certificate for time
  // stamping alone, critically so (RFC 3161 §2.3).
  std::string Fault(const Path& path, absl::Time at) const;

 private:
  CHandle<PKCS7, PKCS7_free> token_;
  CHandle<TS_TST_INFO, TS_TST_INFO_free> info_;
  absl::Time time_;
  const EVP_MD* digest_ = nullptr;
  std::string imprint_;
  X509* signer_ = nullptr;  // within token_
};

}  // namespace sceau::verifier
