#include "schemas/schema_set.h"

#include <gtest/gtest.h>

#include "tests/schemas/documents.h"

namespace sceau::schemas {
namespace {

TEST(SchemaSet, VersionsCompareByTheirNumbers) {
  EXPECT_TRUE(VersionLess("5.9", "5.10"));
  EXPECT_FALSE(VersionLess("5.10", "5.9"));
  EXPECT_TRUE(VersionLess("5.11", "5.17"));
  EXPECT_TRUE(VersionLess("5", "5.1"));
  EXPECT_FALSE(VersionLess("5.17", "5.17"));
  EXPECT_FALSE(VersionLess("5.017", "5.17"));
}

TEST(SchemaSet, TheNewestIsFirst) {
  const test::TemporaryFolder folder;
  for (const std::string name : {"5.9", "5.10", "5.2"}) {
    std::filesystem::create_directory(folder.path() + "/" + name);
    folder.Write(name + "/set.toml", ManifestOf({.name = name}));
  }
  const auto sets = LoadSchemaSets(folder.path());
  ASSERT_TRUE(sets.ok()) << sets.status();
  ASSERT_EQ(sets->size(), 3u);
  EXPECT_EQ((*sets)[0].name, "5.10");
  EXPECT_EQ((*sets)[1].name, "5.9");
  EXPECT_EQ((*sets)[2].name, "5.2");
}

TEST(SchemaSet, AManifestIsReadBackAsItWasWritten) {
  const test::TemporaryFolder folder;
  const SchemaSet set{.name = "1.0",
                      .in_force_from = "2024-01-01",
                      .in_force_until = "2024-12-31",
                      .roots = {{"urn:a\"b\\c", "Root", "a/b.xsd"}}};
  std::filesystem::create_directory(folder.path() + "/1.0");
  folder.Write("1.0/set.toml", ManifestOf(set));
  const auto sets = LoadSchemaSets(folder.path());
  ASSERT_TRUE(sets.ok()) << sets.status();
  const SchemaSet& read = sets->at(0);
  EXPECT_EQ(ManifestOf(read), ManifestOf(set));
  EXPECT_TRUE(read.InForceOn("2024-01-01"));
  EXPECT_TRUE(read.InForceOn("2024-12-31"));
  EXPECT_FALSE(read.InForceOn("2023-12-31"));
  EXPECT_FALSE(read.InForceOn("2025-01-01"));
}

TEST(SchemaSet, ABadManifestIsRefusedWithItsName) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() + "/x");
  for (const char* text : {"nom = \"x\"", "name = \"../x\"", "name = \"x\"\nin_force_from = \"2024-02-30\"", "name ="}) {
    const std::string path = folder.Write("x/set.toml", text);
    const auto sets = LoadSchemaSets(folder.path());
    EXPECT_EQ(ReasonOf(sets.status()), Reason::kSchemaSetInvalid) << text;
    EXPECT_NE(DetailOf(sets.status()).find(path), std::string::npos) << sets.status();
  }
}

TEST(SchemaSet, AFolderThatIsNotThereHoldsNone) {
  const auto sets = LoadSchemaSets("/no/such/folder");
  ASSERT_TRUE(sets.ok()) << sets.status();
  EXPECT_TRUE(sets->empty());
}

}  // namespace
}  // namespace sceau::schemas
