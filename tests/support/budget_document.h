// Budget acts made for tests: every way one may be written.
#pragma once

#include <string>

namespace sceau::test {

struct BudgetSpec {
  bool latin1 = true;
  std::string line_end = "\n";  // "" puts all on one line
  std::string prefix;           // of the act's namespace; empty: the default namespace
  int budgets = 1;
  int lines = 5;                                               // of each budget
  std::string id_post = "098001", id_coll = "21980000000017";  // empty: the element is left out
  std::string nomenclature = "M57-M57_A", nat_dec = "01";
  std::string more_lines;  // markup put behind the lines of each budget
  bool summary = true;
  std::string annex = "IV-A2.1";  // CodeAnnexe in the summary
  bool annex_present = true;      // as the summary has it
  bool annex_table = true;        // the annex itself
  std::string around;  // instructions and comments before and after the root
};

std::string MakeBudgetAct(const BudgetSpec& spec = {});

}  // namespace sceau::test
