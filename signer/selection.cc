#include "signer/selection.h"

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/strings.h"
#include "schemas/budget_rules.h"
#include "schemas/rules.h"
#include "signer/rule_check.h"
#include "xades/certificate.h"

namespace sceau::signer {
namespace {

using schemas::Bordereau;

bool IsBlank(const std::string& text) { return absl::StripAsciiWhitespace(text).empty(); }

Place PlaceOf(const Bordereau& bordereau) {
  return {bordereau.line, bordereau.column, bordereau.Name()};
}

StatusOr<size_t> FindBordereau(const schemas::PesFacts& facts, const std::string& ref) {
  std::vector<size_t> found;
  for (size_t i = 0; i < facts.bordereaux.size(); ++i) {
    if (facts.bordereaux[i].id == ref || facts.bordereaux[i].Ref() == ref) found.push_back(i);
  }
  if (found.empty()) return Error(Reason::kBordereauNotFound, ref);
  if (found.size() > 1) return Error(Reason::kBordereauAmbiguous, ref);
  return found.front();
}

StatusOr<std::vector<size_t>> Listed(const schemas::PesFacts& facts, const Selection& selection) {
  std::set<size_t> indices;
  for (const std::string& ref : selection.bordereaux) {
    SCEAU_ASSIGN_OR_RETURN(const size_t index, FindBordereau(facts, ref));
    indices.insert(index);
  }
  if (indices.empty()) return Error(Reason::kNothingToSign);
  return std::vector<size_t>(indices.begin(), indices.end());
}

Status CheckBordereau(const Candidates& candidates, const Bordereau& bordereau) {
  if (candidates.pes.facts().root_signatures > 0) {
    return Error(Reason::kRootAlreadySigned, bordereau.Name(), PlaceOf(bordereau));
  }
  if (bordereau.signatures > 0) {
    return Error(Reason::kAlreadySigned, bordereau.Name(), PlaceOf(bordereau));
  }
  const bool empty_tag = bordereau.end_tag.length == 0;
  if (empty_tag || (bordereau.id && !xml::IsNcName(*bordereau.id))) {
    return Error(Reason::kElementMalformed, bordereau.Name(), PlaceOf(bordereau));
  }
  return OkStatus();
}

// Once the flag is 1 each bordereau of the domain needs its MtCumulAnnuel.
Status CheckCumulativeAmounts(const schemas::PesReader& pes, schemas::Domain domain) {
  std::optional<schemas::Finding> first;
  int64_t count = 0;
  for (size_t i = 0; i < pes.facts().bordereaux.size(); ++i) {
    if (pes.facts().bordereaux[i].domain != domain) continue;
    std::optional<schemas::Finding> missing = schemas::MissingCumulativeAmount(pes, i);
    if (!missing) continue;
    if (++count == 1) first = std::move(missing);
  }
  return first ? RuleCheck::Refusal(*first, count) : OkStatus();
}

// The accountant rejects a signed domain whose flag is not 1.
Status CheckFlag(const Candidates& candidates, schemas::Domain domain, bool may_set) {
  const schemas::PesFacts& facts = candidates.pes.facts();
  const schemas::DomainFacts& of = facts.Of(domain);
  if (!of.present || of.Dematerialisee()) return OkStatus();
  if (!may_set) {
    return Error(Reason::kInfoDematerialiseeMissing, NameOf(domain),
                 {of.line, of.column, "InfoDematerialisee"});
  }
  if (!of.info_dematerialisee && of.header_end < 0) {
    return Error(Reason::kElementMalformed, NameOf(domain), {of.line, of.column, ""});
  }
  return CheckCumulativeAmounts(candidates.pes, domain);
}

// What a receiver would refuse is not signed, and a broken seal shows that the act is no longer
// what was sealed. An act that was never sealed may be signed; the verifier says so.
Status CheckAct(const schemas::BudgetFacts& facts) {
  std::vector<schemas::Finding> findings =
      schemas::CheckBudget(facts, schemas::BudgetUse::kSending);
  findings.push_back(schemas::CheckSeal(facts));
  for (const schemas::Finding& finding : findings) {
    if (finding.severity != schemas::Severity::kError) continue;
    return Error(Reason::kBudgetActRefused,
                 finding.detail.empty() ? finding.rule : Concat(finding.rule, " ", finding.detail),
                 finding.place);
  }
  return OkStatus();
}

}  // namespace

Status CheckParameters(const SignatureParameters& parameters) {
  const xades::Profile& profile = *parameters.profile;
  if (profile.needs_role && IsBlank(parameters.role)) return Error(Reason::kRoleMissing);
  const bool no_place =
      IsBlank(parameters.city) || IsBlank(parameters.postal_code) || IsBlank(parameters.country);
  if (profile.needs_place && no_place) return Error(Reason::kPlaceMissing);
  if (parameters.certificates.empty()) return Error(Reason::kCertificateMissing);
  SCEAU_ASSIGN_OR_RETURN(const xades::Certificate certificate,
                         xades::Certificate::FromDer(parameters.certificates.front()));
  if (parameters.signing_time < certificate.NotBefore() ||
      parameters.signing_time > certificate.NotAfter()) {
    return Error(Reason::kCertificateNotValid,
                 absl::FormatTime("%Y-%m-%d", certificate.NotAfter(), absl::UTCTimeZone()));
  }
  const xades::KeyUsage usage = certificate.Usage();
  if (usage.present && !usage.non_repudiation) {
    return Error(Reason::kCertificateNotForSigning, certificate.Subject());
  }
  return OkStatus();
}

StatusOr<std::vector<size_t>> Select(const Candidates& candidates,
                                     const SignatureParameters& parameters) {
  const schemas::PesFacts& facts = candidates.pes.facts();
  if (!candidates.ids.duplicates().empty()) {
    const auto& duplicate = candidates.ids.duplicates().front();
    return Error(Reason::kDuplicateId, duplicate.id, {duplicate.line, duplicate.column, ""});
  }
  const bool is_pes = candidates.kind == schemas::Kind::kPesAller;
  const bool whole = parameters.selection.what == Selection::What::kWhole;
  if (!is_pes && !whole) return Error(Reason::kNothingToSign, NameOf(candidates.kind));
  std::vector<size_t> indices;
  std::set<schemas::Domain> domains;
  if (whole) {
    if (facts.root_signatures > 0) return Error(Reason::kAlreadySigned, facts.RootName());
    if (facts.root_end_tag.length == 0 || (facts.root_id && !xml::IsNcName(*facts.root_id))) {
      return Error(Reason::kElementMalformed, facts.RootName());
    }
    if (!is_pes) {
      SCEAU_RETURN_IF_ERROR(CheckAct(candidates.budget.facts()));
      return indices;
    }
    domains = {schemas::Domain::kDepense, schemas::Domain::kRecette};
  } else {
    if (facts.bordereaux.empty()) return Error(Reason::kNothingToSign);
    if (parameters.selection.what == Selection::What::kListed) {
      SCEAU_ASSIGN_OR_RETURN(indices, Listed(facts, parameters.selection));
    } else {
      for (size_t i = 0; i < facts.bordereaux.size(); ++i) indices.push_back(i);
    }
  }
  for (const size_t index : indices) {
    SCEAU_RETURN_IF_ERROR(CheckBordereau(candidates, facts.bordereaux[index]));
    domains.insert(facts.bordereaux[index].domain);
  }
  for (const schemas::Domain domain : domains) {
    SCEAU_RETURN_IF_ERROR(CheckFlag(candidates, domain, parameters.set_dematerialisee));
  }
  return indices;
}

}  // namespace sceau::signer
