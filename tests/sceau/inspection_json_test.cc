#include "schemas/inspection_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace sceau::schemas {
namespace {

std::vector<std::string> KeysOf(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  return keys;
}

Inspection Example() {
  Inspection it;
  it.kind = Kind::kPesAller;
  it.schema_set = "5.17";
  it.encoding = "ISO-8859-1";
  it.size = 222043;
  it.sha256 = "ab";
  it.pes.collectivite = {"034000", "12345678900011", "123", "00", "COMMUNE"};
  it.pes.depense.info_dematerialisee = "1";
  it.pes.bordereaux.resize(2);
  Bordereau& depense = it.pes.bordereaux[0];
  depense.domain = Domain::kDepense;
  depense.id = "BORD12";
  depense.exercice = "2024";
  depense.type = "01";
  depense.number = "12";
  depense.date = "2024-04-02";
  depense.amount_ht = "1000.00";
  depense.pieces = 3;
  depense.pieces_justificatives = {"PJ1"};
  depense.signatures = 1;
  Bordereau& recette = it.pes.bordereaux[1];
  recette.domain = Domain::kRecette;
  recette.exercice = "2024";
  recette.type = "02";
  recette.number = "7";
  recette.pieces_justificatives = {"PJ1", "PJ9"};
  it.pes.pieces_justificatives.resize(2);
  PieceJustificative& read = it.pes.pieces_justificatives[0];
  read.id = "PJ1";
  read.name = "Facture_1.pdf";
  read.type = "003";
  read.mime_type = "application/pdf";
  read.size = 51234;
  read.sha256 = "cd";
  it.pes.pieces_justificatives[1].id = "PJ2";
  it.pes.signatures = {{"S1", Scope::kBordereau, "BORD12"}, {"S2", Scope::kOther, ""}};
  it.anomalies = {{Severity::kError, "INFO_DEMATERIALISEE_MISSING", {12, 5, "EnTeteRecette"}, "x"},
                  {Severity::kInfo, "RULE", {}, ""}};
  return it;
}

TEST(InspectionJson, HasTheFieldsOfTheContractInItsOrder) {
  const Json json = Json::parse(ToJson(Example(), Lang::kFr));
  EXPECT_EQ(KeysOf(json), (std::vector<std::string>{
                              "kind", "schemaSet", "encoding", "size", "sha256", "collectivite",
                              "bordereaux", "piecesJustificatives", "signatures", "anomalies"}));
  EXPECT_EQ(json["kind"], "PES_ALLER");
  EXPECT_EQ(json["schemaSet"], "5.17");
  EXPECT_EQ(json["size"], 222043);
  EXPECT_EQ(json["collectivite"]["idPost"], "034000");
  EXPECT_EQ(json["collectivite"]["idColl"], "12345678900011");
  EXPECT_EQ(json["collectivite"]["codCol"], "123");
  EXPECT_EQ(json["collectivite"]["codBud"], "00");
}

TEST(InspectionJson, SaysOfEachBordereauWhatTheContractAsks) {
  const Json json = Json::parse(ToJson(Example(), Lang::kFr));
  const Json& depense = json["bordereaux"][0];
  EXPECT_EQ(depense["ref"], "DEPENSE:2024:01:12");
  EXPECT_EQ(depense["id"], "BORD12");
  EXPECT_EQ(depense["domain"], "DEPENSE");
  EXPECT_EQ(depense["exercice"], "2024");
  EXPECT_EQ(depense["number"], "12");
  EXPECT_EQ(depense["type"], "01");
  EXPECT_EQ(depense["date"], "2024-04-02");
  EXPECT_EQ(depense["pieces"], 3);
  EXPECT_EQ(depense["amountHT"], "1000.00");
  EXPECT_EQ(depense["dematerialisee"], true);
  EXPECT_EQ(depense["piecesJustificatives"], Json({"PJ1"}));
  EXPECT_EQ(depense["signed"], true);

  const Json& recette = json["bordereaux"][1];
  EXPECT_TRUE(recette["id"].is_null());
  EXPECT_EQ(recette["dematerialisee"], false);
  EXPECT_EQ(recette["signed"], false);
}

TEST(InspectionJson, SaysWhichBordereauxPointToAnAttachment) {
  const Json json = Json::parse(ToJson(Example(), Lang::kFr));
  const Json& read = json["piecesJustificatives"][0];
  EXPECT_EQ(read["id"], "PJ1");
  EXPECT_EQ(read["name"], "Facture_1.pdf");
  EXPECT_EQ(read["type"], "003");
  EXPECT_EQ(read["mimeType"], "application/pdf");
  EXPECT_EQ(read["size"], 51234);
  EXPECT_EQ(read["sha256"], "cd");
  EXPECT_EQ(read["referencedBy"], Json({"BORD12", "RECETTE:2024:02:7"}));
  const Json& other = json["piecesJustificatives"][1];
  EXPECT_TRUE(other["size"].is_null());
  EXPECT_TRUE(other["sha256"].is_null());
  EXPECT_EQ(other["referencedBy"], Json::array());
}

TEST(InspectionJson, SaysSignaturesAndAnomaliesWithTheirPlace) {
  const Inspection it = Example();
  const Json json = Json::parse(ToJson(it, Lang::kEn));
  EXPECT_EQ(json["signatures"][0], (Json{{"id", "S1"}, {"scope", "BORDEREAU"}, {"of", "BORD12"}}));
  EXPECT_EQ(json["signatures"][1]["scope"], "OTHER");
  EXPECT_EQ(json["anomalies"][0], (Json{{"severity", "ERROR"},
                                        {"rule", "INFO_DEMATERIALISEE_MISSING"},
                                        {"line", 12},
                                        {"column", 5},
                                        {"element", "EnTeteRecette"},
                                        {"value", nullptr},
                                        {"text", Describe(it.anomalies[0], Lang::kEn)}}));
  EXPECT_EQ(json["anomalies"][1]["severity"], "INFO");
  EXPECT_TRUE(json["anomalies"][1]["line"].is_null());
}

TEST(InspectionJson, AFileThatIsNoPesHasNoCollectivite) {
  Inspection it;
  it.kind = Kind::kPdf;
  const Json json = Json::parse(ToJson(it, Lang::kFr));
  EXPECT_EQ(json["kind"], "PDF");
  EXPECT_TRUE(json["collectivite"].is_null());
  EXPECT_TRUE(json["encoding"].is_null());
  EXPECT_TRUE(json["schemaSet"].is_null());
  EXPECT_EQ(json["bordereaux"], Json::array());
}

TEST(InspectionJson, ValuesThatAreNotUtf8DoNotBreakTheDocument) {
  Inspection it = Example();
  it.pes.pieces_justificatives[0].name = "r\xE9sum\xE9.pdf";
  const Json json = Json::parse(ToJson(it, Lang::kFr));
  EXPECT_EQ(json["piecesJustificatives"][0]["name"], "r\xEF\xBF\xBDsum\xEF\xBF\xBD.pdf");
}

TEST(InspectionJson, IsWrittenOneBordereauAtATime) {
  Inspection it = Example();
  it.pes.bordereaux.resize(2000, it.pes.bordereaux[0]);
  size_t longest = 0, total = 0;
  WriteJson(it, Lang::kFr, [&](std::string_view piece) {
    longest = std::max(longest, piece.size());
    total += piece.size();
  });
  EXPECT_GT(total, 500'000u);
  EXPECT_LT(longest, 4096u);
}

}  // namespace
}  // namespace sceau::schemas
