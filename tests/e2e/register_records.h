// Records of a register of competences as tests want them.
#pragma once

#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "policy/record.h"
#include "verifier/competence.h"
#include "xades/certificate.h"

namespace sceau::test {

// Recorded and in force for two days, without an end.
inline policy::Record Since(std::string id, policy::Body body) {
  return {std::move(id), absl::Now() - absl::Hours(48), absl::InfiniteFuture(),
          absl::Now() - absl::Hours(48), std::move(body)};
}

// A certificate (DER) of a person, for every destination.
inline policy::CertificateBinding Bound(const std::string& person, const std::string& der) {
  const policy::Signer signer = verifier::CompetenceSignerOf(*xades::Certificate::FromDer(der));
  return {person,        signer.issuer,
          signer.serial, signer.key_sha256,
          false,         {policy::Destination::kAccountant, policy::Destination::kPrefecture}};
}

// Supporting documents of a kind are known by their names. `decision`: it can attest others.
inline policy::Record KindNamed(const std::string& kind, const std::string& pattern,
                                bool decision = false) {
  policy::KindRule rule;
  rule.collectivite = "commune";
  rule.kind = kind;
  rule.name_pattern = pattern;
  rule.decision = decision;
  return Since("regle-" + kind, rule);
}

}  // namespace sceau::test
