#include "verifier/verifier.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "base/strings.h"
#include "schemas/budget_rules.h"
#include "schemas/rules.h"
#include "verifier/certificate_path.h"
#include "verifier/scan.h"

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

class Judge {
 public:
  Judge(Scan& scan, const VerifyOptions& options)
      : scan_(scan), options_(options), paths_(options.trust, options.validation_time) {}

  SignatureReport Signature(size_t index) {
    ScannedSignature& signature = scan_.signatures[index];
    Evidence& evidence = signature.evidence;
    report_ = scan_.reports[index];
    decided_ = false;
    const std::vector<std::string> ids =
        absl::StrSplit(evidence.named_ids, '\0', absl::SkipEmpty());
    for (const std::string& id : ids) {
      if (scan_.ids.IsDuplicate(id)) evidence.faults.push_back({"DUPLICATE_ID", id});
    }
    if (!evidence.faults.empty()) {
      Refuse(evidence.faults);
    } else if (Integrity(evidence, signature.content_holds.value_or(false))) {
      Trust(evidence);
    }
    return std::move(report_);
  }

 private:
  // The first decision gives indication and sub-indication; every reason is kept.
  void Decide(Indication indication, std::string_view sub, std::string_view code,
              std::string_view detail) {
    report_.reasons.push_back({std::string(code), Severity::kError, std::string(detail)});
    if (decided_) return;
    decided_ = true;
    report_.indication = indication;
    report_.sub_indication = std::string(sub);
  }

  void Refuse(const std::vector<xades::Fault>& faults) {
    report_.integrity = Integrity::kUnchecked;
    for (const xades::Fault& fault : faults) {
      const auto* known = std::find_if(std::begin(kFaults), std::end(kFaults),
                                       [&](const auto& f) { return f.code == fault.code; });
      const bool listed = known != std::end(kFaults);
      Decide(listed ? known->indication : Indication::kTotalFailed,
             listed ? known->sub_indication : "FORMAT_FAILURE", fault.code, fault.detail);
    }
  }

  bool Integrity(const Evidence& signature, bool content_holds) {
    if (!content_holds) {
      Decide(Indication::kTotalFailed, "HASH_FAILURE", "CONTENT_ALTERED", report_.of);
    }
    const bool lenient_only = signature.own_digests_lenient && !signature.value_holds;
    if (!signature.own_digests_hold || lenient_only) {
      Decide(Indication::kTotalFailed, "HASH_FAILURE", "SIGNED_PROPERTIES_ALTERED", "");
    }
    if (!signature.value_holds) {
      Decide(Indication::kTotalFailed, "SIG_CRYPTO_FAILURE", "SIGNATURE_VALUE_WRONG", "");
    }
    report_.integrity = decided_ ? Integrity::kBroken : Integrity::kIntact;
    return !decided_;
  }

  void Trust(const Evidence& signature) {
    const PathResult path = paths_.Judge(*signature.certificate, signature.others);
    if (!path.trusted) {
      Decide(Indication::kIndeterminate, path.sub_indication, path.reason, path.detail);
    }
    const xades::KeyUsage usage = signature.certificate->Usage();
    if (usage.present && !usage.non_repudiation) {
      Decide(Indication::kIndeterminate, "CHAIN_CONSTRAINTS_FAILURE", "CERTIFICATE_NOT_FOR_SIGNING",
             "keyUsage");
    }
    if (signature.weak_algorithm) {
      Decide(Indication::kIndeterminate, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "WEAK_ALGORITHM",
             "SHA-1");
    }
    if (scan_.kind == schemas::Kind::kPesAller) PolicyDemands();
    ClaimedTime(*signature.certificate);
    report_.reasons.push_back({"REVOCATION_NOT_CHECKED", Severity::kInfo, ""});
    if (!decided_) report_.indication = Indication::kTotalPassed;
  }

  // What the Hélios policy demands of a signature (signed properties, policy and its hash).
  void PolicyDemands() {
    const auto demand = [&](bool met, std::string_view code) {
      if (!met) Decide(Indication::kIndeterminate, "SIG_CONSTRAINTS_FAILURE", code, "");
    };
    demand(!report_.policy_id.empty(), "POLICY_MISSING");
    if (!report_.policy_id.empty() && !report_.policy_known) {
      Decide(Indication::kIndeterminate, "SIGNATURE_POLICY_NOT_AVAILABLE", "POLICY_UNKNOWN",
             report_.policy_id);
    } else if (!report_.policy_id.empty() && report_.policy_hash != PolicyHash::kMatches) {
      Decide(Indication::kIndeterminate, "POLICY_PROCESSING_ERROR", "POLICY_HASH_DIFFERS",
             NameOf(report_.policy_hash));
    }
    demand(!report_.claimed_time.empty(), "SIGNING_TIME_MISSING");
    demand(!report_.claimed_role.empty(), "ROLE_MISSING");
    demand(!report_.city.empty() && !report_.postal_code.empty() && !report_.country.empty(),
           "PLACE_MISSING");
  }

  // Claimed is not proven: a claim that cannot be true is a warning, a claim that can is no proof.
  void ClaimedTime(const xades::Certificate& certificate) {
    absl::Time claimed;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, report_.claimed_time, &claimed, &error)) {
      report_.reasons.push_back(
          {"CLAIMED_TIME_UNREADABLE", Severity::kWarning, report_.claimed_time});
    } else if (claimed < certificate.NotBefore() || claimed > certificate.NotAfter()) {
      report_.reasons.push_back(
          {"CLAIMED_TIME_OUTSIDE_CERTIFICATE", Severity::kWarning, report_.claimed_time});
    } else if (claimed > options_.validation_time) {
      report_.reasons.push_back(
          {"CLAIMED_TIME_IN_FUTURE", Severity::kWarning, report_.claimed_time});
    }
  }

  Scan& scan_;
  const VerifyOptions& options_;
  PathJudge paths_;
  SignatureReport report_;
  bool decided_ = false;
};

