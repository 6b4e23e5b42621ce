#include "tools/sceau/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/sceau/files.h"

namespace sceau::cli {
namespace {

TEST(Config, ReadsEveryKeyAndTakesPathsFromItsOwnFolder) {
  const auto config = ParseConfig(R"(
key = "pkcs11:token=carte"
pin_source = "pin"
profiles = "profils"
register = "registre.jsonl"
trust = ["/etc/autorites", "racine.pem"]
modules = ["/usr/lib/opensc-pkcs11.so"]

[signature]
role = "Maire"
city = "Nouméa"
postal_code = "98800"
country = "NC"
profile = "helios-v3-strict"

[tls]
ca = "ca.pem"
certificate = "moi.pem"
key = "moi.key"

[virus_scan]
address = "127.0.0.1:3310"
required = false

[documents]
max_size = 1000
)",
                                  "/maison/sceau.toml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->key, "pkcs11:token=carte");
  EXPECT_EQ(config->pin_source, "/maison/pin");
  EXPECT_EQ(config->profiles, "/maison/profils");
  EXPECT_EQ(config->competence_register, "/maison/registre.jsonl");
  EXPECT_EQ(config->trust, (std::vector<std::string>{"/etc/autorites", "/maison/racine.pem"}));
  EXPECT_EQ(config->modules, std::vector<std::string>{"/usr/lib/opensc-pkcs11.so"});
  EXPECT_EQ(config->role, "Maire");
  EXPECT_EQ(config->city, "Nouméa");
  EXPECT_EQ(config->postal_code, "98800");
  EXPECT_EQ(config->country, "NC");
  EXPECT_EQ(config->profile, "helios-v3-strict");
  EXPECT_EQ(config->virus_scan.address, "127.0.0.1:3310");
  EXPECT_FALSE(config->virus_scan.required);
  EXPECT_EQ(config->tls_ca, "/maison/ca.pem");
  EXPECT_EQ(config->tls_certificate, "/maison/moi.pem");
  EXPECT_EQ(config->tls_key, "/maison/moi.key");
  EXPECT_EQ(config->max_size, 1000);
}

TEST(Config, AnEmptyFileLeavesTheDefaults) {
  const auto config = ParseConfig("", "sceau.toml");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->profile, "helios-v3");
  EXPECT_EQ(config->role, "");
  EXPECT_GT(config->max_size, 150'000'000);
}

TEST(Config, AnUnknownKeyIsRefusedWithItsPlaceAndTheNearestName) {
  const auto config = ParseConfig("[signature]\nrole = \"Maire\"\ncitty = \"x\"\n", "sceau.toml");
  ASSERT_EQ(ReasonOf(config.status()), Reason::kConfigInvalid);
  EXPECT_EQ(DetailOf(config.status()),
            "sceau.toml: signature.citty: unknown key; nearest: signature.city");
  EXPECT_EQ(PlaceOf(config.status()).line, 3);
  EXPECT_EQ(PlaceOf(config.status()).element, "signature.citty");
  EXPECT_EQ(ExitCodeOf(config.status()), 78);
}

TEST(Config, EveryWrongValueIsRefused) {
  for (const char* text : {
           "signature = 3",                  // a table is expected
           "[signature]\nrole = 3",          // a text
           "trust = \"x.pem\"",              // a list
           "trust = [\"x.pem\", 3]",         // of texts
           "[documents]\nmax_size = \"1\"",  // a number
           "[documents]\nmax_size = 0",      // of at least one byte
           "[unknown]\nrole = \"x\"",        // no such table
           "[signature.role]\nx = \"y\"",    // a text, not a table
           "key = ",                         // no TOML
           "key = \"a\"\nkey = \"b\"",       // twice
       }) {
    EXPECT_EQ(ReasonOf(ParseConfig(text, "sceau.toml").status()), Reason::kConfigInvalid) << text;
  }
}

TEST(Config, AnErrorOfSyntaxSaysTheLine) {
  const auto config = ParseConfig("key = \"a\"\n\n[signature\n", "sceau.toml");
  EXPECT_EQ(PlaceOf(config.status()).line, 3);
}

class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    unsetenv("SCEAU_CONFIG");
    setenv("XDG_CONFIG_HOME", In(folder_, "xdg").c_str(), 1);
    setenv("HOME", In(folder_, "home").c_str(), 1);
  }
  void TearDown() override {
    unsetenv("SCEAU_CONFIG");
    unsetenv("XDG_CONFIG_HOME");
  }
  // Makes a configuration whose role is `role`.
  std::string Make(const std::string& name, const std::string& role) {
    std::filesystem::create_directories(std::filesystem::path(In(folder_, name)).parent_path());
    return folder_.Write(name, "[signature]\nrole = \"" + role + "\"\n");
  }
  TemporaryFolder folder_;
};

TEST_F(ConfigFile, TheNamedOneWinsThenTheEnvironmentThenTheUsersOwn) {
  Make("home/.config/sceau/sceau.toml", "home");
  Make("xdg/sceau/sceau.toml", "xdg");
  setenv("SCEAU_CONFIG", Make("environment.toml", "environment").c_str(), 1);
  EXPECT_EQ(LoadConfig(Make("named.toml", "named"))->role, "named");
  EXPECT_EQ(LoadConfig("")->role, "environment");
  unsetenv("SCEAU_CONFIG");
  EXPECT_EQ(LoadConfig("")->role, "xdg");
  unsetenv("XDG_CONFIG_HOME");
  EXPECT_EQ(LoadConfig("")->role, "home");
}

TEST_F(ConfigFile, OnlyANamedOneMustExist) {
  EXPECT_TRUE(LoadConfig("").ok());
  EXPECT_EQ(ReasonOf(LoadConfig(In(folder_, "absent.toml")).status()), Reason::kConfigInvalid);
  setenv("SCEAU_CONFIG", In(folder_, "absent.toml").c_str(), 1);
  EXPECT_EQ(ReasonOf(LoadConfig("").status()), Reason::kConfigInvalid);
}

}  // namespace
}  // namespace sceau::cli
