#include "tests/support/budget_document.h"

#include "base/strings.h"

namespace sceau::test {
namespace {

class Writer {
 public:
  explicit Writer(const BudgetSpec& spec)
      : spec_(spec), p_(spec.prefix.empty() ? "" : spec.prefix + ":") {}

  std::string Write() {
    Line(spec_.latin1 ? R"(<?xml version="1.0" encoding="ISO-8859-1"?>)"
                      : R"(<?xml version="1.0" encoding="UTF-8"?>)");
    if (!spec_.around.empty()) Line(spec_.around);
    Line("<", p_, "DocumentBudgetaire xmlns", spec_.prefix.empty() ? "" : ":", spec_.prefix,
         "=\"http://www.minefi.gouv.fr/cp/demat/docbudgetaire\">");
    Value(1, "VersionSchema", "113");
    Line(" <", p_, "BlocEditeur xmlns:ed=\"urn:example:editeur\"><ed:Produit V=\"Logiciel d'",
         spec_.latin1 ? "\xE9" : "\xC3\xA9", "dition &#233; &lt;&#13;&gt;\"/></", p_,
         "BlocEditeur>");
    Line(" <", p_, "VersionOutil outil=\"DSC\" version=\"30\"/>");
    Line(" <", p_, "EnTeteDocBudgetaire>");
    Value(2, "DteStr", "2025-01-01");
    if (!spec_.id_post.empty()) Value(2, "IdPost", spec_.id_post);
    Value(2, "LibelleColl", "COMMUNE DE TEST");
    if (!spec_.id_coll.empty()) Value(2, "IdColl", spec_.id_coll);
    Line(" </", p_, "EnTeteDocBudgetaire>");
    for (int i = 0; i < spec_.budgets; ++i) Budget(i);
    out_ += Concat("</", p_, "DocumentBudgetaire>");
    if (!spec_.around.empty()) AppendTo(out_, "\n", spec_.around);
    return std::move(out_);
  }

 private:
  template <typename... T>
  void Line(const T&... pieces) {
    AppendTo(out_, pieces..., spec_.line_end);
  }
  void Value(int depth, std::string_view name, std::string_view value) {
    Line(std::string(static_cast<size_t>(depth), ' '), "<", p_, name, " V=\"", value, "\"/>");
  }

  void Budget(int number) {
    Line(" <", p_, "Budget>");
    Line("  <", p_, "EnTeteBudget>");
    Value(3, "LibelleEtab", Concat("BUDGET ", number));
    Value(3, "IdEtab", "21980000000017");
    Value(3, "CodColl", "001");
    Value(3, "CodBud", Concat("0", number));
    Value(3, "Nomenclature", spec_.nomenclature);
    Line("  </", p_, "EnTeteBudget>");
    Line("  <", p_, "BlocBudget>");
    Value(3, "NatDec", spec_.nat_dec);
    Value(3, "Exer", "2025");
    Line("  </", p_, "BlocBudget>");
    for (int i = 0; i < spec_.lines; ++i) {
      Line("  <", p_, "LigneBudget>");
      Value(3, "Nature", Concat(60000 + i));
      Value(3, "CodRD", "D");
      Value(3, "MtPrev", Concat(100 * i, ".00"));
      Line("  </", p_, "LigneBudget>");
    }
    out_ += spec_.more_lines;
    Line("  <", p_, "Annexes>");
    if (spec_.summary) {
      Line("   <", p_, "DATA_SOMMAIRE>");
      Line("    <", p_, "SOMMAIRE>");
      Value(5, "CodeAnnexe", spec_.annex);
      Value(5, "Present", spec_.annex_present ? "true" : "false");
      Line("    </", p_, "SOMMAIRE>");
      Line("   </", p_, "DATA_SOMMAIRE>");
    }
    if (spec_.annex_table) {
      Line("   <", p_, "DATA_EMPRUNT>");
      Line("    <", p_, "EMPRUNT>");
      Value(5, "LibOrgaPreteur", "Banque");
      Line("    </", p_, "EMPRUNT>");
      Line("   </", p_, "DATA_EMPRUNT>");
    }
    Line("  </", p_, "Annexes>");
    Line(" </", p_, "Budget>");
  }

  const BudgetSpec& spec_;
  const std::string p_;
  std::string out_;
};

}  // namespace

std::string MakeBudgetAct(const BudgetSpec& spec) { return Writer(spec).Write(); }

}  // namespace sceau::test
