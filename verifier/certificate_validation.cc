#include "verifier/certificate_validation.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "base/strings.h"

namespace sceau::verifier {
namespace {

struct SubIndicationOf {
  std::string_view code;
  std::string_view sub_indication;
};

// Why revocation could not be settled. What is not here: what is at hand cannot be relied on.
constexpr SubIndicationOf kUndetermined[] = {
    {"REVOCATION_DATA_MISSING", "TRY_LATER"},
    {"REVOCATION_UNREACHABLE", "TRY_LATER"},
    {"REVOCATION_ISSUED_AFTER_EXPIRY", "TRY_LATER"},
    {"REVOCATION_ISSUED_BEFORE_PROOF", "TRY_LATER"},
    {"CRL_OUTDATED", "TRY_LATER"},
    {"OCSP_OUTDATED", "TRY_LATER"},
    {"OCSP_STATUS_UNKNOWN", "TRY_LATER"},
    {"CRL_NOT_YET_VALID", "REVOCATION_OUT_OF_BOUNDS_NO_POE"},
    {"OCSP_NOT_YET_VALID", "REVOCATION_OUT_OF_BOUNDS_NO_POE"},
};

Shortfall Undetermined(const CertificateStatus& status) {
  std::string_view sub = "CERTIFICATE_CHAIN_GENERAL_FAILURE";
  for (const SubIndicationOf& entry : kUndetermined) {
    if (entry.code == status.code) sub = entry.sub_indication;
  }
  return {std::string(sub), status.code, status.detail};
}

Shortfall Revoked(const CertificateStatus& status, const X509* certificate, bool authority) {
  const bool held = status.revocation_reason == "certificateHold";
  std::string detail =
      Concat(absl::FormatTime(absl::RFC3339_sec, status.revoked_at, absl::UTCTimeZone()), " ",
             status.revocation_reason, status.revocation_reason.empty() ? "" : " ",
             ShownSubject(certificate));
  if (held) return {"TRY_LATER", "CERTIFICATE_ON_HOLD", std::move(detail)};
  if (authority) return {"REVOKED_CA_NO_POE", "AUTHORITY_REVOKED", std::move(detail)};
  return {"REVOKED_NO_POE", "CERTIFICATE_REVOKED", std::move(detail)};
}

// What the status says of the instant for which there is a proof.
CertificateStatus SeenFrom(absl::Time proven, CertificateStatus status) {
  if (status.state == RevocationState::kRevoked && status.revoked_at > proven) {
    status.state = RevocationState::kGood;
    status.issued_at = status.revoked_at;
  }
  if (status.state == RevocationState::kGood && status.issued_at < proven) {
    status.state = RevocationState::kUndetermined;
    status.code = "REVOCATION_ISSUED_BEFORE_PROOF";
    status.detail = absl::FormatTime(absl::RFC3339_sec, status.issued_at, absl::UTCTimeZone());
  }
  return status;
}

void CheckAlgorithms(const CertificateQuestion& question, const Path& chain,
                     CertificateVerdict& verdict) {
  const AlgorithmLimits& limits = AlgorithmLimits::BuiltIn();
  std::vector<Algorithm> algorithms = limits.OfChain(chain);
  const std::vector<Algorithm> of_signature = limits.OfDigests(question.digests);
  algorithms.insert(algorithms.end(), of_signature.begin(), of_signature.end());
  const absl::Time at = question.proven.value_or(question.path.at);
  std::set<std::string> weak;  // a chain rests on the same ones again and again
  for (const Algorithm& algorithm : algorithms) {
    if (at < algorithm.until || !weak.insert(algorithm.name).second) continue;
    verdict.shortfalls.push_back(
        {question.proven ? "CRYPTO_CONSTRAINTS_FAILURE" : "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
         "WEAK_ALGORITHM", algorithm.name});
  }
}

}  // namespace

// As whoever judged at the proven instant would have found them with what is proven to have been
// there. A later word that somebody was revoked by then counts before them.
std::vector<CertificateStatus> CertificateValidator::StatusesThen(
    const CertificateQuestion& question, const Path& chain) const {
  if (!question.proven || question.embedded == nullptr || question.covered.none()) return {};
  RevocationQuestion asked{chain};
  asked.embedded = question.embedded;
  asked.extent = question.covered;
  asked.others = question.path.others;
  asked.at = *question.proven;
  return StatusesOf(asked, {});
}

void CertificateValidator::CheckRevocation(const CertificateQuestion& question, const Path& chain,
                                           CertificateVerdict& verdict) const {
  const bool embedded = question.embedded != nullptr && !question.embedded->empty();
  if (!embedded && !revocation_.any()) return;
  RevocationQuestion asked{chain};
  asked.embedded = question.embedded;
  asked.others = question.path.others;
  asked.at = question.path.at;
  asked.outdated = question.proven ? Outdated::kAdmitted : Outdated::kRefused;
  const std::vector<CertificateStatus> statuses = StatusesOf(asked, revocation_);
  const std::vector<CertificateStatus> then = StatusesThen(question, chain);
  verdict.revocation_checked = !statuses.empty();
  absl::Time issued = absl::InfiniteFuture();
  for (size_t i = 0; i < statuses.size(); ++i) {
    CertificateStatus status =
        question.proven ? SeenFrom(*question.proven, statuses[i]) : statuses[i];
    const bool open = status.state == RevocationState::kUndetermined;
    if (open && !then.empty() && then[i].state == RevocationState::kGood) status = then[i];
    issued = std::min(issued, status.issued_at);
    if (status.state == RevocationState::kRevoked) {
      verdict.shortfalls.push_back(Revoked(status, chain[i], i > 0));
    } else if (status.state == RevocationState::kUndetermined) {
      verdict.shortfalls.push_back(Undetermined(status));
    }
  }
  if (verdict.revocation_checked && verdict.shortfalls.empty()) {
    verdict.revocation_issued_at = issued;
  }
}

CertificateVerdict CertificateValidator::Validate(const CertificateQuestion& question) {
  if (question.embedded != nullptr && !question.embedded->empty()) return Answer(question);
  const std::string key = Concat(question.digests.bits(), " ",
                                 question.proven ? Concat(absl::ToUnixNanos(*question.proven)) : "",
                                 " ", KeyOf(question.path));
  const auto found = known_.find(key);
  if (found != known_.end()) return found->second;
  return known_[key] = Answer(question);
}

CertificateVerdict CertificateValidator::Answer(const CertificateQuestion& question) {
  CertificateVerdict verdict;
  PathTask task = question.path;
  task.at = question.proven.value_or(task.at);
  verdict.judged_at = task.at;
  const PathResult& path = paths_.Judge(task);
  Path chain = path.chain();
  if (!path.trusted()) {
    verdict.shortfalls.push_back({path.fault.sub_indication, path.fault.reason, path.fault.detail});
  } else {
    CheckRevocation(question, chain, verdict);
  }
  // Without a chain the certificate's own key still is what it is.
  if (chain.empty()) chain = {task.certificate};
  CheckAlgorithms(question, chain, verdict);
  return verdict;
}

}  // namespace sceau::verifier
