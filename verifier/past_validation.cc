#include "verifier/past_validation.h"

#include "xades/certificate.h"

namespace sceau::verifier {
namespace {

// A signature that is older than its certificate was not made with it (§5.5.4: NOT_YET_VALID).
std::optional<Shortfall> OlderThanItsCertificate(const X509* certificate, absl::Time proven) {
  if (proven >= xades::TimeOf(X509_get0_notBefore(certificate))) return std::nullopt;
  return Shortfall{"NOT_YET_VALID", "PROVEN_TIME_BEFORE_CERTIFICATE",
                   absl::FormatTime(absl::RFC3339_sec, proven, absl::UTCTimeZone())};
}

}  // namespace

CertificateVerdict ValidateWithProof(CertificateValidator& certificates,
                                     const CertificateQuestion& question,
                                     std::optional<absl::Time> proven) {
  CertificateVerdict now = certificates.Validate(question);
  if (!proven) return now;
  if (auto older = OlderThanItsCertificate(question.path.certificate, *proven)) {
    now.shortfalls.insert(now.shortfalls.begin(), *std::move(older));
    return now;
  }
  if (now.shortfalls.empty()) return now;
  CertificateQuestion then = question;
  then.proven = proven;
  return certificates.Validate(then);
}

}  // namespace sceau::verifier
