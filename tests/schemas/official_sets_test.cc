// The official sets, imported, judge as xmllint does with the files as published.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "schemas/schema_import.h"
#include "tests/schemas/documents.h"
#include "tests/support/process.h"
#include "tests/support/shared_folder.h"

namespace sceau::schemas {
namespace {

using testing::ElementsAre;

struct Official {
  std::string name, folder;  // in the shared folder
  std::string root;          // the file that declares the document element of the tests
};
const Official kPes[] = {{"5.17", "schemas/schemas_pes_v5.17", "PES_V2/Rev0/PES_Aller.xsd"},
                         {"5.14", "schemas/schemas_pes_v5.14", "PES_V2/Rev0/PES_Aller.xsd"},
                         {"5.11", "schemas/schemas_pes_v5.11", "PES_V2/Rev0/PES_Aller.xsd"}};

class OfficialSets : public testing::Test {
 protected:
  void SetUp() override {
    SCEAU_REQUIRE_SHARED("schemas");
    for (const Official& it : kPes) {
      const auto set = ImportSchemaSet({.source = test::SharedFolder() + "/" + it.folder,
                                        .folder = sets_.path()});
      ASSERT_TRUE(set.ok()) << set.status();
      ASSERT_EQ(set->name, it.name);
    }
    catalog_ = CatalogOf(sets_.path());
  }

  // The sets that admit the text, newest first; each must say what xmllint says.
  std::vector<std::string> Admitting(const std::string& text) {
    const std::string path = folder_.Write("document.xml", text);
    std::vector<std::string> out;
    for (const Official& it : kPes) {
      const Check check = CheckText(text, catalog_, it.name);
      // That identifiers are unique is a rule of ours, for every set.
      const bool unique = std::none_of(check.findings.begin(), check.findings.end(),
                                       [](const Finding& f) { return f.rule == "DUPLICATE_ID"; });
      const bool ours = check.inspection.schema_set == it.name && unique;
      const auto peer = test::RunProcess(
          {"xmllint", "--noout", "--nonet", "--huge", "--schema",
           test::SharedFolder() + "/" + it.folder + "/" + it.root, path});
      EXPECT_EQ(ours, peer.exit_code == 0) << it.name << peer.err.substr(0, 2000);
      if (ours) out.push_back(it.name);
    }
    return out;
  }

  const test::TemporaryFolder sets_, folder_;
  std::shared_ptr<const SchemaCatalog> catalog_;
};

TEST_F(OfficialSets, SamplesGetTheSameYesOrNoAsFromXmllint) {
  SCEAU_REQUIRE_SHARED("samples/pes");
  int seen = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(test::SharedFolder() + "/samples/pes")) {
    if (entry.path().filename().string().starts_with("acquit")) continue;
    const auto text = ReadSmallFile(entry.path().string());
    ASSERT_TRUE(text.ok());
    SCOPED_TRACE(entry.path());
    Admitting(*text);
    ++seen;
  }
  EXPECT_GE(seen, 4);
}

TEST_F(OfficialSets, GeneratedFilesAreValidInEverySet) {
  gen::PesSpec spec = gen::DemoSpec();
  EXPECT_THAT(Admitting(Generate(spec)), ElementsAre("5.17", "5.14", "5.11"));
  spec.attachment_size = 200'000;  // base64 above what reaches libxml2
  EXPECT_THAT(Admitting(Generate(spec)), ElementsAre("5.17", "5.14", "5.11"));
}

TEST_F(OfficialSets, FaultsOfEveryKindGetTheSameNo) {
  const std::string valid = Generate(gen::DemoSpec());
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"<TypBord V=\"01\"", "<TypBord V=\"99\""},
           {"<NbrPce V=\"", "<NbrPce V=\"x"},
           {"<IdVer V=\"2\"/>", ""},
           {"<IdVer V=\"2\"/>", "<IdVer/>"},
           {"<IdVer V=\"2\"/>", "<IdVer V=\"2\">a</IdVer>"},
           {"<IdVer V=\"2\"/>", "<IdVer V=\"2\"> </IdVer>"},
           {"<IdVer V=\"2\"/>", "<IdVer V=\"2\" W=\"1\"/>"},
           {"<EnTeteDepense>", "<EnTeteDepense>text"},
           {"<Enveloppe>", "<Enveloppe xmlns=\"urn:other\">"},
           {"MIMEType=\"application/pdf\"", ""},
           {"</n:PES_Aller>", "<extra/></n:PES_Aller>"},
           {"Id=\"BORDD0001\"", "Id=\"1\""},
           {"Id=\"BORDD0002\"", "Id=\"BORDD0001\""}}) {
    SCOPED_TRACE(Concat(from, " -> ", to));
    EXPECT_TRUE(Admitting(Replaced(valid, from, to)).empty());
  }
}

