// Every rule that is broken says where: line, column and path of the element, and the value that is
// wrong where there is one. The paths are followed with libxml2's XPath.
#include <gtest/gtest.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <filesystem>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "contents/facts.h"
#include "schemas/acte.h"
#include "schemas/pes.h"
#include "schemas/seal.h"
#include "tests/schemas/documents.h"
#include "tests/support/acte_document.h"
#include "tests/support/budget_document.h"
#include "tests/support/pdf_document.h"

namespace sceau::schemas {
namespace {

// Where a path leads: the line of the one element, 0 when there is none or more than one.
int64_t LineAt(const std::string& text, const std::string& path) {
  const std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)> document(
      xmlReadMemory(text.data(), static_cast<int>(text.size()), "", nullptr, XML_PARSE_HUGE),
      xmlFreeDoc);
  if (document == nullptr) return 0;
  const std::unique_ptr<xmlXPathContext, void (*)(xmlXPathContextPtr)> context(
      xmlXPathNewContext(document.get()), xmlXPathFreeContext);
  const auto bind = [&](const char* prefix, std::string_view uri) {
    xmlXPathRegisterNs(context.get(), reinterpret_cast<const xmlChar*>(prefix),
                       reinterpret_cast<const xmlChar*>(std::string(uri).c_str()));
  };
  bind("n", kPesAllerNamespace);
  bind("ds", kDsNamespace);
  bind("actes", kActesNamespace);
  bind("b", kBudgetNamespace);
  const std::unique_ptr<xmlXPathObject, void (*)(xmlXPathObjectPtr)> found(
      xmlXPathEvalExpression(reinterpret_cast<const xmlChar*>(path.c_str()), context.get()),
      xmlXPathFreeObject);
  if (found == nullptr || found->nodesetval == nullptr || found->nodesetval->nodeNr != 1) return 0;
  return xmlGetLineNo(found->nodesetval->nodeTab[0]);
}

// Two bordereaux of each domain on paper, with attachments.
std::string Pes() {
  gen::PesSpec spec;
  spec.depense = 2;
  spec.recette = 2;
  spec.attachments = 3;
  spec.dematerialisee = gen::Dematerialisee::kNo;
  return Generate(spec);
}

std::string Flagged() {
  gen::PesSpec spec;
  spec.recette = 0;
  return Generate(spec);
}

// One signature stands for every bordereau.
std::string FlaggedAndSigned() {
  return Replaced(Flagged(), "</n:PES_Aller>", "<ds:Signature/></n:PES_Aller>");
}

// With another content of its first attachment.
std::string PesWith(std::string_view content, std::string_view mime) {
  std::string text = Pes();
  const size_t from = text.find("<Fichier"), to = text.find("</Fichier>");
  return text.replace(from, to - from,
                      Concat("<Fichier MIMEType=\"", mime, "\">", ToBase64(test::Gzip(content))));
}

// What stands between two marks, from the first `open` after `begin`.
std::string Between(const std::string& text, std::string_view open, std::string_view close,
                    std::string_view begin = "") {
  const size_t from = text.find(open, text.find(begin)) + open.size();
  return text.substr(from, text.find(close, from) - from);
}

std::string LockedZip() {
  std::string zip = test::ZipOf({{"a", "1"}});
  zip[6] |= 1;                           // general purpose flags of the member
  zip[zip.find("PK\x01\x02") + 8] |= 1;  // and in the directory
  return zip;
}

// Standard security handler, revision 2; no password makes this U.
std::string LockedPdf() {
  const std::string entry(32, 'A');
  return test::PdfOfPages({std::string(test::kTextPage)},
                          Concat("/ID [(0123456789abcdef) (0123456789abcdef)] /Encrypt << /Filter "
                                 "/Standard /V 1 /R 2 /O (",
                                 entry, ") /U (", entry, ") /P -4 >>"));
}

std::string DamagedPdf() {
  std::string pdf = test::PdfOfPages({std::string(test::kTextPage)});
  return pdf.replace(pdf.rfind("startxref\n") + 10, 3, "999");
}

struct Case {
  std::string name, text, rule, path, value;
  std::set<std::string> also = {};  // said with it, of the same fault
};
std::ostream& operator<<(std::ostream& out, const Case& it) { return out << it.name; }

std::vector<Case> PesCases() {
  const std::string valid = Pes();
  const std::string bordereau = "/n:PES_Aller/PES_DepenseAller/Bordereau[1]";
  const std::string pj = "/n:PES_Aller/PES_PJ/PJ";
  const std::string number = Between(valid, "<IdBord V=\"", "\"");
  const std::string first_pj = Between(valid, "<IdUnique V=\"", "\"", "<PES_PJ>");
  const std::string mt_cumul = Between(Flagged(), "<MtCumulAnnuel V=\"", "\"");
  std::string second_number = valid;
  const size_t at = valid.find("<IdBord", valid.find("<IdBord") + 1) + 11;
  second_number.replace(at, number.size(), number);
  // In the reference, then in the document.
  const std::string twice = Replaced(Replaced(valid, "PJ2024S1N0000002", "PJ2024S1N0000001"),
                                     "PJ2024S1N0000002", "PJ2024S1N0000001");
  std::string elsewhere = valid;
  elsewhere.replace(valid.find(first_pj, valid.find("<PES_PJ>")), first_pj.size(), "AUTRE");
  const std::string type = Between(valid, "<TypePJ V=\"", "\"", "<PES_PJ>");
  const std::string to_marche =
      Replaced(valid, "</PJ>", "<RefCompta><Domaine V=\"06\"/></RefCompta></PJ>");
  gen::PesSpec utf8;
  utf8.dematerialisee = gen::Dematerialisee::kNo;
  utf8.layout.encoding = gen::Encoding::kUtf8;
  return {
      {"FlagMissing", Replaced(valid, "</Bordereau>", "<ds:Signature/></Bordereau>"),
       "INFO_DEMATERIALISEE_MISSING",
       "/n:PES_Aller/PES_DepenseAller/EnTeteDepense[1]/InfoDematerialisee[1]", "0"},
      {"FlagWithoutSignature", Flagged(), "INFO_DEMATERIALISEE_WITHOUT_SIGNATURE", bordereau, ""},
      {"NbrPce", Replaced(valid, "<NbrPce V=\"3\"/>", "<NbrPce V=\"4\"/>"), "NBRPCE_MISMATCH",
       bordereau + "/BlocBordereau[1]/NbrPce[1]", "4"},
      {"NbrPceOfTheLast", Replaced(valid, "<NbrPce V=\"3\"/>", "<NbrPce V=\"2\"/>", 4),
       "NBRPCE_MISMATCH", "/n:PES_Aller/PES_RecetteAller/Bordereau[2]/BlocBordereau[1]/NbrPce[1]",
       "2"},
      {"MtCumulAnnuel",
       Replaced(FlaggedAndSigned(), "<MtCumulAnnuel V=\"" + mt_cumul, "<MtCumulAnnuel V=\"0.00"),
       "MT_CUMUL_ANNUEL_MISSING", bordereau + "/BlocBordereau[1]/MtCumulAnnuel[1]", "0.00"},
      {"MtCumulAnnuelAbsent",
       Replaced(FlaggedAndSigned(), "<MtCumulAnnuel V=\"" + mt_cumul + "\"/>", ""),
       "MT_CUMUL_ANNUEL_MISSING", bordereau, ""},
      {"LinesSum", Replaced(valid, "<MtBordHT V=\"", "<MtBordHT V=\"9"), "LINES_SUM_MISMATCH",
       bordereau + "/BlocBordereau[1]/MtBordHT[1]", "9" + Between(valid, "<MtBordHT V=\"", "\"")},
      {"NumberTwice", second_number, "BORDEREAU_NUMBER_DUPLICATE",
       "/n:PES_Aller/PES_DepenseAller/Bordereau[2]/BlocBordereau[1]/IdBord[1]", number},
      {"WithoutId", Replaced(valid, " Id=\"BORDD0001\"", ""), "BORDEREAU_WITHOUT_ID", bordereau,
       ""},
      {"DuplicateId", Replaced(valid, "Id=\"BORDD0002\"", "Id=\"BORDD0001\""), "DUPLICATE_ID",
       "/n:PES_Aller/PES_DepenseAller/Bordereau[2]", "BORDD0001"},
      {"OneIdUniqueTwice", twice, "PJ_DUPLICATE_ID", pj + "[2]", "PJ2024S1N0000001"},
      {"NotInTheFile",
       Replaced(elsewhere, "</PJ>", "<RefCompta><Domaine V=\"01\"/></RefCompta></PJ>"),
       "PJ_NOT_IN_FILE", bordereau + "/Piece[1]/BlocPiece[1]/InfoPce[1]/PJRef[1]", first_pj},
      {"NotReferenced", elsewhere, "PJ_NOT_REFERENCED", pj + "[1]", "AUTRE", {"PJ_NOT_IN_FILE"}},
      {"OnPaper", Replaced(valid, "<Support V=\"01\"/>", "<Support V=\"02\"/>"),
       "PJ_SUPPORT_CONTRADICTED", bordereau + "/Piece[1]/BlocPiece[1]/InfoPce[1]/PJRef[1]", "02"},
      {"TypeAndDomain", to_marche, "PJ_TYPE_DOMAIN_MISMATCH", pj + "[1]", type},
      {"AsapMissing", Replaced(valid, "<Edition V=\"04\"/>", "<Edition V=\"06\"/>"),
       "EDITION_WITHOUT_ASAP",
       "/n:PES_Aller/PES_RecetteAller/Bordereau[1]/Piece[1]/BlocPiece[1]/Edition[1]", "06"},
      {"Utf8", Generate(utf8), "ENCODING_NOT_ISO_8859_1", "/", "UTF-8"},
      {"NotBase64",
       Replaced(valid, "H4sI", "!4sI"),
       "ATTACHMENT_NOT_BASE64",
       pj + "[1]/Contenu[1]/Fichier[1]",
       "application/pdf",
       {"SCHEMA_VALUE_TYPE"}},
      {"NotGzip", Replaced(valid, "H4sI", "h4sI", 2), "ATTACHMENT_NOT_GZIP",
       pj + "[2]/Contenu[1]/Fichier[1]", "application/pdf"},
      {"NotTheTypeDeclared", Replaced(valid, "\"application/pdf\"", "\"image/png\""),
       "ATTACHMENT_TYPE_MISMATCH", pj + "[1]/Contenu[1]/Fichier[1]", "image/png"},
      {"UnsafeMember", PesWith(test::ZipOf({{"../x", "1"}}), "application/zip"),
       "ZIP_MEMBER_UNSAFE", pj + "[1]/Contenu[1]/Fichier[1]", "../x"},
      {"LockedMember", PesWith(LockedZip(), "application/zip"), "ZIP_MEMBER_LOCKED",
       pj + "[1]/Contenu[1]/Fichier[1]", "a"},
      {"HalfAnArchive", PesWith("PK\x03\x04 and nothing else", "application/zip"), "ZIP_UNREADABLE",
       pj + "[1]/Contenu[1]/Fichier[1]", ""},
      {"ArchiveOfTooMany",
       PesWith(test::ZipOf(std::vector<test::ZipEntry>(contents::kMaxMembers + 1, {"a", ""})),
               "application/zip"),
       "CONTENT_LIMIT_EXCEEDED", pj + "[1]/Contenu[1]/Fichier[1]", ""},
      {"LockedPdf", PesWith(LockedPdf(), "application/pdf"), "PDF_LOCKED",
       pj + "[1]/Contenu[1]/Fichier[1]", ""},
      {"DamagedPdf", PesWith(DamagedPdf(), "application/pdf"), "PDF_DAMAGED",
       pj + "[1]/Contenu[1]/Fichier[1]", ""},
      {"BadDate", Replaced(valid, "<DteBordEm V=\"", "<DteBordEm V=\"le ", 2), "SCHEMA_VALUE_TYPE",
       "/n:PES_Aller/PES_DepenseAller/Bordereau[2]/BlocBordereau[1]/DteBordEm[1]/@V",
       "le " + Between(valid, "<DteBordEm V=\"", "\"", "BORDD0002")},
  };
}

// Acts that are not sealed.
std::vector<Case> BudgetCases() {
  const std::string act = test::MakeBudgetAct({.prefix = "b"});
  const std::string root = "/b:DocumentBudgetaire";
  const std::string budget = root + "/b:Budget";
  const auto with = [](test::BudgetSpec spec) {
    spec.prefix = "b";
    return test::MakeBudgetAct(spec);
  };
  const std::string summary = budget + "/b:Annexes[1]/b:DATA_SOMMAIRE[1]";
  std::vector<Case> cases = {
      {"NoIdPost", with({.id_post = ""}), "ID_POST_MISSING", root + "/b:EnTeteDocBudgetaire", ""},
      {"NoIdColl", with({.id_coll = ""}), "ID_COLL_MISSING", root + "/b:EnTeteDocBudgetaire", ""},
      {"TwoBudgets", with({.budgets = 2}), "BUDGET_COUNT", root + "/b:EnTeteDocBudgetaire", ""},
      {"NatDec", with({.nat_dec = "04"}), "NAT_DEC_UNKNOWN",
       budget + "/b:BlocBudget[1]/b:NatDec[1]", "04"},
      {"Nomenclature", with({.nomenclature = "M57"}), "NOMENCLATURE_MALFORMED",
       budget + "/b:EnTeteBudget[1]/b:Nomenclature[1]", "M57"},
      {"CfuOfM14", with({.nomenclature = "M14-M14_COM", .nat_dec = "10"}),
       "NOMENCLATURE_WITHOUT_CFU", budget + "/b:EnTeteBudget[1]/b:Nomenclature[1]", "M14-M14_COM"},
      {"NoLines", with({.lines = 0}), "BUDGET_WITHOUT_LINES", budget, ""},
      {"Chapter", with({.more_lines = "<b:LigneBudget><b:Nature V=\"011\"/></b:LigneBudget>"}),
       "BUDGET_LINE_TOTAL", budget + "/b:LigneBudget[6]", "011"},
      {"NoSummary", with({.summary = false}), "ANNEX_SUMMARY_MISSING", budget, ""},
      {"Contradictory",
       absl::StrReplaceAll(act, {{"</b:DATA_SOMMAIRE>",
                                  "<b:SOMMAIRE><b:CodeAnnexe V=\"IV-A2.1\"/><b:Present "
                                  "V=\"false\"/></b:SOMMAIRE></b:DATA_SOMMAIRE>"}}),
       "ANNEX_SUMMARY_CONTRADICTORY", summary + "/b:SOMMAIRE[2]", "IV-A2.1"},
      {"AnnexListed", with({.annex_table = false}), "ANNEX_MISSING", summary, ""},
      {"AnnexNotListed", with({.annex_present = false}), "ANNEX_NOT_IN_SUMMARY",
       budget + "/b:Annexes[1]/b:DATA_EMPRUNT[1]", ""},
  };
  for (Case& it : cases) it.also = {"SEAL_ABSENT"};
  cases.push_back({"NotSealed", act, "SEAL_ABSENT", root + "/b:EnTeteDocBudgetaire", ""});
  const std::string digits(32, 'A');
  cases.push_back({"SealBroken",
                   Replaced(act, " <b:EnTeteDocBudgetaire>",
                            Concat(" <b:Scellement md5=\"", digits, "\" sha1=\"", digits,
                                   "\" date=\"2025-01-01T00:00:00\"/>\n <b:EnTeteDocBudgetaire>")),
                   "SEAL_BROKEN", root + "/b:Scellement", digits});
  return cases;
}

std::vector<Case> ActeCases() {
  return {
      {"NoFileName", Replaced(test::MakeActe(), "acte.pdf", ""), "ACTE_FILE_NAME",
       "/actes:Acte/actes:Document", ""},
      {"FileInAFolder", test::MakeActe({.document = "../acte.pdf"}), "ACTE_FILE_NAME",
       "/actes:Acte/actes:Document", "../acte.pdf"},
      {"TwoFilesOfOneName", test::MakeActe({.annexes = {"a.pdf", "A.PDF"}}), "ACTE_FILE_DUPLICATE",
       "/actes:Acte/actes:Annexes/actes:Annexe[2]", "A.PDF"},
      {"TextProcessor", test::MakeActe({.annexes = {"a.pdf", "b.docx"}}), "ACTE_FILE_TYPE",
       "/actes:Acte/actes:Annexes/actes:Annexe[2]", "b.docx"},
      {"AnnexesCount", test::MakeActe({.annexes = {"a.pdf"}, .annexes_stated = 3}),
       "ACTE_ANNEXES_COUNT", "/actes:Acte/actes:Annexes", "3"},
      {"Anomaly", test::MakeAnomaly(), "ACTE_ANOMALY", "/actes:AnomalieActe", "007"},
  };
}

class FindingPlaces : public testing::TestWithParam<Case> {};

TEST_P(FindingPlaces, AreTheElementsAndTheValues) {
  const Case& it = GetParam();
  const auto check = CheckDocument(
      AsFile(it.text), {.catalog = CatalogOf(""), .day = "2026-01-01", .open = OpenOptions()});
  ASSERT_TRUE(check.ok()) << check.status();
  const auto found = std::find_if(check->findings.begin(), check->findings.end(),
                                  [&](const Finding& each) { return each.rule == it.rule; });
  ASSERT_NE(found, check->findings.end()) << it.rule;
  EXPECT_EQ(found->place.element, it.path);
  EXPECT_EQ(found->value, it.value);
  const bool whole_document = it.path == "/";
  EXPECT_EQ(whole_document ? 1 : LineAt(it.text, it.path), found->place.line) << it.path;
  // The column is where something begins; an attribute is said with its element.
  size_t at = 0;
  for (int64_t line = 1; line < found->place.line; ++line) at = it.text.find('\n', at) + 1;
  EXPECT_EQ(it.text[at + static_cast<size_t>(found->place.column) - 1], '<');
  std::set<std::string> others;
  for (const Finding& each : check->findings) {
    if (each.severity != Severity::kInfo && each.rule != it.rule) others.insert(each.rule);
    const bool of_no_element = each.place.line == 0;
    EXPECT_TRUE(of_no_element || each.place.element.starts_with('/')) << each.rule;
  }
  EXPECT_EQ(others, it.also);
}

INSTANTIATE_TEST_SUITE_P(Pes, FindingPlaces, testing::ValuesIn(PesCases()),
                         [](const auto& each) { return each.param.name; });
INSTANTIATE_TEST_SUITE_P(Budget, FindingPlaces, testing::ValuesIn(BudgetCases()),
                         [](const auto& each) { return each.param.name; });
INSTANTIATE_TEST_SUITE_P(Acte, FindingPlaces, testing::ValuesIn(ActeCases()),
                         [](const auto& each) { return each.param.name; });

// The names of kRules in finding.cc.
std::vector<std::string> RuleNames() {
  const auto table = ReadSmallFile(SCEAU_SOURCE_DIR "/schemas/finding.cc");
  EXPECT_TRUE(table.ok()) << table.status();
  std::vector<std::string> names;
  const std::regex row("\n    \\{\"([A-Z0-9_]+)\",");
  for (std::sregex_iterator it(table->begin(), table->end(), row), end; it != end; ++it) {
    names.push_back((*it)[1]);
  }
  return names;
}

TEST(RuleNamesOfTheTable, AreEachInSomeTest) {
  std::string tests;
  for (const auto& it : std::filesystem::recursive_directory_iterator(SCEAU_SOURCE_DIR "/tests")) {
    if (it.path().extension() != ".cc") continue;
    const auto text = ReadSmallFile(it.path());
    ASSERT_TRUE(text.ok()) << it.path();
    tests += *text;
  }
  const std::vector<std::string> names = RuleNames();
  EXPECT_GT(names.size(), 80u);
  for (const std::string& it : names) {
    EXPECT_NE(tests.find(it), std::string::npos) << it;
  }
}

}  // namespace
}  // namespace sceau::schemas
