// An official set as its publisher gives it becomes a set of this machine, or nothing.
#include "schemas/schema_import.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "tests/schemas/documents.h"
#include "tests/support/process.h"

namespace sceau::schemas {
namespace {

constexpr std::string_view kActes = "http://www.interieur.gouv.fr/ACTES#v1.1-20040216";

// A set of two files: the root's, and the signature's with the integer libxml2 cannot hold.
class SchemaImportTest : public testing::Test {
 protected:
  SchemaImportTest() {
    std::filesystem::create_directories(source_ + "/sig");
    Write("acte.xsd",
          Concat("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='", kActes,
                 "' xmlns:s='urn:sig'><xs:import namespace='urn:sig' "
                 "schemaLocation='sig/s.xsd'/><xs:element name='Acte'><xs:complexType><xs:sequence>"
                 "<xs:element ref='s:X509SerialNumber'/></xs:sequence></xs:complexType></xs:element>"
                 "</xs:schema>"));
    Write("sig/s.xsd",
          "<s:schema xmlns:s=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"urn:sig\">\n"
          "<s:element name=\"X509SerialNumber\" type=\"s:integer\"/></s:schema>");
  }
  void Write(const std::string& name, std::string_view text) { source_folder_.Write(name, text); }
  StatusOr<SchemaSet> Import(bool force = false) {
    return ImportSchemaSet({.source = source_, .folder = sets_.path(), .name = "1.0", .force = force});
  }
  std::vector<std::string> Installed() const {
    std::vector<std::string> out;
    for (const auto& it : std::filesystem::directory_iterator(sets_.path())) out.push_back(it.path().filename());
    return out;
  }

  const test::TemporaryFolder source_folder_, sets_;
  const std::string source_ = source_folder_.path();
};

TEST_F(SchemaImportTest, InstallsAndFindsTheDocumentElement) {
  const auto set = Import();
  ASSERT_TRUE(set.ok()) << set.status();
  const auto sets = LoadSchemaSets(sets_.path());
  ASSERT_TRUE(sets.ok());
  ASSERT_EQ(sets->size(), 1u);
  ASSERT_NE(sets->at(0).Find(kActes, "Acte"), nullptr);
  EXPECT_EQ(sets->at(0).Find(kActes, "Acte")->file, "acte.xsd");
  EXPECT_EQ(Installed(), std::vector<std::string>{"1.0"});
}

TEST_F(SchemaImportTest, MendsTheSerialNumberThatLibxml2CannotHold) {
  const std::string document =
      Concat("<Acte xmlns='", kActes, "'><X509SerialNumber xmlns='urn:sig'>",
             std::string(48, '7'), "</X509SerialNumber></Acte>");
  // As published, libxml2 refuses the value.
  const test::TemporaryFolder folder;
  const auto unmended = test::RunProcess({"xmllint", "--noout", "--schema", source_ + "/acte.xsd",
                                          folder.Write("a.xml", document)});
  ASSERT_NE(unmended.exit_code, 0);
  ASSERT_TRUE(Import().ok());
  EXPECT_EQ(CheckText(document, CatalogOf(sets_.path())).inspection.schema_set, "1.0");
}

TEST_F(SchemaImportTest, AnInstalledSetIsReplacedOnlyWhenAsked) {
  ASSERT_TRUE(Import().ok());
  EXPECT_EQ(ReasonOf(Import().status()), Reason::kOutputExists);
  EXPECT_TRUE(Import(/*force=*/true).ok());
  EXPECT_EQ(Installed(), std::vector<std::string>{"1.0"});
}

TEST_F(SchemaImportTest, WhatIsNoWholeSetLeavesNothing) {
  const struct {
    std::string file, text;
  } rows[] = {
      {"sig/s.xsd", "<!DOCTYPE s:schema [<!ENTITY e 'x'>]><schema/>"},
      {"sig/s.xsd", "<not closed"},
      {"more.xsd", "<s:schema xmlns:s='http://www.w3.org/2001/XMLSchema'><s:include "
                   "schemaLocation='/etc/passwd'/></s:schema>"},
      {"more.xsd", "<s:schema xmlns:s='http://www.w3.org/2001/XMLSchema'><s:include "
                   "schemaLocation='http://127.0.0.1/a.xsd'/></s:schema>"},
      {"more.xsd", "<s:schema xmlns:s='http://www.w3.org/2001/XMLSchema'><s:include "
                   "schemaLocation='../../elsewhere.xsd'/></s:schema>"},
      {"sig/s.xsd", "<s:schema xmlns:s='http://www.w3.org/2001/XMLSchema' "
                    "targetNamespace='urn:other'/>"},
  };
  for (const auto& row : rows) {
    const auto before = ReadSmallFile(source_ + "/sig/s.xsd");
    Write(row.file, row.text);
    EXPECT_EQ(ReasonOf(Import().status()), Reason::kSchemaSetInvalid) << row.text;
    EXPECT_TRUE(Installed().empty()) << row.text;
    Write("sig/s.xsd", *before);
    std::filesystem::remove(source_ + "/more.xsd");
  }
  ASSERT_TRUE(Import().ok());
}

TEST_F(SchemaImportTest, ASourceWithNothingKnownIsRefused) {
  std::filesystem::remove(source_ + "/acte.xsd");
  EXPECT_EQ(ReasonOf(Import().status()), Reason::kSchemaSetInvalid);
}

TEST_F(SchemaImportTest, AnArchiveIsImportedAsItsFolder) {
  const test::TemporaryFolder folder;
  const std::string tar = folder.path() + "/set_v2.5.tar.gz";
  ASSERT_EQ(test::RunProcess({"tar", "-C", source_, "-czf", tar, "."}).exit_code, 0);
  const auto set = ImportSchemaSet({.source = tar, .folder = sets_.path()});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->name, "2.5");
  const std::string zip = folder.path() + "/a.zip";
  ASSERT_EQ(test::RunProcess({"python3", "-m", "zipfile", "-c", zip, source_ + "/acte.xsd",
                              source_ + "/sig"}).exit_code, 0);
  const auto zipped = ImportSchemaSet({.source = zip, .folder = sets_.path(), .name = "z"});
  ASSERT_TRUE(zipped.ok()) << zipped.status();
  ASSERT_EQ(zipped->roots.size(), 1u);
}

TEST_F(SchemaImportTest, P32_AnArchiveThatLeavesItsFolderIsRefused) {
  const test::TemporaryFolder folder;
  const std::string tar = folder.path() + "/t.tar";
  ASSERT_EQ(test::RunProcess({"tar", "-C", source_, "--transform", "s,sig/s,../s,", "-P", "-cf", tar, "acte.xsd",
                              "sig/s.xsd"}).exit_code, 0);
  EXPECT_EQ(ReasonOf(ReadSchemaArchive(tar).status()), Reason::kSchemaSetInvalid);
}

TEST_F(SchemaImportTest, P32_AnArchiveThatGrowsTooLargeIsStopped) {
  const test::TemporaryFolder folder;
  Write("bomb.xsd", std::string(kMaxSchemaBytes, ' '));
  const std::string tar = folder.path() + "/t.tar.gz";
  ASSERT_EQ(test::RunProcess({"tar", "-C", source_, "-czf", tar, "."}).exit_code, 0);
  EXPECT_EQ(ReasonOf(ReadSchemaArchive(tar).status()), Reason::kSchemaSetInvalid);
}

}  // namespace
}  // namespace sceau::schemas
