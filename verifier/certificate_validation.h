// X.509 certificate validation (ETSI EN 319 102-1 §5.2.6) with its cryptographic constraints
// (§5.2.7): a certificate, its chain, their revocation and their algorithms.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "verifier/algorithm_limits.h"
#include "verifier/certificate_path.h"
#include "verifier/revocation.h"

namespace sceau::verifier {

// What keeps something from being valid. All of them leave it indeterminate.
struct Shortfall {
  std::string sub_indication;
  std::string code;  // of a SignatureReason
  std::string detail;
};

struct CertificateVerdict {
  std::vector<Shortfall> shortfalls;  // the first decides; empty: valid
  bool revocation_checked = false;
  absl::Time judged_at;  // of the chain
  // The earliest data relied on, when it was checked and nobody is revoked.
  std::optional<absl::Time> revocation_issued_at;
};

struct CertificateQuestion {
  PathTask path;  // its `at`: the validation time
  const RevocationData* embedded = nullptr;
  // Past certificate validation (§5.6.2.1): judged for this earlier instant, for which there is a
  // proof of existence; revocation data must have been issued since then, or be of the `covered`:
  // embedded, proven to have existed at that instant as well, and current then.
  std::optional<absl::Time> proven;
  RevocationExtent covered;
  DigestSet digests;  // that the signature rests on, beside its chain
};

class CertificateValidator {
 public:
  CertificateValidator(std::shared_ptr<const TrustAnchors> trust, RevocationSources revocation)
      : paths_(std::move(trust)), revocation_(std::move(revocation)) {}

  // The same question, when nothing is embedded, is answered once.
  CertificateVerdict Validate(const CertificateQuestion& question);
  const PathResult& PathOf(const PathTask& task) { return paths_.Judge(task); }

 private:
  CertificateVerdict Answer(const CertificateQuestion& question);
  void CheckRevocation(const CertificateQuestion& question, const Path& chain,
                       CertificateVerdict& verdict) const;
  std::vector<CertificateStatus> StatusesThen(const CertificateQuestion& question,
                                              const Path& chain) const;

  PathJudge paths_;
  const RevocationSources revocation_;
  absl::flat_hash_map<std::string, CertificateVerdict> known_;
};

}  // namespace sceau::verifier
