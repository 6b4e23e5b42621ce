// What a certificate says of itself that decides whether it is a qualified one: QcStatements (ETSI
// EN 319 412-5) and what the criteria of trusted lists ask for.
#pragma once

#include <set>
#include <string>

#include "absl/time/time.h"
#include "base/openssl.h"
#include "verifier/trusted_list.h"

namespace sceau::verifier {

struct CertificateFacts {
  bool qualified = false;  // id-etsi-qcs-QcCompliance, for the Union's law
  bool device = false;     // id-etsi-qcs-QcSSCD: the key is in a qualified device
  bool for_signature = false, for_seal = false, for_web = false;            // id-etsi-qcs-QcType
  std::set<std::string> policies, extended_key_usages, subject_attributes;  // OIDs
  std::set<std::string> key_usage;  // names of TS 119 612 §5.5.9.2.2.1: "nonRepudiation"
  std::string issuer_country;
  absl::Time not_before;
};
CertificateFacts FactsOf(X509* certificate);

bool Meets(const CertificateFacts& facts, const Criteria& criteria);

}  // namespace sceau::verifier
