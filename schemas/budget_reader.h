// Reads the facts and the seal of a budget act or a CFU from the events while they pass. Memory is
// bounded by the number of budgets, and that is bounded too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "schemas/budget.h"
#include "xml/events.h"

namespace sceau::schemas {

enum class BudgetNode : uint8_t;

class BudgetReader final : public xml::Handler {
 public:
  static constexpr size_t kMaxBudgets = 1000;
  static constexpr size_t kMaxAnnexes = 1000;    // lines of one table of contents
  static constexpr size_t kMaxTotalLines = 100;  // kept with their place

  // Errors: kXmlLimitExceeded.
  Status OnStart(const xml::StartElement& element) override;
  Status OnEnd(const xml::EndElement& element) override;
  Status OnText(std::string_view text) override;
  Status OnInstruction(std::string_view target, std::string_view data) override;
  Status OnComment(std::string_view text) override;
  // The document has ended: the seal is known.
  void Finish() { facts_.seal = seal_.Finish(); }

  BudgetFacts& facts() { return facts_; }
  const BudgetFacts& facts() const { return facts_; }

 private:
  Status Take(BudgetNode node, const xml::StartElement& element);
  void TakeLine();

  BudgetFacts facts_;
  SealReader seal_;
  std::vector<BudgetNode> stack_;
  TotalLine line_;  // the open one, in case it is a total
  bool line_has_nature_ = false;
  bool line_is_total_ = false;
};

}  // namespace sceau::schemas
