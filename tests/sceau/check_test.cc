// The real program: schema sets installed, files checked against them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json.h"
#include "tests/sceau/files.h"
#include "tests/sceau/run_command.h"
#include "tests/support/acte_document.h"
#include "tests/support/pdf_document.h"

namespace sceau::cli {
namespace {

using testing::HasSubstr;

class SceauCheck : public testing::Test {
 protected:
  SceauCheck() {
    std::filesystem::create_directory(In(folder_, "set-1.0"));
    folder_.Write("set-1.0/acquit.xsd", Acquit(""));
    std::filesystem::create_directory(In(folder_, "set-2.0"));
    folder_.Write("set-2.0/acquit.xsd", Acquit("<xs:element name='new'/>"));
    sets_ = In(folder_, "sets");
  }
  // A document that holds <old/>, then what `more` declares.
  static std::string Acquit(const std::string& more) {
    return "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='" + kNamespace +
           "'><xs:element name='PES_ACQUIT'><xs:complexType><xs:sequence><xs:element name='old' "
           "type='xs:date'/>" + more + "</xs:sequence></xs:complexType></xs:element></xs:schema>";
  }
  std::string Document(const std::string& content) {
    return folder_.Write("acquit.xml", "<n:PES_ACQUIT xmlns:n='" + kNamespace + "'>\n" + content + "</n:PES_ACQUIT>");
  }
  Ended Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--schemas", sets_, "--json"});
    return RunSceau(folder_, arguments);
  }
  void ImportBoth() {
    ASSERT_EQ(Run({"schemas", "import", In(folder_, "set-1.0")}).code, 0);
    ASSERT_EQ(Run({"schemas", "import", In(folder_, "set-2.0"), "--in-force-from", "2025-01-01"}).code, 0);
  }

  inline static const std::string kNamespace =
      "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/retour/v2";
  TemporaryFolder folder_;
  std::string sets_;
};

TEST_F(SceauCheck, ImportedSetsAreListedNewestFirst) {
  ImportBoth();
  const Ended run = Run({"schemas", "list"});
  EXPECT_EQ(run.code, 0);
  const Json sets = Json::parse(run.out)["sets"];
  ASSERT_EQ(sets.size(), 3u);
  EXPECT_EQ(sets[0]["name"], "2.0");
  EXPECT_EQ(sets[0]["inForceFrom"], "2025-01-01");
  EXPECT_EQ(sets[1]["name"], "1.0");
  EXPECT_EQ(sets[2]["name"], "sceau");
  EXPECT_EQ(Run({"schemas", "import", In(folder_, "set-1.0")}).code, 73);
}

TEST_F(SceauCheck, TheSetThatMatchedIsNamed) {
  ImportBoth();
  const Ended run = Run({"check", Document("<old>2024-01-01</old><new/>")});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  const Json json = Json::parse(run.out);
  EXPECT_EQ(json["schemaSet"], "2.0");
  EXPECT_EQ(json["anomalies"], Json::array());
}

TEST_F(SceauCheck, AnOlderSetIsOutdatedOnceTheNewerIsInForce) {
  ImportBoth();
  const std::string document = Document("<old>2024-01-01</old>");
  const Json late = Json::parse(Run({"check", document, "--at", "2025-01-01T00:00:00Z"}).out);
  EXPECT_EQ(late["schemaSet"], "1.0");
  ASSERT_EQ(late["anomalies"].size(), 1u);
  EXPECT_EQ(late["anomalies"][0]["rule"], "SCHEMA_SET_OUTDATED");
  const Json early = Json::parse(Run({"check", document, "--at", "2024-12-31T00:00:00Z"}).out);
  EXPECT_EQ(early["schemaSet"], "1.0");
  EXPECT_EQ(early["anomalies"], Json::array());
}

TEST_F(SceauCheck, AnErrorHasItsPlaceAndEndsWith1) {
  ImportBoth();
  const std::string document = Document("<old>hier</old>");
  const Ended run = Run({"check", document, "--schema", "1.0"});
  EXPECT_EQ(run.code, 1) << run.err;
  const Json json = Json::parse(run.out);
  EXPECT_TRUE(json["schemaSet"].is_null());
  EXPECT_EQ(json["nearestSet"], "1.0");
  EXPECT_EQ(json["errors"], 1);
  const Json& said = json["anomalies"][0];
  EXPECT_EQ(said["rule"], "SCHEMA_VALUE_TYPE");
  EXPECT_EQ(said["line"], 2);
  EXPECT_EQ(said["column"], 1);
  EXPECT_EQ(said["element"], "/n:PES_ACQUIT/old");
  EXPECT_EQ(said["value"], "hier");
  const Ended text = RunSceau(folder_, {"check", document, "--schemas", sets_});
  EXPECT_EQ(text.code, 1);
  EXPECT_THAT(text.out, HasSubstr("La valeur n'est pas du type"));
  EXPECT_THAT(text.out, HasSubstr("(ligne 2, colonne 1)"));
}

TEST_F(SceauCheck, AMessageIsCheckedWithTheFilesThatTravelWithIt) {
  const std::string message =
      folder_.Write("message.xml", test::MakeActe({.annexes = {"plan.pdf"}}));
  const std::string act =
      folder_.Write("acte.pdf", test::PdfOfPages({std::string(test::kTextPage)}));
  const std::string other = folder_.Write("autre.pdf", ReadFile(act));
  const Ended missing = Run({"check", message, "--content", act});
  EXPECT_EQ(missing.code, 0) << missing.err;
  const Json anomalies = Json::parse(missing.out)["anomalies"];
  ASSERT_EQ(anomalies.size(), 1u) << missing.out;
  EXPECT_EQ(anomalies[0]["rule"], "ACTE_FILE_NOT_GIVEN");
  EXPECT_EQ(anomalies[0]["value"], "plan.pdf");
  EXPECT_EQ(anomalies[0]["element"], "/actes:Acte/actes:Annexes/actes:Annexe[1]");
  const Ended unknown = Run({"check", message, "--content", act, "--content", other});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_EQ(Json::parse(unknown.out)["anomalies"][0]["rule"], "ACTE_FILE_UNKNOWN");
}

TEST_F(SceauCheck, RefusalsKeepTheirCodes) {
  EXPECT_EQ(Run({"check", Document("<old/>"), "--schema", "9"}).code, 64);
  EXPECT_EQ(Run({"check", folder_.Write("x.xml", "<!DOCTYPE a><a/>")}).code, 65);
  EXPECT_EQ(Run({"schemas", "import", In(folder_, "nothing")}).code, 65);
  EXPECT_EQ(Run({"schemas", "import", In(folder_, "set-1.0"), "--name", "../x"}).code, 64);
}

}  // namespace
}  // namespace sceau::cli
