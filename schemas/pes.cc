#include "schemas/pes.h"

#include "base/strings.h"

namespace sceau::schemas {

std::string_view NameOf(Kind kind) {
  switch (kind) {
    case Kind::kPesAller:
      return "PES_ALLER";
    case Kind::kPesRetour:
      return "PES_RETOUR";
    case Kind::kPesAcquit:
      return "PES_ACQUIT";
    case Kind::kBudgetAct:
      return "BUDGET_ACT";
    case Kind::kCfu:
      return "CFU";
    case Kind::kActeEnvelope:
      return "ACTE_ENVELOPE";
    case Kind::kActe:
      return "ACTE";
    case Kind::kChorusPivot:
      return "CHORUS_PIVOT";
    case Kind::kXml:
      return "XML";
    case Kind::kPdf:
      return "PDF";
    case Kind::kOther:
      return "OTHER";
  }
  return "OTHER";
}

std::string_view NameOf(Domain domain) {
  return domain == Domain::kDepense ? "DEPENSE" : "RECETTE";
}

std::string_view NameOf(Scope scope) {
  switch (scope) {
    case Scope::kBordereau:
      return "BORDEREAU";
    case Scope::kWhole:
      return "WHOLE";
    case Scope::kOther:
      return "OTHER";
  }
  return "OTHER";
}

std::string Bordereau::Ref() const {
  return Concat(NameOf(domain), ":", exercice, ":", type, ":", number);
}

std::string Bordereau::Path(std::string_view root_qname) const {
  return Concat("/", root_qname, "/",
                domain == Domain::kDepense ? "PES_DepenseAller" : "PES_RecetteAller", "/Bordereau[",
                ordinal, "]");
}

}  // namespace sceau::schemas
