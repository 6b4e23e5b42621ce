#include "schemas/rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "base/strings.h"
#include "schemas/pj_rules.h"

namespace sceau::schemas {
namespace {

Place PlaceOf(const Bordereau& bordereau) {
  return {bordereau.line, bordereau.column, bordereau.Name()};
}

// The place of the value where there is one, else of the bordereau.
Place PlaceOf(const Bordereau& bordereau, const PesReader::Written& written) {
  if (written.line == 0) return PlaceOf(bordereau);
  return {written.line, written.column, bordereau.Name()};
}

bool IsZeroOrEmpty(const std::string& amount) {
  double value = 0;
  return amount.empty() || (absl::SimpleAtod(amount, &value) && value == 0);
}

bool DomainIsSigned(const PesFacts& facts, Domain domain) {
  return std::any_of(facts.bordereaux.begin(), facts.bordereaux.end(),
                     [&](const Bordereau& b) { return b.domain == domain && b.signatures > 0; });
}

void CheckBordereau(const PesReader& reader, size_t index, std::vector<Finding>& out) {
  const PesFacts& facts = reader.facts();
  const Bordereau& bordereau = facts.bordereaux[index];
  const PesReader::Declared& declared = reader.declared()[index];
  const auto add = [&](Severity severity, std::string_view rule, Place place,
                       const std::string& detail, const std::string& value = "") {
    out.push_back({severity, std::string(rule), std::move(place),
                   Concat(bordereau.Name(), detail.empty() ? "" : ": ", detail), value});
  };
  const Place whole{bordereau.line, bordereau.column, bordereau.Path(facts.root_qname)};
  const bool flagged = facts.Of(bordereau.domain).Dematerialisee();
  if (flagged && bordereau.signatures == 0 && facts.root_signatures == 0) {
    add(Severity::kWarning, "INFO_DEMATERIALISEE_WITHOUT_SIGNATURE", whole, "");
  }
  if (flagged) {
    if (auto missing = MissingCumulativeAmount(reader, index)) out.push_back(*std::move(missing));
  }
  int64_t count = 0;
  const std::string& nbr_pce = declared.nbr_pce.value;
  if (!absl::SimpleAtoi(nbr_pce, &count) || count < 1 || count != bordereau.pieces) {
    add(Severity::kError, "NBRPCE_MISMATCH", PlaceOf(bordereau, declared.nbr_pce),
        Concat(nbr_pce, " / ", bordereau.pieces), nbr_pce);
  }
  const std::optional<int64_t> amount = Centimes(declared.amount_ht.value);
  if (amount && declared.lines_ht && *amount != *declared.lines_ht) {
    const auto euros = [](int64_t centimes) {
      const int64_t size = centimes < 0 ? -centimes : centimes;
      return Concat(centimes < 0 ? "-" : "", size / 100, size % 100 < 10 ? ".0" : ".", size % 100);
    };
    add(Severity::kWarning, "LINES_SUM_MISMATCH", PlaceOf(bordereau, declared.amount_ht),
        euros(*declared.lines_ht), declared.amount_ht.value);
  }
  if (!bordereau.id) add(Severity::kInfo, "BORDEREAU_WITHOUT_ID", whole, "");
}

}  // namespace

std::optional<Finding> MissingCumulativeAmount(const PesReader& reader, size_t index) {
  const Bordereau& bordereau = reader.facts().bordereaux[index];
  const PesReader::Written& written = reader.declared()[index].mt_cumul_annuel;
  if (!IsZeroOrEmpty(written.value)) return std::nullopt;
  return Finding{Severity::kError, "MT_CUMUL_ANNUEL_MISSING", PlaceOf(bordereau, written),
                 bordereau.Name(), written.value};
}

std::vector<Finding> CheckDematerialisation(const PesFacts& facts) {
  std::vector<Finding> out;
  for (const Domain domain : {Domain::kDepense, Domain::kRecette}) {
    const DomainFacts& of = facts.Of(domain);
    if (!of.present || of.Dematerialisee()) continue;
    const bool signed_here = DomainIsSigned(facts, domain);
    if (!signed_here && facts.root_signatures == 0) continue;
    // A signature of the file alone may be the transmission's, which the flag does not concern.
    out.push_back({signed_here ? Severity::kError : Severity::kWarning,
                   "INFO_DEMATERIALISEE_MISSING",
                   {of.line, of.column, "InfoDematerialisee"},
                   std::string(NameOf(domain)),
                   of.info_dematerialisee.value_or("")});
  }
  return out;
}

std::vector<Finding> CheckPes(const PesReader& reader) {
  const PesFacts& facts = reader.facts();
  std::vector<Finding> out = CheckDematerialisation(facts);
  std::set<std::string> refs;
  for (size_t i = 0; i < facts.bordereaux.size(); ++i) {
    const Bordereau& bordereau = facts.bordereaux[i];
    CheckBordereau(reader, i, out);
    if (!refs.insert(bordereau.Ref()).second) {
      out.push_back({Severity::kError, "BORDEREAU_NUMBER_DUPLICATE",
                     PlaceOf(bordereau, reader.declared()[i].number), bordereau.Ref(),
                     bordereau.number});
    }
  }
  CheckPiecesJustificatives(reader, out);
  return out;
}

}  // namespace sceau::schemas
