// The official sets, imported, judge as xmllint does with the files as published.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "schemas/acte.h"
#include "schemas/schema_import.h"
#include "tests/schemas/documents.h"
#include "tests/support/acte_document.h"
#include "tests/support/process.h"
#include "tests/support/shared_folder.h"

namespace sceau::schemas {
namespace {

using testing::ElementsAre;

struct Official {
  std::string name, folder;  // in the shared folder
};
using Sets = std::vector<Official>;
const Sets kPes = {{"5.17", "schemas/schemas_pes_v5.17"},
                   {"5.14", "schemas/schemas_pes_v5.14"},
                   {"5.11", "schemas/schemas_pes_v5.11"}};
const Sets kActes = {{"actes-2", "schemas/actes/newer"}, {"actes-1", "schemas/actes"}};

// The files that declare the document elements.
constexpr std::string_view kPesAller = "PES_V2/Rev0/PES_Aller.xsd";
constexpr std::string_view kBudget = "SchemaDocBudg/DocumentBudgetaire.xsd";
constexpr std::string_view kActe = "actesv1_1.xsd";

class ImportedSets : public testing::Test {
 protected:
  void Import(const Sets& sets) {
    for (const Official& it : sets) {
      const auto set = ImportSchemaSet({.source = test::SharedFolder() + "/" + it.folder,
                                        .folder = sets_.path(),
                                        .name = it.name.starts_with("actes") ? it.name : ""});
      ASSERT_TRUE(set.ok()) << set.status();
      ASSERT_EQ(set->name, it.name);
    }
    catalog_ = CatalogOf(sets_.path());
  }

  // The sets that admit the text, newest first; each must say what xmllint says of it with the
  // file as published.
  std::vector<std::string> AdmittingOf(const Sets& sets, std::string_view root,
                                       const std::string& text) {
    const std::string path = folder_.Write("document.xml", text);
    std::vector<std::string> out;
    for (const Official& it : sets) {
      const Check check = CheckText(text, catalog_, it.name);
      // That identifiers are unique is a rule of ours, for every set.
      const bool unique = std::none_of(check.findings.begin(), check.findings.end(),
                                       [](const Finding& f) { return f.rule == "DUPLICATE_ID"; });
      const bool ours = check.inspection.schema_set == it.name && unique;
      const auto peer =
          test::RunProcess({"xmllint", "--noout", "--nonet", "--huge", "--schema",
                            Concat(test::SharedFolder(), "/", it.folder, "/", root), path});
      EXPECT_EQ(ours, peer.exit_code == 0) << it.name << peer.err.substr(0, 2000);
      if (ours) out.push_back(it.name);
    }
    return out;
  }

  const test::TemporaryFolder sets_, folder_;
  std::shared_ptr<const SchemaCatalog> catalog_;
};

class OfficialSets : public ImportedSets {
 protected:
  void SetUp() override {
    SCEAU_REQUIRE_SHARED("schemas");
    Import(kPes);
  }
  std::vector<std::string> Admitting(const std::string& text) {
    return AdmittingOf(kPes, kPesAller, text);
  }
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

// What a set has that those before and after it do not have.
TEST_F(OfficialSets, AFileOfOneSetIsValidInItAlone) {
  const std::string valid = Generate(gen::DemoSpec());
  const auto replaced = [](std::string text, std::string_view open, std::string_view value) {
    const size_t from = text.find(open);
    EXPECT_NE(from, std::string::npos) << open;
    return text.replace(from + open.size(), text.find('"', from + open.size()) - from - open.size(),
                        value);
  };
  // The identifiers IREP and NFP, and longer ones.
  EXPECT_THAT(Admitting(replaced(valid, "<NatIdTiers V=\"", "12")), ElementsAre("5.17"));
  EXPECT_THAT(Admitting(replaced(valid, "<IdTiers V=\"", std::string(80, '1'))),
              ElementsAre("5.17"));
  // An empty CodeService, from 5.14 on; punctuation in IdTiers, up to it.
  const size_t titre = valid.find("</BlocPiece>", valid.find("<PES_RecetteAller>"));
  ASSERT_NE(titre, std::string::npos);
  std::string text = valid;
  text.insert(titre, "<CodeService V=\"\"/>");
  EXPECT_THAT(Admitting(text), ElementsAre("5.17", "5.14"));
  EXPECT_THAT(Admitting(replaced(valid, "<IdTiers V=\"", "FR-123456")),
              ElementsAre("5.14", "5.11"));
  EXPECT_THAT(Admitting(replaced(text, "<IdTiers V=\"", "FR-123456")), ElementsAre("5.14"));
}

class OfficialBudgetActs : public OfficialSets {
 protected:
  void SetUp() override {
    OfficialSets::SetUp();
    if (!IsSkipped()) SCEAU_REQUIRE_SHARED("samples/budget");
  }
  static std::string Sample(const std::string& name) {
    const auto text = ReadSmallFile(test::SharedFolder() + "/samples/budget/" + name);
    EXPECT_TRUE(text.ok()) << text.status();
    return text.value_or("");
  }
  std::vector<std::string> Admitting(const std::string& text) {
    return AdmittingOf(kPes, kBudget, text);
  }
};

TEST_F(OfficialBudgetActs, SamplesGetTheSameYesOrNoAsFromXmllint) {
  for (const char* name :
       {"sealed-bp2022-transport.xml", "sealed-ca-2021.xml", "sealed-dm2-2021.xml"}) {
    EXPECT_THAT(Admitting(Sample(name)), ElementsAre("5.17", "5.14", "5.11")) << name;
  }
  for (const char* name : {"seal-mismatch-1.xml", "seal-mismatch-2.xml"}) {
    EXPECT_TRUE(Admitting(Sample(name)).empty()) << name;
  }
}

TEST_F(OfficialBudgetActs, FaultsGetTheSameNo) {
  const std::string valid = Sample("sealed-bp2022-transport.xml");
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"<CodRD V=\"D\"/>", "<CodRD V=\"X\"/>"},
           {"<CodRD V=\"D\"/>", "<CodRD V=\"D\"/><CodRD V=\"D\"/>"},
           {"<MtPropNouv V=\"", "<MtPropNouv V=\"-"},
           {"<MtPropNouv V=\"", "<MtPropNouv V=\"1,"},
           {"<LigneBudget>", "<LigneBudget>text"},
           {"<LigneBudget>", "<Ligne/><LigneBudget>"},
           {"</DocumentBudgetaire>", "<Budget/></DocumentBudgetaire>"},
           {"<NatDec", "<NatureDec"}}) {
    SCOPED_TRACE(Concat(from, " -> ", to));
    Admitting(Replaced(valid, from, to));
  }
  EXPECT_TRUE(Admitting(Replaced(valid, "<CodRD V=\"D\"/>", "<CodRD V=\"X\"/>")).empty());
}

