#include "verifier/signature_validation.h"

#include <algorithm>
#include <string>

#include "base/strings.h"
#include "verifier/past_validation.h"
#include "verifier/qualification.h"
#include "verifier/signature_acceptance.h"
#include "verifier/time_stamp_validation.h"

namespace sceau::verifier {
namespace {

using schemas::Severity;

struct FaultVerdict {
  std::string_view code;
  Indication indication;
  std::string_view sub_indication;
};

// A signature whose structure is refused. What is not listed is a failure of format.
constexpr FaultVerdict kFaults[] = {
    {"ALGORITHM_REFUSED", Indication::kIndeterminate, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"},
    {"NO_CERTIFICATE_IN_SIGNATURE", Indication::kIndeterminate, "NO_SIGNING_CERTIFICATE_FOUND"},
    {"SIGNING_CERTIFICATE_NOT_FOUND", Indication::kIndeterminate, "NO_SIGNING_CERTIFICATE_FOUND"},
    {"SIGNING_CERTIFICATE_NOT_NAMED", Indication::kIndeterminate, "SIG_CONSTRAINTS_FAILURE"},
};

}  // namespace

SignatureReport SignatureValidator::Validate(SignatureReport report, const Evidence& evidence,
                                             bool content_holds) {
  report_ = std::move(report);
  decided_ = false;
  if (!evidence.faults.empty()) {
    Refuse(evidence.faults);
  } else if (VerifyCryptographically(evidence, content_holds)) {
    ValidateTrust(evidence);
  }
  return std::move(report_);
}

// The first decision gives indication and sub-indication; every reason is kept.
void SignatureValidator::Decide(Indication indication, std::string_view sub, std::string_view code,
                                std::string_view detail) {
  report_.reasons.push_back({std::string(code), Severity::kError, std::string(detail)});
  if (decided_) return;
  decided_ = true;
  report_.indication = indication;
  report_.sub_indication = std::string(sub);
}

void SignatureValidator::Decide(const std::vector<Shortfall>& shortfalls) {
  for (const Shortfall& it : shortfalls) {
    Decide(Indication::kIndeterminate, it.sub_indication, it.code, it.detail);
  }
}

void SignatureValidator::Refuse(const std::vector<xades::Fault>& faults) {
  report_.integrity = Integrity::kUnchecked;
  for (const xades::Fault& fault : faults) {
    const auto* known = std::find_if(std::begin(kFaults), std::end(kFaults),
                                     [&](const auto& f) { return f.code == fault.code; });
    const bool listed = known != std::end(kFaults);
    Decide(listed ? known->indication : Indication::kTotalFailed,
           listed ? known->sub_indication : "FORMAT_FAILURE", fault.code, fault.detail);
  }
}

bool SignatureValidator::VerifyCryptographically(const Evidence& signature, bool content_holds) {
  if (!content_holds && !signature.content_missing) {
    Decide(Indication::kTotalFailed, "HASH_FAILURE", "CONTENT_ALTERED", report_.of);
  }
  const bool lenient_only = signature.own_digests_lenient && !signature.value_holds;
  if (!signature.own_digests_hold || lenient_only) {
    Decide(Indication::kTotalFailed, "HASH_FAILURE", "SIGNED_PROPERTIES_ALTERED", "");
  }
  DecideOnManifests(signature, true);
  if (!signature.value_holds) {
    Decide(Indication::kTotalFailed, "SIG_CRYPTO_FAILURE", "SIGNATURE_VALUE_WRONG", "");
  }
  report_.integrity = decided_                    ? Integrity::kBroken
                      : signature.content_missing ? Integrity::kUnchecked
                                                  : Integrity::kIntact;
  if (decided_) return false;
  if (signature.content_missing) {
    Decide(Indication::kIndeterminate, "SIGNED_DATA_NOT_FOUND", "CONTENT_NOT_GIVEN", report_.of);
  }
  DecideOnManifests(signature, false);
  return true;
}

// What the manifests name and is not as they say, or was not looked at: the first, and how many.
void SignatureValidator::DecideOnManifests(const Evidence& signature, bool broken) {
  const ManifestEntry* first = nullptr;
  int more = 0;
  for (const ManifestEntry& it : signature.manifest) {
    const bool counts = broken ? it.holds == false : !it.holds.has_value();
    if (counts && first != nullptr) ++more;
    if (counts && first == nullptr) first = &it;
  }
  if (first == nullptr) return;
  const std::string detail = more > 0 ? Concat(first->uri, " + ", more) : first->uri;
  if (broken) {
    Decide(Indication::kTotalFailed, "HASH_FAILURE", "MANIFEST_CONTENT_ALTERED", detail);
  } else {
    Decide(Indication::kIndeterminate, "SIGNED_DATA_NOT_FOUND",
           first->followed ? "MANIFEST_CONTENT_NOT_GIVEN" : "MANIFEST_NOT_FOLLOWED", detail);
  }
}

void SignatureValidator::ValidateTrust(const Evidence& signature) {
  const CertificateVerdict verdict =
      ValidateWithProof(certificates_, QuestionOf(signature), ProvenInstants(signature));
  Decide(verdict.shortfalls);
  const Acceptance acceptance =
      CheckAcceptance(report_, *signature.certificate, document_, options_.validation_time);
  Decide(acceptance.shortfalls);
  for (const xades::Fault& it : signature.constraints) {
    Decide(Indication::kIndeterminate, "SIG_CONSTRAINTS_FAILURE", it.code, it.detail);
  }
  report_.reasons.insert(report_.reasons.end(), acceptance.remarks.begin(),
                         acceptance.remarks.end());
  if (!verdict.revocation_checked) {
    report_.reasons.push_back({"REVOCATION_NOT_CHECKED", Severity::kInfo, ""});
  }
  if (!decided_) report_.indication = Indication::kTotalPassed;
  if (options_.lists == nullptr) return;
  const absl::Time at = report_.best_time.value_or(options_.validation_time);
  report_.qualification =
      NameOf(QualificationOf(signature.certificate->x509(), *options_.lists, at));
}

// What time stamps and a proof from outside prove, and what they fail to.
std::vector<ProvenInstant> SignatureValidator::ProvenInstants(const Evidence& signature) {
  ProofsOfTime proofs =
      FindProofsOfTime(signature, document_, options_.validation_time, proof_, certificates_);
  report_.reasons.insert(report_.reasons.end(), proofs.reasons.begin(), proofs.reasons.end());
  if (!proofs.instants.empty()) report_.best_time = proofs.instants.front().at;
  if (!proofs.stamped && !proofs.archived) return std::move(proofs.instants);
  const bool long_term = !signature.unsigned_evidence->revocation.empty();
  report_.level = !long_term ? "T" : proofs.archived ? "LTA" : "LT";
  return std::move(proofs.instants);
}

CertificateQuestion SignatureValidator::QuestionOf(const Evidence& signature) const {
  CertificateQuestion question;
  question.path.certificate = signature.certificate->x509();
  for (const auto& other : signature.others) question.path.others.push_back(other->x509());
  if (const UnsignedEvidence* more = signature.unsigned_evidence.get()) {
    for (const X509Handle& it : more->certificates) question.path.others.push_back(it.get());
    question.embedded = &more->revocation;
  }
  question.path.document = document_;
  question.path.at = options_.validation_time;
  question.digests = signature.digests;
  return question;
}

}  // namespace sceau::verifier
