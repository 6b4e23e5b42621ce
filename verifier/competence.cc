#include "verifier/competence.h"

#include <optional>
#include <utility>

#include "base/strings.h"
#include "policy/decide.h"
#include "policy/instant.h"
#include "schemas/competence_facts.h"
#include "schemas/inspection.h"
#include "verifier/justifications.h"

namespace sceau::verifier {
namespace {

using schemas::Severity;

constexpr std::string_view kPrefix = "COMPETENCE_";

struct Outcome {
  policy::Answer answer;
  Competence competence;
  std::string_view reason;  // empty: none
};
constexpr Outcome kOutcomes[] = {
    {policy::Answer::kPermitted, Competence::kPermitted, ""},
    {policy::Answer::kJustificationRequired, Competence::kJustificationRequired,
     "JUSTIFICATION_REQUIRED"},
    {policy::Answer::kDenied, Competence::kDenied, "COMPETENCE_DENIED"}};

// The time that is judged; `proven`: by a stamp.
absl::Time TimeOf(const SignatureReport& signature, absl::Time validation_time, bool& proven) {
  proven = signature.best_time.has_value();
  if (proven) return *signature.best_time;
  absl::Time claimed;
  std::string ignored;
  const bool stated = absl::ParseTime(absl::RFC3339_full, signature.claimed_time, &claimed,
                                      &ignored);
  return stated ? claimed : validation_time;
}

std::string DetailOf(const policy::Finding& finding) {
  std::string detail;
  for (const std::string* part : {&finding.element, &finding.act, &finding.detail}) {
    if (!part->empty()) AppendTo(detail, detail.empty() ? "" : ", ", *part);
  }
  return detail;
}

void MakeIndeterminate(SignatureReport& signature) {
  if (signature.indication != Indication::kTotalPassed) return;
  signature.indication = Indication::kIndeterminate;
  signature.sub_indication = "SIG_CONSTRAINTS_FAILURE";
}

void Lower(const Outcome& outcome, SignatureReport& signature) {
  if (outcome.reason.empty()) return;
  signature.reasons.push_back({std::string(outcome.reason), Severity::kError, ""});
  MakeIndeterminate(signature);
}

void Judge(const policy::Register& facts, const policy::DocumentFacts& document,
           absl::Time validation_time, SignatureReport& signature) {
  if (!signature.signer || signature.scope == schemas::Scope::kOther) return;
  const bool whole = signature.scope == schemas::Scope::kWhole;
  const auto& signer = *signature.signer;
  bool proven = false;
  const absl::Time at = TimeOf(signature, validation_time, proven);
  const auto decide = [&](absl::Time instant) {
    return policy::Decide({signer.issuer, signer.serial, signer.key_sha256}, facts, document,
                          {whole ? std::string() : signature.of}, instant,
                          absl::InfiniteFuture());
  };
  const policy::Decision decision = decide(at);
  for (const Outcome& outcome : kOutcomes) {
    if (outcome.answer != decision.answer) continue;
    signature.competence = outcome.competence;
    Lower(outcome, signature);
  }
  for (const policy::Finding& finding : decision.findings) {
    signature.reasons.push_back({Concat(kPrefix, policy::NameOf(finding.code)),
                                 policy::Founds(finding.code) ? Severity::kInfo : Severity::kWarning,
                                 DetailOf(finding)});
  }
  if (proven) return;
  // Whoever has lost the power could claim a time at which they had it.
  const bool only_then = decision.answer == policy::Answer::kPermitted &&
                         decide(validation_time).answer != policy::Answer::kPermitted;
  if (only_then) MakeIndeterminate(signature);
  signature.reasons.push_back({"COMPETENCE_TIME_NOT_PROVEN",
                               only_then ? Severity::kError : Severity::kInfo,
                               policy::WriteInstant(at)});
}

std::optional<policy::Code> CodeNamed(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(policy::Code::kActUnverified); ++i) {
    const auto code = static_cast<policy::Code>(i);
    if (policy::NameOf(code) == name) return code;
  }
  return std::nullopt;
}

}  // namespace

policy::Signer CompetenceSignerOf(const xades::Certificate& certificate) {
  return {certificate.Issuer(), certificate.SerialDecimal(), certificate.KeySha256()};
}

void JudgeCompetence(const policy::Register& facts, const policy::DocumentFacts& document,
                     FileReport& report) {
  if (report.verdict == Verdict::kRefused) return;
  SignatureList judged;
  for (SignatureReport signature : report.signatures) {
    Judge(facts, document, report.validation_time, signature);
    judged.push_back(signature);
  }
  report.signatures = std::move(judged);
  report.verdict = VerdictOf(report);
}

Status JudgeCompetence(const InputFile& file, const policy::Register& facts,
                       const schemas::SentRegister* sent, FileReport& report) {
  const bool pes = report.kind == schemas::Kind::kPesAller;
  if (report.signatures.empty() || !(pes || schemas::HoldsBudget(report.kind))) return OkStatus();
  SCEAU_ASSIGN_OR_RETURN(const schemas::Inspection it, schemas::Inspect(file));
  if (it.sha256 != report.sha256) return Error(Reason::kInputChanged, report.file);
  policy::DocumentFacts document =
      schemas::CompetenceFactsOf(it.kind, it.pes, it.budget ? &*it.budget : nullptr);
  if (pes) {
    SCEAU_RETURN_IF_ERROR(AddJustifications(file, it.pes, report.attachments, sent, document));
  }
  JudgeCompetence(facts, document, report);
  return OkStatus();
}

std::string_view CompetenceText(std::string_view code, Lang lang) {
  if (!code.starts_with(kPrefix)) return {};
  const auto finding = CodeNamed(code.substr(kPrefix.size()));
  return finding ? policy::SentenceOf(*finding).In(lang) : std::string_view();
}

}  // namespace sceau::verifier
