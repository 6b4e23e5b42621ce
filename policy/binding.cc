#include "policy/binding.h"

namespace sceau::policy {

const Record* FindBinding(const Register& facts, const Signer& signer, const When& when,
                          Findings& findings) {
  const Record* binding = nullptr;
  Code why = Code::kCertificateUnbound;
  for (const auto& [record, body] : facts.By<CertificateBinding>(signer.serial)) {
    if (body->serial != signer.serial || body->issuer != signer.issuer) continue;
    const Standing standing = facts.StandingOf(*record, when);
    if (standing == Standing::kUnknown) continue;
    if (body->key_sha256 != signer.key_sha256) {
      why = Code::kCertificateKeyDiffers;
    } else if (standing != Standing::kHolds || !facts.Holds(*facts.Find(body->person), when)) {
      why = Code::kCertificateEnded;
    } else if (binding != nullptr) {
      findings.push_back({Code::kCertificateAmbiguous, "", record->id, signer.serial});
      return nullptr;
    } else {
      binding = record;
    }
  }
  if (binding == nullptr) findings.push_back({why, "", "", signer.serial});
  return binding;
}

bool HoldsOffice(const Register& facts, std::string_view person, std::string_view office,
                 const When& when) {
  for (const auto& [record, mandate] : facts.By<Mandate>(office)) {
    if (mandate->office == office && mandate->person == person && facts.Holds(*record, when)) {
      return true;
    }
  }
  return false;
}

}  // namespace sceau::policy
