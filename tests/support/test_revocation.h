// Revocation as authorities of tests publish it: CRLs of their own make, and OCSP answers by the
// responder of the openssl program.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_pki.h"

namespace sceau::test {

struct RevokedEntry {
  std::string certificate;  // DER
  absl::Time at;
  int reason = -1;  // RFC 5280 §5.3.1; -1: none given
};

struct CrlOptions {
  absl::Time this_update;
  absl::Time next_update;  // InfiniteFuture: none is given
  std::vector<RevokedEntry> revoked;
  const EVP_MD* digest = EVP_sha256();
  bool pss = false;          // RSASSA-PSS with this digest
  std::vector<int> reasons;  // onlySomeReasons (RFC 5280 §5.2.5); empty: all
  int number = 0;            // cRLNumber; 0: none
  int delta_of = 0;          // BaseCRLNumber; 0: a complete list
  std::string freshest;      // "URI:http://..."
};

// DER, signed by this key under the name of this certificate.
std::string MakeCrl(const std::string& issuer_der, EVP_PKEY* issuer_key, const CrlOptions& options);

struct OcspOptions {
  absl::Time this_update, next_update, produced_at;
  std::optional<absl::Time> revoked;
  int entries = 1;  // how often it answers
  // An extension nobody knows, critical: of the response, of the answer.
  bool critical_in_response = false, critical_in_answer = false;
  const EVP_MD* digest = EVP_sha256();
  bool pss = false;  // RSASSA-PSS with this digest
};

// DER, about this certificate, signed by the signer, whose certificate is in it.
std::string MakeOcspResponse(const std::string& certificate_der, const std::string& issuer_der,
                             const std::string& signer_der, EVP_PKEY* signer_key,
                             const OcspOptions& options);

std::string PemOfKey(EVP_PKEY* key);

// `openssl ocsp` as responder for one authority.
class OcspResponder {
 public:
  // The authority answers itself until SetSigner.
  OcspResponder(const std::string& authority_der, EVP_PKEY* authority_key);
  void SetSigner(const std::string& der, EVP_PKEY* key);
  void Forget() { index_.clear(); }
  void AddGood(const std::string& certificate);
  void AddRevoked(const std::string& certificate, absl::Time at, const std::string& reason = "");
  // What it answers to a request; both in DER. Valid for a day.
  std::string Respond(const std::string& request) const;

 private:
  void AddLine(const std::string& certificate, char state, const std::string& revoked);

  TemporaryFolder folder_;
  std::string index_;
};

}  // namespace sceau::test
