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

// After how many of the values how many have been read.
using Kept = std::vector<size_t>;

Kept ReadTimeStamps(const xml::Fragment& fragment, const xades::UnsignedProperties& properties,
                    UnsignedEvidence& out) {
  Kept kept = {0};
  for (const xades::SignatureTimeStamp& it : properties.time_stamps) {
    auto token = TimeStamp::Parse(it.token);
    if (token.ok()) {
      const bool holds = ImprintHolds(fragment, *token, it.canonical);
      out.time_stamps.push_back({*std::move(token), holds});
    } else {
      out.unreadable.emplace_back("SignatureTimeStamp");
    }
    kept.push_back(out.time_stamps.size());
  }
  return kept;
}

Kept ReadCrls(const xades::UnsignedProperties& properties, UnsignedEvidence& out) {
  Kept kept = {0};
  for (const std::string& der : properties.crls) {
    if (!out.revocation.AddCrl(der)) out.unreadable.emplace_back("EncapsulatedCRLValue");
    kept.push_back(out.revocation.crls().size());
  }
  return kept;
}

Kept ReadResponses(const xades::UnsignedProperties& properties, UnsignedEvidence& out) {
  Kept kept = {0};
  for (const std::string& der : properties.ocsp_responses) {
    if (!out.revocation.AddOcspResponse(der)) out.unreadable.emplace_back("EncapsulatedOCSPValue");
    kept.push_back(out.revocation.responses().size());
  }
  return kept;
}

}  // namespace

std::shared_ptr<const UnsignedEvidence> ReadUnsignedEvidence(const xml::Fragment& fragment) {
  const xades::UnsignedProperties properties = xades::ReadUnsignedProperties(fragment);
  if (properties.empty()) return nullptr;
  auto out = std::make_shared<UnsignedEvidence>();
  out->unreadable = properties.unreadable;
  const Kept time_stamps = ReadTimeStamps(fragment, properties, *out);
  for (const std::string& der : properties.certificates) {
    const auto certificate = xades::Certificate::FromDer(der);
    if (certificate.ok()) {
      out->certificates.push_back(Share(certificate->x509()));
    } else {
      out->unreadable.emplace_back("EncapsulatedX509Certificate");
    }
  }
  const Kept crls = ReadCrls(properties, *out);
  const Kept responses = ReadResponses(properties, *out);
  for (const xades::ArchiveTimeStamp& it : properties.archive_time_stamps) {
    auto token = TimeStamp::Parse(it.token);
    if (!token.ok()) {
      out->unreadable.emplace_back("ArchiveTimeStamp");
      continue;
    }
    out->archive_time_stamps.push_back(
        {*std::move(token),
         it.canonical,
         it.earlier_form,
         it.before.properties,
         time_stamps[it.before.time_stamps],
         {crls[it.before.crls], responses[it.before.ocsp_responses]}});
  }
  return out;
}

}  // namespace sceau::verifier
