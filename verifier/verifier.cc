#include "verifier/verifier.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_split.h"
#include "base/strings.h"
#include "schemas/budget_rules.h"
#include "schemas/finding_paths.h"
#include "schemas/rules.h"
#include "verifier/attachment_verification.h"
#include "verifier/detached.h"
#include "verifier/imprint_pass.h"
#include "verifier/pdf_verification.h"
#include "verifier/scan.h"
#include "verifier/second_pass.h"
#include "verifier/signature_validation.h"

namespace sceau::verifier {
namespace {

using schemas::Severity;

// What each signature covers, and from that what is unsigned and what nothing covers.
class Coverage {
 public:
  explicit Coverage(const Scan& scan)
      : scan_(scan), facts_(scan.pes.facts()), covered_(facts_.bordereaux.size(), false) {
    for (const schemas::Bordereau& bordereau : facts_.bordereaux) {
      signed_[static_cast<size_t>(bordereau.domain)] |= bordereau.signatures > 0;
    }
  }

  // In document order: signatures and bordereaux come in the same.
  void Add(int64_t parent_offset, SignatureReport& signature) {
    const bool intact = signature.integrity == Integrity::kIntact;
    if (signature.scope == schemas::Scope::kWhole) {
      if (signature.covers.empty()) signature.covers = {Concat("/", facts_.root_qname)};
      whole_intact_ |= intact;
      whole_valid_ |= signature.indication == Indication::kTotalPassed;
    } else if (signature.scope == schemas::Scope::kBordereau) {
      while (facts_.bordereaux[next_].start_tag.offset != parent_offset) ++next_;
      signature.covers = {facts_.bordereaux[next_].Path(facts_.root_qname)};
      if (intact) covered_[next_] = true;
    }
  }

  void Conclude(FileReport& report) const {
    if (scan_.kind != schemas::Kind::kPesAller) return;
    if (!whole_intact_) ListWhatNothingCovers(report);
    if (!WholeStandsForAll()) ListUnsigned(report);
  }

 private:
  void ListWhatNothingCovers(FileReport& report) const {
    report.not_covered = scan_.root_children;
    for (size_t i = 0; i < facts_.bordereaux.size(); ++i) {
      if (!covered_[i]) report.not_covered.push_back(facts_.bordereaux[i].Path(facts_.root_qname));
    }
  }

  // A valid signature of the root counts for every bordereau. One that is only intact does when it
  // is the only one: then the file is as indeterminate as it is. Beside signatures of bordereaux
  // anybody could have added it, to hide that one of them has none.
  bool WholeStandsForAll() const {
    return whole_valid_ || (whole_intact_ && !signed_[0] && !signed_[1]);
  }

  // The flag is covered by no signature of a bordereau: where one bordereau of a domain is signed,
  // every one of it must be.
  void ListUnsigned(FileReport& report) const {
    for (const schemas::Bordereau& bordereau : facts_.bordereaux) {
      if (bordereau.signatures > 0) continue;
      const bool due = facts_.Of(bordereau.domain).may_be_dematerialisee ||
                       signed_[static_cast<size_t>(bordereau.domain)];
      report.unsigned_elements.push_back(
          {schemas::Scope::kBordereau, bordereau.Name(),
           due ? UnsignedWhy::kMissing : UnsignedWhy::kNotDematerialised});
    }
  }

  const Scan& scan_;
  const schemas::PesFacts& facts_;
  bool whole_intact_ = false, whole_valid_ = false;
  std::array<bool, 2> signed_ = {false, false};  // by Domain: some bordereau carries a signature
  std::vector<bool> covered_;
  size_t next_ = 0;
};

void Findings(const Scan& scan, FileReport& report) {
  const auto add = [&](Severity severity, std::string_view rule, Place place, std::string detail,
                       const std::string& value = "") {
    report.findings.push_back(
        {severity, std::string(rule), std::move(place), std::move(detail), value});
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
    add(Severity::kError, "DUPLICATE_ID", {duplicate.line, duplicate.column, ""}, "", duplicate.id);
  }
  for (const SignatureReport& signature : report.signatures) {
    if (signature.scope != schemas::Scope::kOther || !signature.covers.empty()) continue;
    add(Severity::kError, "SIGNATURE_MISPLACED", {signature.line, signature.column, "ds:Signature"},
        signature.id);
  }
}

// What a signature names must not stand twice.
void NoteDuplicates(const xml::IdSet& ids, Evidence& evidence) {
  const std::vector<std::string> named =
      absl::StrSplit(evidence.named_ids, '\0', absl::SkipEmpty());
  for (const std::string& id : named) {
    if (ids.IsDuplicate(id)) evidence.faults.push_back({"DUPLICATE_ID", id});
  }
}

bool IsPdf(const InputFile& file) {
  const auto head = file.Slice(0, static_cast<size_t>(std::min<int64_t>(5, file.size())));
  return head.ok() && *head == "%PDF-";
}

}  // namespace

FileReport Verify(const InputFile& file, const std::string& name, const VerifyOptions& options) {
  if (IsPdf(file)) return VerifyPdf(file, name, options);
  FileReport report;
  report.file = name;
  report.validation_time = options.validation_time;
  AttachmentVerification attachments(file, options);
  auto scanned = ScanFile(file, options.signers);
  if (scanned.ok()) {
    Status digested = CompareDetached(options.contents, **scanned);
    if (digested.ok()) digested = DigestTheRest(file, **scanned);
    if (digested.ok()) digested = CompareImprints(file, options.contents, **scanned);
    if (!digested.ok()) scanned = digested;
  }
  if (!scanned.ok()) {
    report.verdict = Verdict::kRefused;
    report.refusal = scanned.status();
    return report;
  }
  Scan& scan = **scanned;
  report.kind = scan.kind;
  report.sha256 = scan.sha256;
  SignatureValidator validator(scan.kind, scan.sha256, options);
  Coverage coverage(scan);
  for (size_t i = 0; i < scan.signatures.size(); ++i) {
    ScannedSignature& scanned_signature = scan.signatures[i];
    NoteDuplicates(scan.ids, scanned_signature.evidence);
    SignatureReport signature = validator.Validate(scan.reports[i], scanned_signature.evidence,
                                                   scanned_signature.content_holds.value_or(false));
    if (scanned_signature.named_otherwise) {
      signature.reasons.push_back({"CONTENT_NAME_DIFFERS", Severity::kWarning, signature.of});
    }
    coverage.Add(scanned_signature.parent_offset, signature);
    report.signatures.push_back(signature);
  }
  coverage.Conclude(report);
  Findings(scan, report);
  DescribeMessage(scan, report);
  report.verdict = VerdictOf(report);
  if (Status read = schemas::AddPaths(file, report.findings); !read.ok()) {
    report.verdict = Verdict::kRefused;
    report.refusal = read;
    return report;
  }
  if (options.attachments && !scan.pes.facts().pieces_justificatives.empty()) {
    if (Status read = attachments.Finish(report); !read.ok()) {
      report.verdict = Verdict::kRefused;
      report.refusal = read;
    }
  }
  return report;
}

}  // namespace sceau::verifier
