#include "verifier/qualification.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <string>

#include "verifier/certificate_facts.h"
#include "verifier/service_status.h"

namespace sceau::verifier {
namespace {

// What a qualifier of a list changes of what the certificate says (TS 119 612 §5.5.9.2.3).
enum class Effect {
  kQualified,
  kNotQualified,
  kDevice,
  kNoDevice,
  kSignature,
  kSeal,
  kWeb,
};
struct Qualifier {
  std::string_view name;
  Effect effect;
};
constexpr Qualifier kQualifiers[] = {
    {"QCStatement", Effect::kQualified},
    {"NotQualified", Effect::kNotQualified},
    {"QCWithSSCD", Effect::kDevice},
    {"QCWithQSCD", Effect::kDevice},
    {"QCQSCDManagedOnBehalf", Effect::kDevice},
    {"QCNoSSCD", Effect::kNoDevice},
    {"QCNoQSCD", Effect::kNoDevice},
    {"QCForESig", Effect::kSignature},
    {"QCForESeal", Effect::kSeal},
    {"QCForLegalPerson", Effect::kSeal},
    {"QCForWSA", Effect::kWeb},
};

struct Effects {
  bool flags[std::size(kQualifiers)] = {};
  bool operator[](Effect effect) const { return flags[static_cast<size_t>(effect)]; }
};

// Those of every element whose criteria the certificate meets.
Effects EffectsOn(const CertificateFacts& facts, const ServicePeriod& period) {
  Effects effects;
  for (const QualificationElement& element : period.qualifications) {
    if (!Meets(facts, element.criteria)) continue;
    for (const Qualifier& known : kQualifiers) {
      const bool named = std::find(element.qualifiers.begin(), element.qualifiers.end(),
                                   known.name) != element.qualifiers.end();
      if (named) effects.flags[static_cast<size_t>(known.effect)] = true;
    }
  }
  return effects;
}

// What the service is granted for; a service that says nothing (before the Regulation) is for all.
bool ServiceIsFor(const ServicePeriod& period, std::string_view use) {
  bool says = false;
  for (const std::string& it : period.additional) {
    if (it == use) return true;
    says |= it == "ForeSignatures" || it == "ForeSeals" || it == "ForWebSiteAuthentication";
  }
  return !says;
}

// By one period of the service that issued it. Contradicting qualifiers give nothing more than the
// weaker of them.
Qualification By(const ServicePeriod& period, CertificateFacts facts) {
  const Effects effects = EffectsOn(facts, period);
  if (effects[Effect::kQualified]) facts.qualified = true;
  if (effects[Effect::kNotQualified]) facts.qualified = false;
  if (effects[Effect::kDevice]) facts.device = true;
  if (effects[Effect::kNoDevice]) facts.device = false;
  const bool typed = effects[Effect::kSignature] || effects[Effect::kSeal] || effects[Effect::kWeb];
  const bool signature =
      typed ? effects[Effect::kSignature]
            : facts.for_signature || (facts.qualified && !facts.for_seal && !facts.for_web);
  const bool seal = typed ? effects[Effect::kSeal] : facts.for_seal;
  if (!facts.qualified) return Qualification::kNotQualified;
  if (signature && ServiceIsFor(period, "ForeSignatures")) {
    return facts.device ? Qualification::kQes : Qualification::kAdesQc;
  }
  if (seal && ServiceIsFor(period, "ForeSeals")) {
    return facts.device ? Qualification::kQeseal : Qualification::kAdesQcSeal;
  }
  return Qualification::kNotQualified;
}

bool Issued(const TrustService& service, X509* certificate) {
  const bool issued = std::any_of(
      service.certificates.begin(), service.certificates.end(), [&](const X509Handle& issuer) {
        return X509_check_issued(issuer.get(), certificate) == X509_V_OK &&
               X509_verify(certificate, X509_get0_pubkey(issuer.get())) == 1;
      });
  ERR_clear_error();
  return issued;
}

bool Vouches(const ServicePeriod* period, absl::Time at) {
  return period != nullptr && period->type == "CA/QC" && period->understood &&
         IsGranted(*period, at);
}

}  // namespace

std::string_view NameOf(Qualification qualification) {
  constexpr std::string_view kNames[] = {"QES",          "QESEAL",        "ADES_QC",
                                         "ADES_QC_SEAL", "NOT_QUALIFIED", "UNKNOWN"};
  return kNames[static_cast<size_t>(qualification)];
}

Qualification QualificationOf(X509* certificate, const TrustedLists& lists, absl::Time at) {
  const CertificateFacts facts = FactsOf(certificate);
  Qualification best = Qualification::kNotQualified;
  bool named = false;
  for (const TrustService& service : lists.services()) {
    if (!Issued(service, certificate)) continue;
    named = true;
    const ServicePeriod* now = service.At(at);
    const ServicePeriod* then = service.At(facts.not_before);
    if (!Vouches(now, at) || !Vouches(then, facts.not_before)) continue;
    // Both instants must give it; the weaker counts. The names are in order of strength.
    best = std::min(best, std::max(By(*now, facts), By(*then, facts)));
  }
  if (named || lists.Knows(facts.issuer_country)) return best;
  return Qualification::kUnknown;
}

}  // namespace sceau::verifier
