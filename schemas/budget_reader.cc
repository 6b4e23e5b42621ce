#include "schemas/budget_reader.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "schemas/pes.h"

namespace sceau::schemas {

enum class BudgetNode : uint8_t {
  kOther,
  kRoot,
  kVersionSchema,
  kHeader,
  kDteStr,
  kIdPost,
  kIdColl,
  kLibelleColl,
  kBudget,
  kBudgetHeader,
  kLibelleEtab,
  kIdEtab,
  kCodColl,
  kCodBud,
  kNomenclature,
  kBudgetBlock,
  kNatDec,
  kExer,
  kLine,
  kNature,
  kAnnexes,
  kSummary,
  kSummaryLine,
  kAnnexCode,
  kAnnexPresent,
  kAnnexTable,
  kAnnexEntry,
};

namespace {

struct Step {
  BudgetNode parent;
  std::string_view name;  // in the budget namespace
  BudgetNode child;
};

using N = BudgetNode;
constexpr Step kSteps[] = {
    {N::kRoot, "VersionSchema", N::kVersionSchema},
    {N::kRoot, "EnTeteDocBudgetaire", N::kHeader},
    {N::kRoot, "Budget", N::kBudget},
    {N::kHeader, "DteStr", N::kDteStr},
    {N::kHeader, "IdPost", N::kIdPost},
    {N::kHeader, "IdColl", N::kIdColl},
    {N::kHeader, "LibelleColl", N::kLibelleColl},
    {N::kBudget, "EnTeteBudget", N::kBudgetHeader},
    {N::kBudget, "BlocBudget", N::kBudgetBlock},
    {N::kBudget, "LigneBudget", N::kLine},
    {N::kBudget, "Annexes", N::kAnnexes},
    {N::kBudgetHeader, "LibelleEtab", N::kLibelleEtab},
    {N::kBudgetHeader, "IdEtab", N::kIdEtab},
    {N::kBudgetHeader, "CodColl", N::kCodColl},
    {N::kBudgetHeader, "CodBud", N::kCodBud},
    {N::kBudgetHeader, "Nomenclature", N::kNomenclature},
    {N::kBudgetBlock, "NatDec", N::kNatDec},
    {N::kBudgetBlock, "Exer", N::kExer},
    {N::kLine, "Nature", N::kNature},
    {N::kAnnexes, "DATA_SOMMAIRE", N::kSummary},
    {N::kSummary, "SOMMAIRE", N::kSummaryLine},
    {N::kSummaryLine, "CodeAnnexe", N::kAnnexCode},
    {N::kSummaryLine, "Present", N::kAnnexPresent},
};

// A chapter is the sum of its accounts: as the nature of a line it makes a total of it.
constexpr std::string_view kChapters[] = {"011", "012", "013", "014", "040", "041", "042", "043"};

bool IsTotal(std::string_view nature) {
  const bool account = nature.size() >= 2 && nature.front() >= '0' && nature.front() <= '9';
  return !account ||
         std::find(std::begin(kChapters), std::end(kChapters), nature) != std::end(kChapters);
}

// DATA_EMPRUNT, DATA_TIERS and their like; who voted and signed stands in tables of the same form.
bool IsAnnexTable(std::string_view name) {
  return name.substr(0, 5) == "DATA_" && name != "DATA_SIGNATAIRE" && name != "DATA_SIGNATURE";
}

BudgetNode Classify(BudgetNode parent, const xml::StartElement& element) {
  if (element.uri != kBudgetNamespace) return N::kOther;
  // In a CFU the act stands below another root.
  if (element.local == "DocumentBudgetaire" && element.depth <= 2) return N::kRoot;
  if (parent == N::kOther) return N::kOther;
  for (const Step& step : kSteps) {
    if (step.parent == parent && step.name == element.local) return step.child;
  }
  if (parent == N::kAnnexes && IsAnnexTable(element.local)) return N::kAnnexTable;
  return parent == N::kAnnexTable ? N::kAnnexEntry : N::kOther;
}

Place PlaceOf(const xml::StartElement& element) {
  return {element.line, element.column, std::string(element.local)};
}

std::string ValueOf(const xml::StartElement& element) {
  const xml::Attribute* value = element.Find("V");
  return value == nullptr ? "" : std::string(value->value);
}

}  // namespace

Status BudgetReader::OnStart(const xml::StartElement& element) {
  if (element.depth == 1) {
    facts_.root_qname = element.qname;
    facts_.line = element.line;
    facts_.column = element.column;
  }
  if (element.Is(kDsNamespace, "Signature")) ++facts_.signatures;
  const BudgetNode node = Classify(stack_.empty() ? N::kOther : stack_.back(), element);
  stack_.push_back(node);
  SCEAU_RETURN_IF_ERROR(Take(node, element));
  return seal_.Start(element);
}

Status BudgetReader::Take(BudgetNode node, const xml::StartElement& element) {
  const auto exceeded = [&] {
    return Error(Reason::kXmlLimitExceeded, element.local,
                 {element.line, element.column, std::string(element.qname)});
  };
  Budget* budget = facts_.budgets.empty() ? nullptr : &facts_.budgets.back();
  switch (node) {
    case N::kRoot:
      facts_.in_cfu = element.depth > 1;
      break;
    case N::kVersionSchema:
      facts_.schema_version = ValueOf(element);
      break;
    case N::kHeader:
      if (facts_.header_offset >= 0) break;
      facts_.header_offset = element.bytes.offset;
      facts_.line = element.line;
      facts_.column = element.column;
      break;
    case N::kDteStr:
      facts_.date = ValueOf(element);
      break;
    case N::kIdPost:
      facts_.id_post = ValueOf(element);
      break;
    case N::kIdColl:
      facts_.id_coll = ValueOf(element);
      break;
    case N::kLibelleColl:
      facts_.libelle = ValueOf(element);
      break;
    case N::kBudget:
      if (facts_.budgets.size() >= kMaxBudgets) return exceeded();
      facts_.budgets.emplace_back();
      facts_.budgets.back().line = element.line;
      facts_.budgets.back().column = element.column;
      break;
    case N::kLibelleEtab:
      budget->label = ValueOf(element);
      break;
    case N::kIdEtab:
      budget->siret = ValueOf(element);
      break;
    case N::kCodColl:
      budget->cod_col = ValueOf(element);
      break;
    case N::kCodBud:
      budget->cod_bud = ValueOf(element);
      break;
    case N::kNomenclature:
      budget->nomenclature = ValueOf(element);
      budget->nomenclature_place = PlaceOf(element);
      break;
    case N::kNatDec:
      budget->nat_dec = ValueOf(element);
      budget->nat_dec_place = PlaceOf(element);
      break;
    case N::kExer:
      budget->exercice = ValueOf(element);
      break;
    case N::kLine:
      ++budget->lines;
      line_ = {PlaceOf(element), ""};
      line_has_nature_ = line_is_total_ = false;
      break;
    case N::kNature:
      line_has_nature_ = true;
      if (line_is_total_ || !IsTotal(ValueOf(element))) break;
      line_is_total_ = true;
      line_.nature = ValueOf(element);
      break;
    case N::kAnnexes:
      budget->has_annexes = true;
      break;
    case N::kSummary:
      budget->has_summary = true;
      budget->summary_place = PlaceOf(element);
      break;
    case N::kAnnexTable:
      if (budget->annex_entries > 0) break;
      budget->annex_place = PlaceOf(element);
      break;
    case N::kAnnexEntry:
      ++budget->annex_entries;
      break;
    case N::kSummaryLine:
      if (budget->summary.size() >= kMaxAnnexes) return exceeded();
      budget->summary.push_back({.place = PlaceOf(element)});
      break;
    case N::kAnnexCode:
      budget->summary.back().code = ValueOf(element);
      break;
    case N::kAnnexPresent: {
      const std::string value = ValueOf(element);
      budget->summary.back().present = value == "true" || value == "1";
      break;
    }
    default:
      break;
  }
  return OkStatus();
}

Status BudgetReader::OnEnd(const xml::EndElement& element) {
  if (stack_.back() == N::kLine) TakeLine();
  stack_.pop_back();
  return seal_.End(element);
}

void BudgetReader::TakeLine() {
  // The State's system writes calculated lines into a CFU.
  if (facts_.in_cfu) return;
  if (line_has_nature_ && !line_is_total_) return;
  ++facts_.total_line_count;
  if (facts_.total_lines.size() < kMaxTotalLines) facts_.total_lines.push_back(line_);
}

Status BudgetReader::OnText(std::string_view text) { return seal_.Text(text); }

Status BudgetReader::OnInstruction(std::string_view target, std::string_view data) {
  seal_.Instruction(target, data);
  return OkStatus();
}

Status BudgetReader::OnComment(std::string_view) {
  seal_.Comment();
  return OkStatus();
}

}  // namespace sceau::schemas
