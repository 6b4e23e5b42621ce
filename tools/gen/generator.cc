#include "tools/gen/generator.h"

#include <string>
#include <vector>

#include "base/strings.h"
#include "tools/gen/attachment.h"
#include "tools/gen/bordereau.h"
#include "tools/gen/envelope.h"
#include "tools/gen/plan.h"
#include "tools/gen/xml_writer.h"

namespace sceau::gen {
namespace {

// What producers declare on the root, used or not.
constexpr Attribute kNamespaces[] = {
    {"xmlns:n", "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller"},
    {"xmlns:acta", "http://www.minefi.gouv.fr/cp/helios/pes_v2/etatactif/r0/aller"},
    {"xmlns:buda", "http://www.minefi.gouv.fr/cp/helios/pes_v2/budget/r0/aller"},
    {"xmlns:cm", "http://www.minefi.gouv.fr/cp/helios/pes_v2/commun"},
    {"xmlns:depa", "http://www.minefi.gouv.fr/cp/helios/pes_v2/depense/r0/aller"},
    {"xmlns:ds", "http://www.w3.org/2000/09/xmldsig#"},
    {"xmlns:empa", "http://www.minefi.gouv.fr/cp/helios/pes_v2/emprunt/r0/aller"},
    {"xmlns:mara", "http://www.minefi.gouv.fr/cp/helios/pes_v2/marche/r0/aller"},
    {"xmlns:reca", "http://www.minefi.gouv.fr/cp/helios/pes_v2/recette/r0/aller"},
    {"xmlns:rola", "http://www.minefi.gouv.fr/cp/helios/pes_v2/role/r0/aller"},
    {"xmlns:xad", "http://uri.etsi.org/01903/v1.1.1#"},
    {"xmlns:xenc", "http://www.w3.org/2001/04/xmlenc#"},
    {"xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"},
};

void OpenRoot(const PesSpec& spec, XmlWriter& xml) {
  std::vector<Attribute> attributes;
  for (const Attribute& attribute : kNamespaces) {
    if (spec.ds_prefix || attribute.name != "xmlns:ds") attributes.push_back(attribute);
  }
  if (spec.root_id) attributes.push_back({"Id", kRootId});
  xml.Open("n:PES_Aller", attributes);
}

}  // namespace

void WriteEnveloppe(const Plan& plan, XmlWriter& xml) {
  const Collectivite& collectivite = plan.collectivite();
  xml.Open("Enveloppe");
  xml.Open("Parametres");
  xml.Value("Version", "2");
  xml.Value("TypFic", "PESALR2");
  xml.Value("NomFic", Concat("PESALR2_", collectivite.siret, "_", IsoDate(plan.LastDay()), "_",
                             plan.spec().seed, ".xml"));
  xml.Close();
  xml.Open("Emetteur");
  xml.Value("Sigle", "ORDONNATEUR");
  xml.Value("Adresse", Concat("Mairie de ", collectivite.place));
  xml.Close();
  xml.Open("Recepteur");
  xml.Value("Sigle", "HELIOS");
  xml.Value("Adresse", "Trésorerie");
  xml.Close();
  xml.Close();
}

void WriteEnTetePes(const Plan& plan, XmlWriter& xml) {
  const Collectivite& collectivite = plan.collectivite();
  xml.Open("EnTetePES");
  xml.Value("DteStr", IsoDate(plan.LastDay()));
  xml.Value("IdPost", collectivite.id_post);
  xml.Value("IdColl", collectivite.siret);
  xml.Value("CodCol", collectivite.cod_col);
  xml.Value("CodBud", collectivite.cod_bud);
  xml.Value("LibelleColBud", Concat("Commune de ", collectivite.place));
  xml.Close();
}

StatusOr<PesSummary> WritePes(const PesSpec& spec, const Sink& sink) {
  SCEAU_RETURN_IF_ERROR(CheckSpec(spec));
  const Plan plan(spec);
  XmlWriter xml(spec.layout, spec.seed, sink);
  xml.Prolog();
  OpenRoot(spec, xml);
  WriteEnveloppe(plan, xml);
  WriteEnTetePes(plan, xml);
  WriteDomain(plan, Domain::kDepense, xml);
  WriteDomain(plan, Domain::kRecette, xml);
  if (spec.attachments > 0) WritePesPj(plan, xml);
  xml.Close();
  xml.Epilog();
  SCEAU_RETURN_IF_ERROR(xml.status());

  PesSummary summary;
  summary.bytes = xml.bytes();
  summary.bordereaux = int64_t{spec.depense} + spec.recette;
  summary.pieces = plan.PieceCount();
  summary.lines = summary.pieces * spec.lines;
  summary.attachments = spec.attachments;
  return summary;
}

StatusOr<std::string> PesText(const PesSpec& spec) {
  std::string out;
  const auto append = [&](std::string_view bytes) {
    out.append(bytes);
    return OkStatus();
  };
  SCEAU_RETURN_IF_ERROR(WritePes(spec, append).status());
  return out;
}

}  // namespace sceau::gen
