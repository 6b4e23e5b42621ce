#include "tests/support/acte_document.h"

#include "base/strings.h"

namespace sceau::test {
namespace {

class Writer {
 public:
  explicit Writer(const ActeSpec& spec)
      : spec_(spec), p_(spec.prefix.empty() ? "" : spec.prefix + ":") {}

  std::string Act() { return Document(Data("Acte", " " + Root())); }

  std::string Receipt() {
    return Document(Concat(
        "<", p_, "ARActe ", Root(), A("DateReception", "2025-03-15"),
        A("IDActe", "988-219800000-20250314-" + spec_.number + "-DE"), ">\n", Data("ActeRecu", ""),
        Element("ClassificationDateVersionEnCours", "2024-01-01"), "</", p_, "ARActe>\n"));
  }

  std::string Anomaly(const std::string& detail) {
    return Document(Concat(
        "<", p_, "AnomalieActe ", Root(), ">\n", Element("Date", "2025-03-15"),
        Element("Nature", "007"), Element("Detail", detail), Data("ActeRecu", ""),
        Element("ClassificationDateVersionEnCours", "2024-01-01"), "</", p_, "AnomalieActe>\n"));
  }

  std::string Envelope(const std::string& form) {
    return Document(Concat(
        "<", p_, "EnveloppeCLMISILL ", Root(), " xmlns:insee=\"http://xml.insee.fr/schema\">\n<",
        p_, "Emetteur><", p_, "IDCL insee:SIREN=\"219800000\"", A("Departement", "988"),
        A("Arrondissement", "1"), A("Nature", "31"), "/></", p_, "Emetteur>\n<", p_,
        "AdressesRetour>", Element("Email", "actes@commune.example.nc"), "</", p_,
        "AdressesRetour>\n<", p_, "FormulairesEnvoyes>\n", File("Formulaire", form), "</", p_,
        "FormulairesEnvoyes>\n</", p_, "EnveloppeCLMISILL>\n"));
  }

 private:
  // The attributes are in the namespace, so they need a prefix in any case.
  std::string Root() const {
    const std::string uri = "http://www.interieur.gouv.fr/ACTES#v1.1-20040216";
    return spec_.prefix.empty() ? Concat("xmlns=\"", uri, "\" xmlns:a=\"", uri, "\"")
                                : Concat("xmlns:", spec_.prefix, "=\"", uri, "\"");
  }
  std::string A(const std::string& name, const std::string& value) const {
    return Concat(" ", spec_.prefix.empty() ? "a" : spec_.prefix, ":", name, "=\"", value, "\"");
  }
  std::string Element(const std::string& name, const std::string& text) const {
    return Concat("<", p_, name, ">", text, "</", p_, name, ">\n");
  }
  std::string File(const std::string& name, const std::string& file) const {
    return Concat("<", p_, name, ">\n  ", Element("NomFichier", file), "</", p_, name, ">\n");
  }
  std::string Data(const std::string& name, const std::string& more) const {
    std::string annexes;
    for (const std::string& it : spec_.annexes) annexes += File("Annexe", it);
    const auto stated =
        spec_.annexes_stated < 0 ? static_cast<int>(spec_.annexes.size()) : spec_.annexes_stated;
    return Concat("<", p_, name, more, A("Date", spec_.date), A("NumeroInterne", spec_.number),
                  A("CodeNatureActe", spec_.nature), ">\n<", p_, "CodeMatiere1",
                  A("CodeMatiere", "7"), "/>\n<", p_, "CodeMatiere2", A("CodeMatiere", "1"), "/>\n",
                  Element("Objet", Concat("D", spec_.latin1 ? "\xE9" : "\xC3\xA9", spec_.subject)),
                  Element("ClassificationDateVersion", "2024-01-01"),
                  File("Document", spec_.document), "<", p_, "Annexes", A("Nombre", Concat(stated)),
                  ">\n", annexes, "</", p_, "Annexes>\n</", p_, name, ">\n");
  }
  std::string Document(const std::string& root) const {
    return Concat("<?xml version=\"1.0\" encoding=\"", spec_.latin1 ? "ISO-8859-1" : "UTF-8",
                  "\"?>\n", root);
  }

  const ActeSpec& spec_;
  const std::string p_;
};

}  // namespace

std::string MakeActe(const ActeSpec& spec) { return Writer(spec).Act(); }
std::string MakeReceipt(const ActeSpec& spec) { return Writer(spec).Receipt(); }
std::string MakeAnomaly(const ActeSpec& spec, const std::string& detail) {
  return Writer(spec).Anomaly(detail);
}
std::string MakeEnvelope(const std::string& form) { return Writer(ActeSpec()).Envelope(form); }

}  // namespace sceau::test
