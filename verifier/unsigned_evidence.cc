#include "verifier/unsigned_evidence.h"

#include <openssl/err.h>

#include <utility>

#include "schemas/pes.h"
#include "xades/certificate.h"
#include "xades/unsigned_properties.h"

namespace sceau::verifier {
namespace {

// Whether the imprint is that of the SignatureValue element in this canonical form.
bool ImprintHolds(const xml::Fragment& fragment, const TimeStamp& token,
                  const xml::CanonicalOptions& canonical) {
  const xml::FragmentNode* value = fragment.root().Only(schemas::kDsNamespace, "SignatureValue");
  if (value == nullptr) return false;
  xml::StringSink octets;
  return fragment.Canonicalise(*value, canonical, octets).ok() && !octets.text().empty() &&
         token.Imprints(octets.text());
}

}  // namespace

std::shared_ptr<const UnsignedEvidence> ReadUnsignedEvidence(const xml::Fragment& fragment) {
  const xades::UnsignedProperties properties = xades::ReadUnsignedProperties(fragment);
  if (properties.empty()) return nullptr;
  auto out = std::make_shared<UnsignedEvidence>();
  out->unreadable = properties.unreadable;
  for (const xades::SignatureTimeStamp& it : properties.time_stamps) {
    auto token = TimeStamp::Parse(it.token);
    if (!token.ok()) {
      out->unreadable.emplace_back("SignatureTimeStamp");
      continue;
    }
    const bool holds = ImprintHolds(fragment, *token, it.canonical);
    out->time_stamps.push_back({*std::move(token), holds});
  }
  for (const std::string& der : properties.certificates) {
    const auto certificate = xades::Certificate::FromDer(der);
    if (certificate.ok()) {
      out->certificates.push_back(Share(certificate->x509()));
    } else {
      out->unreadable.emplace_back("EncapsulatedX509Certificate");
    }
  }
  for (const std::string& der : properties.crls) {
    if (!out->revocation.AddCrl(der)) out->unreadable.emplace_back("EncapsulatedCRLValue");
  }
  for (const std::string& der : properties.ocsp_responses) {
    if (!out->revocation.AddOcspResponse(der))
      out->unreadable.emplace_back("EncapsulatedOCSPValue");
  }
  return out;
}

}  // namespace sceau::verifier
