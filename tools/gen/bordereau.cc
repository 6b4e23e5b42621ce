#include "tools/gen/bordereau.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "tools/gen/attachment.h"
#include "tools/gen/field_data.h"
#include "tools/gen/tiers.h"

namespace sceau::gen {
namespace {

// Where the two domains give one thing different names.
struct DomainNames {
  std::string_view element;
  std::string_view header;
  std::string_view bordereau_ht;
};

constexpr DomainNames kDepenseNames = {"PES_DepenseAller", "EnTeteDepense", "MtBordHT"};
constexpr DomainNames kRecetteNames = {"PES_RecetteAller", "EnTeteRecette", "MtBordHt"};

const DomainNames& NamesOf(Domain domain) {
  return domain == Domain::kDepense ? kDepenseNames : kRecetteNames;
}

std::string ObjectOf(std::string_view object, Random& words, const XmlWriter& xml) {
  if (xml.oddities() && words.OneIn(3)) return std::string(words.Pick(kOddObjects));
  return std::string(object);
}

void WriteBlocBordereau(const Plan& plan, Domain domain, int64_t bordereau, const Amount& amount,
                        int64_t year_to_date, XmlWriter& xml) {
  xml.Open("BlocBordereau");
  xml.Value("Exer", plan.spec().exercice);
  xml.Value("IdBord", plan.IdBord(domain, bordereau));
  xml.Value("DteBordEm", IsoDate(plan.Day(domain, bordereau)));
  xml.Value("TypBord", "01");
  xml.Value("NbrPce", plan.spec().pieces);
  xml.Value("MtCumulAnnuel", Euros(year_to_date));
  xml.Value(NamesOf(domain).bordereau_ht, Euros(amount.ht));
  if (amount.tva > 0) xml.Value("MtBordTVA", Euros(amount.tva));
  xml.Close();
}

// The two sections of a budget (investissement, fonctionnement) have accounts of their own; a
// mandat and all its lines belong to one.
bool IsInvestissement(const Plan& plan, const PiecePlace& place) {
  constexpr int64_t kSection = -2;
  return plan.WordsOf(place, kSection).OneIn(4);
}

const Imputation& DepenseImputation(bool investissement, Random& words) {
  return investissement ? words.Pick(kInvestissement) : words.Pick(kFonctionnement);
}

void WriteMandat(const Plan& plan, const PiecePlace& place, XmlWriter& xml) {
  Random words = plan.WordsOf(place);
  const bool investissement = IsInvestissement(plan, place);
  const absl::CivilDay day = plan.Day(place.domain, place.bordereau);
  xml.Open("BlocPiece");
  xml.Open("InfoPce");
  xml.Value("CodServ", absl::StrFormat("SERV%02d", words.Below(12) + 1));
  xml.Value("IdPce", plan.IdPce(place));
  xml.Value("TypPce", "01");
  xml.Value("NatPce", investissement ? "02" : "01");
  xml.Value("Obj", ObjectOf(DepenseImputation(investissement, words).object, words, xml));
  xml.Value("DteEch", IsoDate(day + 30));
  WritePjRefs(plan, place, xml);
  xml.Close();
  if (words.OneIn(2)) {
    xml.Open("DGP");
    xml.LooseValue("Dgp", "0");
    xml.Value("DteDebDgp", IsoDate(day - 12));
    xml.Value("DteFinDgp", IsoDate(day + 18));
    xml.Value("DureeDgp", "30");
    xml.Close();
  }
  xml.Close();
}

void WriteLigneMandat(const Plan& plan, const PiecePlace& place, int64_t line, XmlWriter& xml) {
  Random words = plan.WordsOf(place, line);
  const Imputation& imputation = DepenseImputation(IsInvestissement(plan, place), words);
  const Amount amount = plan.LineAmount(place, line);
  xml.Open("LigneDePiece");
  xml.Open("BlocLignePiece");
  xml.Open("InfoLignePce");
  xml.Value("IdLigne", line + 1);
  xml.Value("Nature", imputation.nature);
  xml.Value("Fonction", imputation.fonction);
  xml.Value("Facture", absl::StrFormat("F%d-%05d", plan.spec().exercice, words.Below(100'000)));
  xml.Value("LibVir1", ObjectOf(imputation.object, words, xml));
  xml.Value("ModRegl", "03");
  xml.LooseValue("TVAIntraCom", "0");
  xml.Value("MtHT", Euros(amount.ht));
  if (amount.tva > 0) xml.Value("MtTVA", Euros(amount.tva));
  xml.Close();
  xml.Close();
  WriteTiers(Domain::kDepense, words, xml);
  xml.Close();
}

void WriteTitre(const Plan& plan, const PiecePlace& place, XmlWriter& xml) {
  Random words = plan.WordsOf(place);
  xml.Open("BlocPiece");
  xml.Value("CodServ", absl::StrFormat("SERV%02d", words.Below(12) + 1));
  xml.Value("IdPce", plan.IdPce(place));
  xml.Value("TypPce", "01");
  xml.Value("NatPce", "01");
  xml.Value("DteAsp", IsoDate(plan.Day(place.domain, place.bordereau) + 5));
  xml.Value("Edition", "04");
  xml.Value("ObjPce", ObjectOf(words.Pick(kRecettes).object, words, xml));
  WritePjRefs(plan, place, xml);
  // The only text of the schema that admits line breaks (since set 5.14).
  if (xml.oddities() && words.OneIn(2))
    xml.Value("CodeService", "Accueil\r\nde l'été\tet\nd'hiver");
  xml.Close();
}

void WriteLigneTitre(const Plan& plan, const PiecePlace& place, int64_t line, XmlWriter& xml) {
  Random words = plan.WordsOf(place, line);
  const Imputation& imputation = words.Pick(kRecettes);
  const Amount amount = plan.LineAmount(place, line);
  xml.Open("LigneDePiece");
  xml.Open("BlocLignePiece");
  xml.Open("InfoLignePiece");
  xml.Value("IdLigne", line + 1);
  xml.Value("ObjLignePce", ObjectOf(imputation.object, words, xml));
  xml.Value("CodProdLoc", absl::StrFormat("R%03d", words.Below(1000)));
  xml.Value("Nature", imputation.nature);
  xml.Value("Fonction", imputation.fonction);
  xml.LooseValue("Majo", "0");
  xml.LooseValue("TvaIntraCom", "false");
  xml.Value("MtHT", Euros(amount.ht));
  if (amount.tva > 0) xml.Value("MtTVA", Euros(amount.tva));
  xml.Close();
  xml.Close();
  WriteTiers(Domain::kRecette, words, xml);
  xml.Close();
}

void WritePiece(const Plan& plan, const PiecePlace& place, XmlWriter& xml) {
  const bool depense = place.domain == Domain::kDepense;
  xml.Open("Piece");
  depense ? WriteMandat(plan, place, xml) : WriteTitre(plan, place, xml);
  for (int64_t line = 0; line < plan.spec().lines && xml.status().ok(); ++line) {
    depense ? WriteLigneMandat(plan, place, line, xml) : WriteLigneTitre(plan, place, line, xml);
  }
  xml.Close();
}

void WriteHeader(const Plan& plan, Domain domain, XmlWriter& xml) {
  xml.Open(NamesOf(domain).header);
  xml.Value("IdVer", "2");
  if (plan.spec().dematerialisee != Dematerialisee::kAbsent) {
    xml.Value("InfoDematerialisee", plan.spec().dematerialisee == Dematerialisee::kYes ? "1" : "0");
  }
  xml.Close();
}

}  // namespace

void WriteDomain(const Plan& plan, Domain domain, XmlWriter& xml) {
  if (plan.Bordereaux(domain) == 0) return;
  xml.Open(NamesOf(domain).element);
  WriteHeader(plan, domain, xml);
  int64_t year_to_date = plan.EarlierAmount(domain);
  for (int64_t bordereau = 0; bordereau < plan.Bordereaux(domain) && xml.status().ok();
       ++bordereau) {
    const Amount amount = plan.BordereauAmount(domain, bordereau);
    year_to_date += amount.ht;
    const std::string id = BordereauId(domain, bordereau);
    std::vector<Attribute> attributes;
    if (plan.spec().bordereau_ids) attributes.push_back({"Id", id});
    xml.Open("Bordereau", attributes);
    WriteBlocBordereau(plan, domain, bordereau, amount, year_to_date, xml);
    for (int64_t piece = 0; piece < plan.spec().pieces; ++piece) {
      WritePiece(plan, {domain, bordereau, piece}, xml);
    }
    xml.Close();
  }
  xml.Close();
}

}  // namespace sceau::gen