// What each signature covers, and from that what is unsigned and what nothing covers.
class Coverage {
 public:
  explicit Coverage(const Scan& scan)
      : scan_(scan), facts_(scan.pes.facts()), covered_(facts_.bordereaux.size(), false) {}

  // In document order: signatures and bordereaux come in the same.
  void Add(int64_t parent_offset, SignatureReport& signature) {
    const bool intact = signature.integrity == Integrity::kIntact;
    if (signature.scope == schemas::Scope::kWhole) {
      signature.covers = {Concat("/", facts_.root_qname)};
      whole_ |= intact;
    } else if (signature.scope == schemas::Scope::kBordereau) {
      while (facts_.bordereaux[next_].start_tag.offset != parent_offset) ++next_;
      signature.covers = {facts_.bordereaux[next_].Path(facts_.root_qname)};
      if (intact) covered_[next_] = true;
    }
  }

  void Conclude(FileReport& report) const {
    if (whole_ || scan_.kind != schemas::Kind::kPesAller) return;
    report.not_covered = scan_.root_children;
    for (size_t i = 0; i < facts_.bordereaux.size(); ++i) {
      const schemas::Bordereau& bordereau = facts_.bordereaux[i];
      if (!covered_[i]) report.not_covered.push_back(bordereau.Path(facts_.root_qname));
      if (bordereau.signatures > 0) continue;
      const bool flagged = facts_.Of(bordereau.domain).Dematerialisee();
      report.unsigned_elements.push_back(
          {schemas::Scope::kBordereau, bordereau.Name(),
           flagged ? UnsignedWhy::kMissing : UnsignedWhy::kNotDematerialised});
    }
  }

 private:
  const Scan& scan_;
  const schemas::PesFacts& facts_;
  bool whole_ = false;
  std::vector<bool> covered_;
  size_t next_ = 0;
};

void Findings(const Scan& scan, FileReport& report) {
  const auto add = [&](Severity severity, std::string_view rule, Place place, std::string detail) {
    report.findings.push_back({severity, std::string(rule), std::move(place), std::move(detail)});
  };
  if (scan.kind == schemas::Kind::kPesAller) {
    const schemas::PesFacts& facts = scan.pes.facts();
    report.findings = schemas::CheckDematerialisation(facts);
    const bool flagged = facts.depense.Dematerialisee() || facts.recette.Dematerialisee();
    const bool by_bordereau =
        std::any_of(facts.bordereaux.begin(), facts.bordereaux.end(),
                    [](const schemas::Bordereau& b) { return b.signatures > 0; });
    if (facts.root_signatures > 0 && !facts.bordereaux.empty() && (!flagged || by_bordereau)) {
      add(Severity::kInfo, "TECHNICAL_SIGNATURE", {}, facts.RootName());
    }
  }
  // The seal is judged apart: anyone can make one, and it can hold where a signature does not.
  if (schemas::HoldsBudget(scan.kind)) {
    report.findings.push_back(schemas::CheckSeal(scan.budget.facts()));
  }
  for (const auto& duplicate : scan.ids.duplicates()) {
    add(Severity::kError, "DUPLICATE_ID", {duplicate.line, duplicate.column, duplicate.id},
        duplicate.id);
  }
  for (const SignatureReport& signature : report.signatures) {
    if (signature.scope != schemas::Scope::kOther) continue;
    add(Severity::kError, "SIGNATURE_MISPLACED", {signature.line, signature.column, "ds:Signature"},
        signature.id);
  }
}

Verdict FileVerdict(const FileReport& report) {
  const auto any = [&](Indication indication) {
    return std::any_of(report.signatures.begin(), report.signatures.end(),
                       [&](const auto& s) { return s.indication == indication; });
  };
  const bool missing = std::any_of(report.unsigned_elements.begin(), report.unsigned_elements.end(),
                                   [](const auto& u) { return u.why == UnsignedWhy::kMissing; });
  if (any(Indication::kTotalFailed)) return Verdict::kTotalFailed;
  if (report.signatures.empty()) return Verdict::kNoSignature;
  if (missing) return Verdict::kIncomplete;
  return any(Indication::kIndeterminate) ? Verdict::kIndeterminate : Verdict::kTotalPassed;
}

}  // namespace

FileReport Verify(const InputFile& file, const std::string& name, const VerifyOptions& options) {
  FileReport report;
  report.file = name;
  report.validation_time = options.validation_time;
  auto scanned = ScanFile(file);
  if (scanned.ok()) {
    if (Status second = DigestTheRest(file, **scanned); !second.ok()) scanned = second;
  }
  if (!scanned.ok()) {
    report.verdict = Verdict::kRefused;
    report.refusal = scanned.status();
    return report;
  }
  Scan& scan = **scanned;
  report.kind = scan.kind;
  report.sha256 = scan.sha256;
  Judge judge(scan, options);
  Coverage coverage(scan);
  for (size_t i = 0; i < scan.signatures.size(); ++i) {
    SignatureReport signature = judge.Signature(i);
    coverage.Add(scan.signatures[i].parent_offset, signature);
    report.signatures.push_back(signature);
  }
  coverage.Conclude(report);
  Findings(scan, report);
  report.verdict = FileVerdict(report);
  return report;
}

}  // namespace sceau::verifier