TEST_F(OfficialBudgetActs, AnActOfTheNewestSetIsValidInItAlone) {
  // A percentage of more than six digits.
  const std::string text = Replaced(Sample("sealed-bp2022-transport.xml"), "<OpBudg ",
                                    "<TxReal3112 V=\"1234567.89\"/><OpBudg ");
  EXPECT_THAT(Admitting(text), ElementsAre("5.17"));
}

class OfficialActes : public ImportedSets {
 protected:
  void SetUp() override {
    SCEAU_REQUIRE_SHARED("schemas");
    Import(kActes);
  }
  std::vector<std::string> Admitting(const std::string& text) {
    return AdmittingOf(kActes, kActe, text);
  }
};

TEST_F(OfficialActes, BothVersionsKnowTheMessages) {
  for (const SchemaSet& it : catalog_->sets()) {
    if (!it.name.starts_with("actes")) continue;
    for (const char* root : {"Acte", "ARActe", "AnomalieActe", "EnveloppeCLMISILL"}) {
      EXPECT_NE(it.Find(kActesNamespace, root), nullptr) << it.name << " " << root;
    }
  }
}

TEST_F(OfficialActes, MessagesGetTheSameYesOrNoAsFromXmllint) {
  test::ActeSpec spec;
  spec.number = "2025_017";
  spec.annexes = {"plan.pdf", "photo.jpg"};
  for (const std::string& text : {test::MakeActe(spec), test::MakeReceipt(spec),
                                  test::MakeAnomaly(spec), test::MakeEnvelope()}) {
    SCOPED_TRACE(text);
    Admitting(text);
  }
  const std::string valid = test::MakeActe(spec);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"actes:CodeNatureActe=\"1\"", "actes:CodeNatureActe=\"9x\""},
           {"actes:Date=\"", "actes:Date=\"le "},
           {"<actes:Objet>", "<actes:Sujet/><actes:Objet>"},
           {"actes:CodeMatiere=\"7\"", ""},
           {"<actes:NomFichier>", "<actes:NomFichier><actes:x/>"},
           {"</actes:Acte>", "text</actes:Acte>"}}) {
    SCOPED_TRACE(Concat(from, " -> ", to));
    EXPECT_TRUE(Admitting(Replaced(valid, from, to)).empty());
  }
}

TEST_F(OfficialActes, AMessageOfOneVersionIsValidInItAlone) {
  test::ActeSpec spec;
  spec.number = "2025_017";
  const std::string older = test::MakeActe(spec);
  EXPECT_THAT(Admitting(older), ElementsAre("actes-1"));
  // Whether a paper follows must be said in the newer one, and must not in the older one.
  const std::string newer = Replaced(
      older, "</actes:Acte>", "<actes:DocumentPapier>N</actes:DocumentPapier>\n</actes:Acte>");
  EXPECT_THAT(Admitting(newer), ElementsAre("actes-2"));
  const Check check = CheckText(older, catalog_);
  EXPECT_EQ(check.inspection.schema_set, "actes-1");
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
