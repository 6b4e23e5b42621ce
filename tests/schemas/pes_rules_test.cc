// A generated file with one fault of each rule: exactly that rule, at its line.
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "base/strings.h"
#include "schemas/schema_import.h"
#include "tests/schemas/documents.h"

namespace sceau::schemas {
namespace {

using Said_ = std::vector<std::string>;

// Two bordereaux of each domain on paper (so that no signature is missing), with attachments.
std::string Valid() {
  gen::PesSpec spec;
  spec.depense = 2;
  spec.recette = 2;
  spec.attachments = 3;
  spec.dematerialisee = gen::Dematerialisee::kNo;
  return Generate(spec);
}

struct Case {
  std::string name;
  std::string from, to;  // what is replaced
  int nth = 1;
  std::string rule;  // and no other
  std::string at;    // in the new text, on the line that must be named
  int at_nth = 1;
};

std::ostream& operator<<(std::ostream& out, const Case& it) { return out << it.name; }

class PesRules : public testing::TestWithParam<Case> {};

TEST(PesRulesOfAFile, AValidOneBreaksNone) {
  const Check check = CheckText(Valid(), CatalogOf(""));
  EXPECT_EQ(Said(check), Said_{});
  EXPECT_TRUE(check.passed());
  EXPECT_EQ(check.inspection.schema_set, "sceau");
}

TEST_P(PesRules, IsSaidAloneAtItsLine) {
  const Case& it = GetParam();
  const std::string text = Replaced(Valid(), it.from, it.to, it.nth);
  EXPECT_EQ(Said(CheckText(text, CatalogOf(""))),
            Said_{Concat(it.rule, ":", LineOf(text, it.at, it.at_nth))});
}

const Case kCases[] = {
    {"NbrPceNotTheCount", "<NbrPce V=\"3\"/>", "<NbrPce V=\"4\"/>", 1, "NBRPCE_MISMATCH",
     "<NbrPce"},
    {"NbrPceZero", "<NbrPce V=\"3\"/>", "<NbrPce V=\"0\"/>", 2, "NBRPCE_MISMATCH", "<NbrPce", 2},
    {"AmountIsNotTheSum", "<MtBordHT V=\"", "<MtBordHT V=\"9", 1, "LINES_SUM_MISMATCH",
     "<MtBordHT"},
    {"DuplicateId", "Id=\"BORDD0002\"", "Id=\"BORDD0001\"", 1, "DUPLICATE_ID", "<Bordereau", 2},
    {"SupportOnPaper", "<Support V=\"01\"/>", "<Support V=\"02\"/>", 1, "PJ_SUPPORT_CONTRADICTED",
     "<PJRef>"},
    {"ADateThatIsNone", "<DteBordEm V=\"", "<DteBordEm V=\"le ", 2, "SCHEMA_VALUE_TYPE",
     "<DteBordEm", 2},
    {"AnElementTooMany", "<Exer V=", "<Exercice V=\"1\"/><Exer V=", 1, "SCHEMA_ELEMENT_UNEXPECTED",
     "<Exercice"},
    {"SupportOnDisc", "<Support V=\"01\"/>", "<Support V=\"03\"/>", 2, "PJ_SUPPORT_CONTRADICTED",
     "<PJRef>", 2},
};

INSTANTIATE_TEST_SUITE_P(Each, PesRules, testing::ValuesIn(kCases),
                         [](const auto& each) { return each.param.name; });

// Replaces between two marks, from the first occurrence of `open`.
std::string ReplacedBetween(std::string text, std::string_view open, std::string_view close,
                            std::string_view with) {
  const size_t at = text.find(open);
  EXPECT_NE(at, std::string::npos) << open;
  const size_t from = at + open.size();
  const size_t end = text.find(close, from);
  return text.replace(from, end - from, with);
}

Said_ SaidOf(const std::string& text) { return Said(CheckText(text, CatalogOf(""))); }

TEST(PesRulesOfAFile, FlaggedWithoutACumulativeAmount) {
  gen::PesSpec spec;
  spec.recette = 0;
  std::string text = Generate(spec);
  const std::string zero = ReplacedBetween(text, "<MtCumulAnnuel V=\"", "\"", "0.00");
  EXPECT_EQ(SaidOf(zero),
            (Said_{Concat("INFO_DEMATERIALISEE_WITHOUT_SIGNATURE:", LineOf(zero, "<Bordereau")),
                   Concat("MT_CUMUL_ANNUEL_MISSING:", LineOf(zero, "<MtCumulAnnuel"))}));
}

TEST(PesRulesOfAFile, FlaggedAndNotSigned) {
  gen::PesSpec spec;
  spec.depense = 2;
  const std::string text = Generate(spec);
  Said_ expected;
  for (int nth = 1; nth <= 3; ++nth) {
    expected.push_back(
        Concat("INFO_DEMATERIALISEE_WITHOUT_SIGNATURE:", LineOf(text, "<Bordereau", nth)));
  }
  EXPECT_EQ(SaidOf(text), expected);
  // A signature of the whole file covers every bordereau in it.
  EXPECT_EQ(SaidOf(Replaced(text, "</n:PES_Aller>", "<ds:Signature/></n:PES_Aller>")), Said_{});
}

TEST(PesRulesOfAFile, FlaggedWithNoCumulativeAmountAtAll) {
  gen::PesSpec spec;
  spec.recette = 0;
  std::string text = Replaced(Generate(spec), "</Bordereau>", "<ds:Signature/></Bordereau>");
  const size_t at = text.find("<MtCumulAnnuel");
  text.erase(at, text.find("/>", at) + 2 - at);
  EXPECT_EQ(SaidOf(text), (Said_{Concat("MT_CUMUL_ANNUEL_MISSING:", LineOf(text, "<Bordereau"))}));
}

TEST(PesRulesOfAFile, ABordereauWithoutIdIsRemarkedOn) {
  gen::PesSpec spec;
  spec.dematerialisee = gen::Dematerialisee::kNo;
  const std::string text = Replaced(Generate(spec), " Id=\"BORDD0001\"", "");
  const Check check = CheckText(text, CatalogOf(""));
  EXPECT_TRUE(check.passed());
  ASSERT_EQ(check.findings.size(), 1u);
  EXPECT_EQ(check.findings[0].rule, "BORDEREAU_WITHOUT_ID");
  EXPECT_EQ(check.findings[0].severity, Severity::kInfo);
  EXPECT_EQ(check.findings[0].place.line, LineOf(text, "<Bordereau"));
}

TEST(PesRulesOfAFile, TwoDocumentsOfOneIdUnique) {
  std::string text = Valid();
  // In the reference, then in the document.
  text = Replaced(text, "PJ2024S1N0000002", "PJ2024S1N0000001");
  text = Replaced(text, "PJ2024S1N0000002", "PJ2024S1N0000001");
  EXPECT_EQ(SaidOf(text), (Said_{Concat("PJ_DUPLICATE_ID:", LineOf(text, "<PJ>", 2))}));
}

// Two sets: the newer one wants what the file lacks.
TEST(PesRulesOfAFile, OnlyAnOlderSchemaSetAdmitsIt) {
  const auto own = ReadSmallFile(SCEAU_SOURCE_DIR "/schemas/own/pes_aller.xsd");
  ASSERT_TRUE(own.ok());
  const test::TemporaryFolder sources, sets;
  const auto import = [&](const std::string& name, const std::string& xsd,
                          const std::string& from) {
    std::filesystem::create_directory(sources.path() + "/" + name);
    sources.Write(name + "/pes.xsd", xsd);
    const auto set = ImportSchemaSet({.source = sources.path() + "/" + name,
                                      .folder = sets.path(),
                                      .name = name,
                                      .in_force_from = from});
    EXPECT_TRUE(set.ok()) << set.status();
  };
  import("1.0", *own, "2020-01-01");
  import("2.0",
         Replaced(*own, "name=\"MtBordHT\"",
                  "name=\"MtNew\" type=\"p:Amount\"/><xs:element name=\"MtBordHT\""),
         "2025-01-01");
  const std::string text = Valid();
  const Check check = CheckText(text, CatalogOf(sets.path()));
  EXPECT_EQ(check.inspection.schema_set, "1.0");
  EXPECT_EQ(Said(check), (Said_{Concat("SCHEMA_SET_OUTDATED:", LineOf(text, "<MtBordHT"))}));
  EXPECT_TRUE(check.passed());
}

class OutsideTheAgreement : public testing::Test {
 protected:
  // What is said under an agreement of the file's collectivité with this besides.
  static Said_ Under(const std::string& text, const std::string& rest,
                     const std::string& id_coll = "") {
    const auto inspection = Inspect(AsFile(text));
    EXPECT_TRUE(inspection.ok());
    const auto agreements = ParseAgreements(
        Concat("[[agreement]]\nid_coll = \"",
               id_coll.empty() ? inspection->pes.collectivite.id_coll : id_coll, "\"\n", rest),
        "a.toml");
    EXPECT_TRUE(agreements.ok()) << agreements.status();
    const auto check = CheckDocument(
        AsFile(text), {.catalog = CatalogOf(""), .agreements = *agreements, .day = "2026-01-01"});
    EXPECT_TRUE(check.ok()) << check.status();
    return Said(*check);
  }
};

TEST_F(OutsideTheAgreement, EachIsSaidAtItsLine) {
  const std::string text = Valid();
  const auto at = [&](std::string_view rule, std::string_view what, int nth = 1) {
    return Concat(rule, ":", LineOf(text, what, nth));
  };
  const Said_ nothing;
  EXPECT_EQ(Under(text, ""), nothing);
  EXPECT_EQ(Under(text, "", "00000000000000"), (Said_{at("AGREEMENT_MISSING", "<IdColl")}));
  EXPECT_EQ(Under(text, "budgets = [\"zz\"]"), (Said_{at("AGREEMENT_BUDGET", "<CodBud")}));
  EXPECT_EQ(Under(text, "domains = [\"RECETTE\"]"),
            (Said_{at("AGREEMENT_DOMAIN", "<InfoDematerialisee")}));
  EXPECT_EQ(Under(text, "[[agreement.kind]]\nmime_type = \"image/png\""),
            (Said_{at("AGREEMENT_FORMAT", "<PJ>"), at("AGREEMENT_FORMAT", "<PJ>", 2),
                   at("AGREEMENT_FORMAT", "<PJ>", 3)}));
}

TEST_F(OutsideTheAgreement, ABordereauBeforeTheFirstDay) {
  gen::PesSpec spec;
  std::string text = Generate(spec);
  text = Replaced(Replaced(text, "</Bordereau>", "<ds:Signature/></Bordereau>"), "</Bordereau>",
                  "<ds:Signature/></Bordereau>", 2);
  EXPECT_EQ(Under(text, "from = \"2024-01-01\""), Said_{});
  EXPECT_EQ(Under(text, "from = \"2099-01-01\""),
            (Said_{Concat("AGREEMENT_TOO_EARLY:", LineOf(text, "<Bordereau")),
                   Concat("AGREEMENT_TOO_EARLY:", LineOf(text, "<Bordereau", 2))}));
}

TEST_F(OutsideTheAgreement, ANameThatIsNotAsAgreed) {
  // The second document's name alone is other than agreed.
  const size_t pj = Valid().find("<PES_PJ>");
  std::string renamed = Valid().substr(0, pj);
  std::string rest = Valid().substr(pj);
  int number = 0;
  for (size_t at = 0; (at = rest.find("<NomPJ V=\"", at)) != std::string::npos;) {
    at += 10;
    const std::string name = ++number == 2 ? "scan.pdf" : Concat("Facture_", number, ".pdf");
    rest.replace(at, rest.find('"', at) - at, name);
  }
  renamed += rest;
  const std::string kind =
      "[[agreement.kind]]\nmime_type = \"application/pdf\"\nname = \"Facture_[0-9]+\\\\.pdf\"";
  EXPECT_EQ(Under(renamed, kind), (Said_{Concat("AGREEMENT_NAME:", LineOf(renamed, "<PJ>", 2))}));
}

TEST(PesRulesOfAFile, ABordereauNumberTwice) {
  std::string text = Valid();
  const size_t at = text.find("<IdBord V=\"") + 11;
  const std::string number = text.substr(at, text.find('"', at) - at);
  const size_t second = text.find("<IdBord V=\"", at) + 11;
  text.replace(second, text.find('"', second) - second, number);
  EXPECT_EQ(SaidOf(text),
            (Said_{Concat("BORDEREAU_NUMBER_DUPLICATE:", LineOf(text, "<IdBord", 2))}));
}

TEST(PesRulesOfAFile, ASignatureUnderAFlagOfZero) {
  const std::string text = Replaced(Valid(), "</Bordereau>", "<ds:Signature/></Bordereau>");
  const Check check = CheckText(text, CatalogOf(""));
  EXPECT_EQ(Said(check),
            (Said_{Concat("INFO_DEMATERIALISEE_MISSING:", LineOf(text, "<InfoDematerialisee"))}));
  EXPECT_EQ(check.errors, 1);
}

TEST(PesRulesOfAFile, ContentThatIsNotBase64GzipOrTheTypeDeclared) {
  const std::string valid = Valid();
  const auto with = [&](std::string_view content) {
    const size_t open = valid.find("<Fichier");
    const size_t from = valid.find('>', open) + 1;
    std::string text = valid;
    return text.replace(from, valid.find('<', from) - from, content);
  };
  const std::string line = Concat(":", LineOf(valid, "<Fichier"));
  // The schema says of the first that it is no base64, too.
  EXPECT_EQ(SaidOf(with("QUJ")),
            (Said_{"SCHEMA_VALUE_TYPE" + line, "ATTACHMENT_NOT_BASE64" + line}));
  EXPECT_EQ(SaidOf(with("QUJD")), (Said_{"ATTACHMENT_NOT_GZIP" + line}));
  EXPECT_EQ(SaidOf(Replaced(valid, "\"application/pdf\"", "\"image/png\"")),
            (Said_{"ATTACHMENT_TYPE_MISMATCH" + line}));
  EXPECT_EQ(SaidOf(Replaced(valid, "\"application/pdf\"", "\"text/xml\"")),
            (Said_{"ATTACHMENT_TYPE_MISMATCH" + line}));
}

TEST(PesRulesOfAFile, ReferencesAndAttachmentsAnswerEachOther) {
  const std::string valid = Valid();
  const size_t pj = valid.find("<PES_PJ>");
  const size_t id_at = valid.find("<IdUnique V=\"", pj) + 13;
  const std::string id = valid.substr(id_at, valid.find('"', id_at) - id_at);
  std::string renamed = valid;
  renamed.replace(id_at, id.size(), "AUTRE");
  // The mandat's reference leads nowhere, and nothing refers to the document.
  EXPECT_EQ(SaidOf(renamed), (Said_{Concat("PJ_NOT_IN_FILE:", LineOf(renamed, "<PJRef>")),
                                    Concat("PJ_NOT_REFERENCED:", LineOf(renamed, "<PJ>"))}));
  // With a RefCompta it belongs to something sent earlier.
  const std::string close = "</PJ>";
  const auto ref = [](std::string_view domain) {
    return Concat("<RefCompta><Domaine V=\"", domain, "\"/></RefCompta></PJ>");
  };
  const std::string text = Replaced(renamed, close, ref("01"));
  EXPECT_EQ(SaidOf(text), (Said_{Concat("PJ_NOT_IN_FILE:", LineOf(text, "<PJRef>"))}));
}

TEST(PesRulesOfAFile, TypePjGoesWithTheDomainOfRefCompta) {
  const struct {
    std::string_view type, domains;  // admitted
  } rows[] = {{"001", "04"},    {"002", "02"}, {"003", "01"}, {"004", "01"}, {"005", "01"},
              {"006", "01 02"}, {"007", "02"}, {"008", "02"}, {"009", "06"}, {"010", "02"},
              {"011", "02"},    {"012", "04"}, {"013", "04"}};
  const std::string valid = Valid();
  for (const auto& row : rows) {
    for (const std::string domain : {"01", "02", "04", "06"}) {
      std::string text = ReplacedBetween(valid, "<TypePJ V=\"", "\"", row.type);
      // The first TypePJ may stand in a PJRef; that of the PJ is wanted.
      const size_t pj = valid.find("<PES_PJ>");
      text =
          valid.substr(0, pj) + ReplacedBetween(valid.substr(pj), "<TypePJ V=\"", "\"", row.type);
      text = Replaced(text, "</PJ>",
                      Concat("<RefCompta><Domaine V=\"", domain, "\"/></RefCompta></PJ>"));
      const bool admitted = row.domains.find(domain) != std::string_view::npos;
      EXPECT_EQ(SaidOf(text), admitted
                                  ? Said_{}
                                  : Said_{Concat("PJ_TYPE_DOMAIN_MISMATCH:", LineOf(text, "<PJ>"))})
          << row.type << " " << domain;
    }
  }
}

TEST(PesRulesOfAFile, AnAsapToPrintNeedsItsDocument) {
  const std::string text = Replaced(Valid(), "<Edition V=\"04\"/>", "<Edition V=\"06\"/>");
  EXPECT_EQ(SaidOf(text),
            (Said_{Concat("EDITION_WITHOUT_ASAP:", LineOf(text, "<Edition V=\"06\""))}));
}

TEST(PesRulesOfAFile, AnotherEncodingThanTheField) {
  gen::PesSpec spec;
  spec.dematerialisee = gen::Dematerialisee::kNo;
  spec.layout.encoding = gen::Encoding::kUtf8;
  EXPECT_EQ(SaidOf(Generate(spec)), Said_{"ENCODING_NOT_ISO_8859_1:1"});
}

TEST(PesRulesOfAFile, FiftyFaultsAreFiftyAnomalies) {
  gen::PesSpec spec;
  spec.depense = 50;
  spec.dematerialisee = gen::Dematerialisee::kNo;
  std::string text = Generate(spec);
  for (size_t at = text.find("<NbrPce V=\"3\""), count = 0; count < 50;
       ++count, at = text.find("<NbrPce V=\"3\"", at)) {
    text.replace(at, 13, "<NbrPce V=\"4\"");
  }
  const Check check = CheckText(text, CatalogOf(""));
  EXPECT_EQ(check.errors, 50);
  EXPECT_EQ(Said(check).size(), 50u);
}

TEST(PesRulesOfAFile, HowManyErrorsAreNotShownIsSaid) {
  gen::PesSpec spec;
  spec.depense = 1200;
  spec.pieces = 1;
  spec.dematerialisee = gen::Dematerialisee::kNo;
  const std::string text =
      absl::StrReplaceAll(Generate(spec), {{"<DteBordEm V=\"", "<DteBordEm V=\"le "}});
  const Check check = CheckText(text, CatalogOf(""));
  EXPECT_GE(check.errors, 1200);
  const auto capped = std::find_if(check.findings.begin(), check.findings.end(),
                                   [](const Finding& it) { return it.rule == "ERRORS_CAPPED"; });
  ASSERT_NE(capped, check.findings.end());
  EXPECT_EQ(capped->detail, std::to_string(check.errors));
  EXPECT_LT(static_cast<int64_t>(check.findings.size()), check.errors);
}

}  // namespace
}  // namespace sceau::schemas
