#include "schemas/budget_rules.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "base/strings.h"

namespace sceau::schemas {
namespace {

constexpr std::string_view kNatDecs[] = {"01", "02", "03", "09", "10"};

// Of an act, part IV is the annexes; I to III are made of its lines.
constexpr std::string_view kAnnexPart = "IV-";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "M57" of "M57-M57_A"; empty when it has not that form.
std::string_view InstructionOf(std::string_view nomenclature) {
  const size_t dash = nomenclature.find('-');
  if (dash == std::string_view::npos || dash < 2) return "";
  const std::string_view instruction = nomenclature.substr(0, dash);
  const std::string_view chart = nomenclature.substr(dash + 1);
  const bool named =
      instruction[0] == 'M' && std::all_of(instruction.begin() + 1, instruction.end(), IsDigit);
  const bool agrees = chart.substr(0, instruction.size()) == instruction;
  return named && agrees ? instruction : "";
}

class Check {
 public:
  explicit Check(const BudgetFacts& facts) : facts_(facts) {}

  std::vector<Finding> Run(BudgetUse use) {
    const Place header{facts_.line, facts_.column, "EnTeteDocBudgetaire"};
    if (facts_.id_post.empty()) Add(Severity::kError, "ID_POST_MISSING", header, "");
    if (facts_.id_coll.empty()) Add(Severity::kError, "ID_COLL_MISSING", header, "");
    if (facts_.budgets.size() != 1) {
      const bool sending = use == BudgetUse::kSending;
      Add(sending ? Severity::kError : Severity::kWarning, "BUDGET_COUNT", header,
          Concat(facts_.budgets.size()));
    }
    for (const Budget& budget : facts_.budgets) One(budget);
    for (const TotalLine& line : facts_.total_lines) {
      Add(Severity::kError, "BUDGET_LINE_TOTAL", line.place, "", line.nature);
    }
    const auto kept = static_cast<int64_t>(facts_.total_lines.size());
    if (facts_.total_line_count > kept) {
      Add(Severity::kError, "BUDGET_LINE_TOTAL", {}, Concat("+", facts_.total_line_count - kept));
    }
    return std::move(out_);
  }

 private:
  void Add(Severity severity, std::string_view rule, const Place& place, std::string detail,
           std::string value = "") {
    out_.push_back({severity, std::string(rule), place, std::move(detail), std::move(value)});
  }

  void One(const Budget& budget) {
    const Place place{budget.line, budget.column, "Budget"};
    const auto or_budget = [&](const Place& of_value) {
      return of_value.line > 0 ? of_value : place;
    };
    if (std::find(std::begin(kNatDecs), std::end(kNatDecs), budget.nat_dec) == std::end(kNatDecs)) {
      Add(Severity::kError, "NAT_DEC_UNKNOWN", or_budget(budget.nat_dec_place), "", budget.nat_dec);
    }
    const std::string_view instruction = InstructionOf(budget.nomenclature);
    if (instruction.empty()) {
      Add(Severity::kError, "NOMENCLATURE_MALFORMED", or_budget(budget.nomenclature_place), "",
          budget.nomenclature);
    } else if (budget.nat_dec == "10" && instruction != "M57" && instruction.substr(0, 2) != "M4") {
      Add(Severity::kWarning, "NOMENCLATURE_WITHOUT_CFU", or_budget(budget.nomenclature_place), "",
          budget.nomenclature);
    }
    if (budget.lines == 0) Add(Severity::kError, "BUDGET_WITHOUT_LINES", place, budget.label);
    Annexes(budget, place);
  }

  void Annexes(const Budget& budget, const Place& place) {
    if (budget.has_annexes && !budget.has_summary) {
      Add(Severity::kWarning, "ANNEX_SUMMARY_MISSING", place, budget.label);
    }
    std::map<std::string_view, bool> present;
    for (const Annex& annex : budget.summary) {
      const auto [known, is_new] = present.emplace(annex.code, annex.present);
      if (is_new || known->second == annex.present) continue;
      Add(Severity::kWarning, "ANNEX_SUMMARY_CONTRADICTORY", annex.place, "", annex.code);
    }
    if (budget.has_summary) TablesAsListed(budget);
  }

  // Which table holds which annex differs by nomenclature and year, and producers mark annexes that
  // have nothing to say: what is compared is whether there are any.
  void TablesAsListed(const Budget& budget) {
    const auto listed =
        std::find_if(budget.summary.begin(), budget.summary.end(), [](const Annex& it) {
          return it.present && it.code.substr(0, kAnnexPart.size()) == kAnnexPart;
        });
    const bool any = std::any_of(budget.summary.begin(), budget.summary.end(),
                                 [](const Annex& it) { return it.present; });
    if (listed != budget.summary.end() && budget.annex_entries == 0) {
      Add(Severity::kWarning, "ANNEX_MISSING", budget.summary_place, listed->code);
    }
    if (!any && budget.annex_entries > 0) {
      Add(Severity::kWarning, "ANNEX_NOT_IN_SUMMARY", budget.annex_place,
          budget.annex_place.element);
    }
  }

  const BudgetFacts& facts_;
  std::vector<Finding> out_;
};

}  // namespace

std::vector<Finding> CheckBudget(const BudgetFacts& facts, BudgetUse use) {
  return Check(facts).Run(use);
}

Finding CheckSeal(const BudgetFacts& facts) {
  const Seal& seal = facts.seal;
  const Place place{seal.line, seal.column, "Scellement"};
  switch (seal.state) {
    case SealState::kAbsent:
      return {Severity::kWarning, "SEAL_ABSENT", {facts.line, facts.column, facts.root_qname}, ""};
    case SealState::kHolds:
      return {Severity::kInfo, "SEAL_HOLDS", place, seal.date};
    case SealState::kHoldsWithoutSignatures:
      return {Severity::kInfo, "SEAL_HOLDS_WITHOUT_SIGNATURES", place, seal.date};
    case SealState::kBroken:
      break;
  }
  if (seal.count > 1) {
    return {Severity::kError, "SEAL_BROKEN", place, Concat(seal.count, " Scellement")};
  }
  return {Severity::kError, "SEAL_BROKEN", place, seal.computed.md5, seal.stated.md5};
}

}  // namespace sceau::schemas
