#include "tools/sceau/inspection_text.h"

#include <string_view>

#include "base/strings.h"
#include "tools/sceau/display.h"
#include "tools/sceau/findings_text.h"

namespace sceau::cli {
namespace {

using schemas::Inspection;

class Writer {
 public:
  Writer(const Inspection& inspection, Lang lang) : it_(inspection), lang_(lang) {}

  std::string Write(const std::string& file) {
    Line(Printable(file), In(" : ", ": "), NameOf(it_.kind),
         it_.encoding.empty() ? std::string() : Concat(", ", it_.encoding), ", ",
         Size(it_.size, lang_));
    Line("  SHA-256 ", it_.sha256);
    if (!it_.schema_set.empty()) Line(In("  Schémas ", "  Schemas "), it_.schema_set);
    if (it_.kind == schemas::Kind::kPesAller) Pes();
    if (it_.kind == schemas::Kind::kChorusPivot) Attachments();
    if (it_.budget) BudgetAct();
    if (it_.acte) Acte();
    if (it_.opened) Line("  ", Opened(*it_.opened));
    if (it_.acquit) Acquit();
    Anomalies();
    return std::move(out_);
  }

 private:
  std::string_view In(std::string_view fr, std::string_view en) const {
    return Text{fr, en}.In(lang_);
  }
  template <typename... T>
  void Line(const T&... pieces) {
    AppendTo(out_, pieces..., "\n");
  }

  void Pes() {
    const schemas::Collectivite& collectivite = it_.pes.collectivite;
    Line(In("  Collectivité : ", "  Collectivité: "), Printable(collectivite.libelle), " (SIRET ",
         Printable(collectivite.id_coll), ", CodCol ", Printable(collectivite.cod_col), ", CodBud ",
         Printable(collectivite.cod_bud), ", IdPost ", Printable(collectivite.id_post), ")");
    Section(In("Bordereaux", "Bordereaux"), it_.pes.bordereaux.size());
    for (const schemas::Bordereau& it : it_.pes.bordereaux) Bordereau(it);
    Attachments();
    Signatures();
  }

  void Attachments() {
    Section(In("Pièces justificatives", "Supporting documents"),
            it_.pes.pieces_justificatives.size());
    for (const schemas::PieceJustificative& it : it_.pes.pieces_justificatives) {
      Line("    ", Printable(it.id), "  ", Printable(it.name),
           it.type.empty() ? std::string() : Concat("  type ", Printable(it.type)),
           it.size ? Concat("  ", Size(*it.size, lang_)) : std::string(),
           it.opened == nullptr ? std::string() : Concat("  ", Opened(*it.opened)));
    }
  }

  void Signatures() {
    Section("Signatures", it_.pes.signatures.size());
    for (const schemas::SignatureFacts& it : it_.pes.signatures) {
      Line("    ", Printable(it.id), "  ", NameOf(it.scope), "  ", Printable(it.of));
    }
  }

  void Acte() {
    const schemas::ActeFacts& act = *it_.acte;
    Line("  ", Printable(act.message), " ", Printable(act.number), " ", Printable(act.date), "  ",
         Printable(act.subject));
    Section(In("Fichiers", "Files"), act.files.size());
    for (const schemas::ActeFile& it : act.files) {
      Line("    ", it.element, "  ", Printable(it.name), "  ",
           it.has_signature ? In("signé", "signed") : In("non signé", "not signed"));
    }
  }

  std::string Opened(const schemas::OpenedContent& it) const {
    if (it.facts.zip) {
      return Concat("ZIP, ", Count(static_cast<int64_t>(it.facts.zip->members.size()),
                                   In("fichier", "member"), In("fichiers", "members")));
    }
    if (it.document) {
      return Concat(NameOf(it.document->kind), ", ",
                    Count(static_cast<int64_t>(it.document->pes.signatures.size()), "signature",
                          "signatures"),
                    it.document->budget
                        ? Concat(", ", NameOf(it.document->budget->seal.state))
                        : std::string());
    }
    if (!it.facts.pdf) return "";
    const contents::PdfFacts& pdf = *it.facts.pdf;
    return Concat("PDF ", Printable(pdf.version), ", ", Count(pdf.pages, "page", "pages"), ", ",
                  Count(static_cast<int64_t>(pdf.signatures.size()), "signature", "signatures"));
  }

  void BudgetAct() {
    const schemas::BudgetFacts& act = *it_.budget;
    Line(In("  Collectivité : ", "  Collectivité: "), Printable(act.libelle), " (SIRET ",
         Printable(act.id_coll), ", IdPost ", Printable(act.id_post), ")");
    Line(In("  Scellement : ", "  Seal: "), NameOf(act.seal.state), " ", Printable(act.seal.date));
    Section("Budgets", act.budgets.size());
    for (const schemas::Budget& it : act.budgets) {
      Line("    ", Printable(it.label), "  CodBud ", Printable(it.cod_bud), "  ",
           Printable(it.nomenclature), "  NatDec ", Printable(it.nat_dec),
           In("  exercice ", "  year "), Printable(it.exercice), "  ",
           Count(it.lines, In("ligne", "line"), In("lignes", "lines")));
    }
    Signatures();
  }

  // What it refuses stands among the anomalies.
  void Acquit() {
    const schemas::Collectivite& of = it_.acquit->collectivite;
    Line(In("  Répond au fichier ", "  Answers the file "), Printable(it_.acquit->file_name),
         " (SIRET ", Printable(of.id_coll), ", IdPost ", Printable(of.id_post), ")");
    Section(In("Éléments", "Elements"), it_.acquit->elements.size());
    for (const schemas::AcquitElement& it : it_.acquit->elements) {
      Line("    ", Printable(AcquitDomainName(it)), "  ", Printable(it.exercice), " ",
           Printable(it.number), Printable(it.id_unique), "  ",
           it.accepted ? In("accepté", "accepted") : In("rejeté", "rejected"));
    }
  }

  void Section(std::string_view name, size_t count) {
    Line("");
    Line("  ", name, In(" : ", ": "), count);
  }

  void Bordereau(const schemas::Bordereau& it) {
    const bool dematerialised = it_.pes.Of(it.domain).Dematerialisee();
    Line("    ", Printable(it.Ref()), it.id ? Concat("  Id ", Printable(*it.id)) : std::string(),
         "  ", Date(it.date, lang_), "  ",
         Count(it.pieces, In("pièce", "piece"), In("pièces", "pieces")), "  ",
         Amount(it.amount_ht, lang_), "  ",
         dematerialised ? In("dématérialisé", "dematerialised") : In("papier", "paper"), "  ",
         it.signatures > 0             ? In("signé", "signed")
         : it_.pes.root_signatures > 0 ? In("dans le fichier signé", "in the signed file")
                                       : In("non signé", "not signed"));
  }

  void Anomalies() {
    if (it_.anomalies.empty()) return;
    Section(In("Anomalies", "Anomalies"), it_.anomalies.size());
    for (const schemas::Finding& it : it_.anomalies) Line("    ", FindingLine(it, lang_));
  }

  const Inspection& it_;
  const Lang lang_;
  std::string out_;
};

}  // namespace

std::string InspectionText(const std::string& file, const Inspection& inspection, Lang lang) {
  return Writer(inspection, lang).Write(file);
}

}  // namespace sceau::cli