TEST_F(OfficialSets, AFileOfOneSetIsNamedWithItAndSaidToBeOutdated) {
  const std::string valid = Generate(gen::DemoSpec());
  const size_t at = valid.find("<CodBud");
  std::string without = valid;
  without.erase(at, valid.find("/>", at) + 2 - at);
  EXPECT_THAT(Admitting(without), ElementsAre("5.11"));
  const Check check = CheckText(without, catalog_);
  EXPECT_EQ(check.inspection.schema_set, "5.11");
  EXPECT_THAT(check.tried, ElementsAre("5.17", "5.14", "5.11"));
  EXPECT_TRUE(check.passed());
  EXPECT_THAT(check.findings, testing::Contains(testing::Field(&Finding::rule, "SCHEMA_SET_OUTDATED")));
}

TEST_F(OfficialSets, WhenNoneMatchesTheErrorsOfTheNearestAreShown) {
  const std::string valid = Generate(gen::DemoSpec());
  const size_t at = valid.find("<CodBud");
  std::string text = Replaced(valid, "<TypBord V=\"01\"", "<TypBord V=\"99\"");
  text.erase(text.find("<CodBud"), valid.find("/>", at) + 2 - at);
  const Check check = CheckText(text, catalog_);
  EXPECT_EQ(check.inspection.schema_set, "");
  EXPECT_EQ(check.nearest, "5.11");
  EXPECT_EQ(check.errors, 1);
}

TEST_F(OfficialSets, ASetThatIsNotThereIsRefused) {
  const auto check = CheckDocument(AsFile(Generate(gen::DemoSpec())), {.catalog = catalog_, .set = "9.9"});
  EXPECT_EQ(ReasonOf(check.status()), Reason::kSchemaSetUnknown);
}

TEST_F(OfficialSets, BothVersionsOfActesAreImported) {
  for (const std::string folder : {"schemas/actes", "schemas/actes/newer"}) {
    const auto set = ImportSchemaSet({.source = test::SharedFolder() + "/" + folder, .folder = sets_.path()});
    ASSERT_TRUE(set.ok()) << set.status();
    EXPECT_NE(set->Find("http://www.interieur.gouv.fr/ACTES#v1.1-20040216", "Acte"), nullptr);
  }
}

TEST_F(OfficialSets, RealAcknowledgementsAndBudgetActsAreKnown) {
  SCEAU_REQUIRE_SHARED("samples");
  for (const std::string name : {"pes/acquit-1.xml", "pes/acquit-ko-mixed.xml"}) {
    const auto text = ReadSmallFile(test::SharedFolder() + "/samples/" + name);
    ASSERT_TRUE(text.ok());
    const Check check = CheckText(*text, catalog_);
    EXPECT_EQ(check.inspection.kind, Kind::kPesAcquit);
    EXPECT_FALSE(check.tried.empty());
    const auto peer = test::RunProcess({"xmllint", "--noout", "--schema", test::SharedFolder() + "/schemas/schemas_pes_v5.17/PES_V2/Rev0/PES_V2_Acquit_Autonome_V2.xsd",
                                        test::SharedFolder() + "/samples/" + name});
    EXPECT_EQ(CheckText(*text, catalog_, "5.17").errors == 0, peer.exit_code == 0) << name << peer.err;
  }
}

}  // namespace
}  // namespace sceau::schemas
