#include "verifier/past_validation.h"

#include <optional>
#include <utility>

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
                                     const std::vector<ProvenInstant>& proven) {
  CertificateVerdict now = certificates.Validate(question);
  if (proven.empty()) return now;
  if (auto older = OlderThanItsCertificate(question.path.certificate, proven.front().at)) {
    now.shortfalls.insert(now.shortfalls.begin(), *std::move(older));
    return now;
  }
  if (now.shortfalls.empty()) return now;
  std::optional<CertificateVerdict> earliest;
  for (const ProvenInstant& it : proven) {
    CertificateQuestion then = question;
    then.proven = it.at;
    then.covered = it.covered;
    CertificateVerdict verdict = certificates.Validate(then);
    if (verdict.shortfalls.empty()) return verdict;
    if (!earliest) earliest = std::move(verdict);
  }
  return *std::move(earliest);
}

}  // namespace sceau::verifier
