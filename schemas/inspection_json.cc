#include "schemas/inspection_json.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/acquit_json.h"
#include "schemas/acte_json.h"

namespace sceau::schemas {
namespace {

// Of a budget act, or of the one in a CFU.
Json BudgetActJson(const BudgetFacts& it) {
  Json budgets = Json::array();
  for (const Budget& budget : it.budgets) {
    const auto present = std::count_if(budget.summary.begin(), budget.summary.end(),
                                       [](const Annex& annex) { return annex.present; });
    budgets.push_back({{"label", budget.label},
                       {"siret", NullIfEmpty(budget.siret)},
                       {"codCol", NullIfEmpty(budget.cod_col)},
                       {"codBud", NullIfEmpty(budget.cod_bud)},
                       {"nomenclature", NullIfEmpty(budget.nomenclature)},
                       {"natDec", NullIfEmpty(budget.nat_dec)},
                       {"exercice", NullIfEmpty(budget.exercice)},
                       {"lines", budget.lines},
                       {"annexesPresent", present},
                       {"annexesListed", budget.summary.size()},
                       {"line", NullIfUnknown(budget.line)}});
  }
  return {{"schemaVersion", NullIfEmpty(it.schema_version)},
          {"date", NullIfEmpty(it.date)},
          {"budgets", std::move(budgets)},
          {"seal",
           {{"state", NameOf(it.seal.state)},
            {"date", NullIfEmpty(it.seal.date)},
            {"md5", NullIfEmpty(it.seal.stated.md5)},
            {"sha1", NullIfEmpty(it.seal.stated.sha1)},
            {"line", NullIfUnknown(it.seal.line)}}}};
}

Json CollectiviteJson(const Inspection& inspection) {
  if (inspection.budget) {
    const BudgetFacts& act = *inspection.budget;
    const Budget first = act.budgets.empty() ? Budget() : act.budgets.front();
    return {{"idPost", act.id_post},
            {"idColl", act.id_coll},
            {"codCol", first.cod_col},
            {"codBud", first.cod_bud},
            {"libelle", act.libelle}};
  }
  if (inspection.kind != Kind::kPesAller) return nullptr;
  const Collectivite& it = inspection.pes.collectivite;
  return {{"idPost", it.id_post},
          {"idColl", it.id_coll},
          {"codCol", it.cod_col},
          {"codBud", it.cod_bud},
          {"libelle", it.libelle}};
}

Json BordereauJson(const Bordereau& it, const PesFacts& pes) {
  return {{"ref", it.Ref()},
          {"id", it.id ? Json(*it.id) : Json(nullptr)},
          {"domain", NameOf(it.domain)},
          {"exercice", it.exercice},
          {"number", it.number},
          {"type", it.type},
          {"date", NullIfEmpty(it.date)},
          {"pieces", it.pieces},
          {"amountHT", NullIfEmpty(it.amount_ht)},
          {"dematerialisee", pes.Of(it.domain).Dematerialisee()},
          {"piecesJustificatives", it.pieces_justificatives},
          {"signed", it.signatures > 0},
          {"line", NullIfUnknown(it.line)}};
}

Json SignatureJson(const SignatureFacts& it) {
  return {{"id", NullIfEmpty(it.id)}, {"scope", NameOf(it.scope)}, {"of", NullIfEmpty(it.of)}};
}

Json PdfJson(const contents::PdfFacts& it) {
  Json signatures = Json::array();
  for (const contents::PdfSignature& signature : it.signatures) {
    signatures.push_back({{"field", NullIfEmpty(signature.field)},
                          {"subFilter", NullIfEmpty(signature.sub_filter)},
                          {"name", NullIfEmpty(signature.name)},
                          {"claimedTime", NullIfEmpty(signature.date)}});
  }
  return {{"version", NullIfEmpty(it.version)},
          {"pages", it.pages},
          {"imageOnlyPages", it.image_only_pages},
          {"encrypted", it.encrypted},
          {"damaged", it.repaired},
          {"signatures", std::move(signatures)}};
}

Json MembersJson(const contents::ZipFacts& it) {
  Json members = Json::array();
  for (const contents::ZipMember& member : it.members) {
    members.push_back({{"name", member.name},
                       {"size", member.encrypted ? Json(nullptr) : Json(member.size)},
                       {"encrypted", member.encrypted}});
  }
  return members;
}

Json SignaturesJson(const Inspection& inspection) {
  Json out = Json::array();
  for (const SignatureFacts& it : inspection.pes.signatures) out.push_back(SignatureJson(it));
  return out;
}

// An XML document in an attachment.
Json DocumentJson(const Inspection& it, Lang lang) {
  Json anomalies = Json::array();
  for (const Finding& finding : it.anomalies) anomalies.push_back(FindingJson(finding, lang));
  Json out = {{"kind", NameOf(it.kind)},
              {"schemaSet", NullIfEmpty(it.schema_set)},
              {"encoding", NullIfEmpty(it.encoding)},
              {"collectivite", CollectiviteJson(it)},
              {"signatures", SignaturesJson(it)},
              {"anomalies", std::move(anomalies)}};
  if (it.budget) out["budgetAct"] = BudgetActJson(*it.budget);
  return out;
}

Json OpenedJson(const OpenedContent& it, Lang lang) {
  Json out = Json::object();
  if (it.facts.pdf) out["pdf"] = PdfJson(*it.facts.pdf);
  if (it.facts.zip) out["members"] = MembersJson(*it.facts.zip);
  if (it.document) out["document"] = DocumentJson(*it.document, lang);
  return out;
}

Json PieceJustificativeJson(const PieceJustificative& it,
                            const std::vector<std::string>& bordereaux, Lang lang) {
  return {{"id", it.id},
          {"name", it.name},
          {"type", NullIfEmpty(it.type)},
          {"mimeType", NullIfEmpty(it.mime_type)},
          {"size", it.size ? Json(*it.size) : Json(nullptr)},
          {"sha256", NullIfEmpty(it.sha256)},
          {"contentType", it.size ? Json(NameOf(it.content)) : Json(nullptr)},
          {"content", it.opened == nullptr ? Json(nullptr) : OpenedJson(*it.opened, lang)},
          {"referencedBy", bordereaux},
          {"line", NullIfUnknown(it.line)}};
}

// For each IdUnique, the bordereaux that point to it.
std::map<std::string_view, std::vector<std::string>> ReferencesOf(const PesFacts& pes) {
  std::map<std::string_view, std::vector<std::string>> references;
  for (const Bordereau& bordereau : pes.bordereaux) {
    for (const std::string& id : bordereau.pieces_justificatives) {
      references[id].push_back(bordereau.Name());
    }
  }
  return references;
}

}  // namespace

Json FindingJson(const Finding& finding, Lang lang) {
  return {{"severity", NameOf(finding.severity)},
          {"rule", finding.rule},
          {"line", NullIfUnknown(finding.place.line)},
          {"column", NullIfUnknown(finding.place.column)},
          {"element", NullIfEmpty(finding.place.element)},
          {"value", NullIfEmpty(finding.value)},
          {"text", Describe(finding, lang)}};
}

void WriteJson(const Inspection& inspection, Lang lang, const TextSink& sink) {
  const PesFacts& pes = inspection.pes;
  JsonStream json(sink);
  json.Field("kind", NameOf(inspection.kind));
  json.Field("schemaSet", NullIfEmpty(inspection.schema_set));
  json.Field("encoding", NullIfEmpty(inspection.encoding));
  json.Field("size", inspection.size);
  json.Field("sha256", inspection.sha256);
  json.Field("collectivite", CollectiviteJson(inspection));
  json.BeginArray("bordereaux");
  for (const Bordereau& it : pes.bordereaux) json.Element(BordereauJson(it, pes));
  json.EndArray();

  const auto references = ReferencesOf(pes);
  json.BeginArray("piecesJustificatives");
  for (const PieceJustificative& it : pes.pieces_justificatives) {
    const auto found = references.find(it.id);
    json.Element(PieceJustificativeJson(
        it, found == references.end() ? std::vector<std::string>() : found->second, lang));
  }
  json.EndArray();
  if (inspection.opened) json.Field("content", OpenedJson(*inspection.opened, lang));
  if (inspection.acquit) {
    json.Field("answers", NullIfEmpty(inspection.acquit->file_name));
    json.BeginArray("acquit");
    for (const AcquitElement& it : inspection.acquit->elements) json.Element(AcquitElementJson(it));
    json.EndArray();
  }
  if (inspection.acte) json.Field("acte", ActeJson(*inspection.acte));
  if (inspection.budget) json.Field("budgetAct", BudgetActJson(*inspection.budget));

  json.BeginArray("signatures");
  for (const SignatureFacts& it : pes.signatures) {
    json.Element(SignatureJson(it));
  }
  json.EndArray();
  json.BeginArray("anomalies");
  for (const Finding& it : inspection.anomalies) json.Element(FindingJson(it, lang));
  json.EndArray();
  json.Finish();
}

std::string ToJson(const Inspection& inspection, Lang lang) {
  std::string text;
  WriteJson(inspection, lang, [&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace sceau::schemas
