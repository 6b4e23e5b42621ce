#include "tools/sceau/key_list.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/sceau/certificate_example.h"

namespace sceau::cli {
namespace {

std::vector<hsm::KeyDescription> Example() {
  std::vector<hsm::KeyDescription> keys(3);
  keys[0] = {"pkcs11:token=Carte;id=%01",
             "Carte",
             "123",
             "\x01",
             "signature",
             hsm::KeyType::kRsa,
             2048,
             true,
             CertificateExample("Signataire")};
  keys[1] = {"pkcs11:token=Carte;id=%02", "Carte", "123", "\x02", "autre", hsm::KeyType::kEc, 256};
  keys[2] = {"pkcs11:token=HSM;id=%03", "HSM", "9", "\x03", "sceau", hsm::KeyType::kEd25519, 256};
  return keys;
}

Json Written(void (*write)(const std::vector<hsm::KeyDescription>&, const TextSink&)) {
  std::string text;
  write(Example(), [&](std::string_view piece) { text += piece; });
  return Json::parse(text);
}

TEST(KeyList, SaysOfEachKeyItsTokenTypeAndCertificate) {
  const Json keys = Written(WriteKeysJson)["keys"];
  ASSERT_EQ(keys.size(), 3u);
  EXPECT_EQ(keys[0]["uri"], "pkcs11:token=Carte;id=%01");
  EXPECT_EQ(keys[0]["token"], (Json{{"label", "Carte"}, {"serial", "123"}}));
  EXPECT_EQ(keys[0]["id"], "01");
  EXPECT_EQ(keys[0]["type"], "RSA");
  EXPECT_EQ(keys[0]["bits"], 2048);
  EXPECT_EQ(keys[0]["alwaysAuthenticate"], true);
  const Json& certificate = keys[0]["certificate"];
  EXPECT_EQ(certificate["subject"], "CN=Signataire,O=Commune de Nouméa");
  EXPECT_EQ(certificate["serial"], "4711");
  EXPECT_EQ(certificate["notBefore"], "2024-01-01T00:00:00Z");
  EXPECT_EQ(certificate["notAfter"], "2025-12-31T23:59:59Z");
  EXPECT_EQ(certificate["sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(keys[1]["type"], "EC");
  EXPECT_TRUE(keys[1]["certificate"].is_null());
  EXPECT_EQ(keys[2]["type"], "ED25519");
}

TEST(TokenList, CountsTheKeysOfEachToken) {
  const Json tokens = Written(WriteTokensJson)["tokens"];
  ASSERT_EQ(tokens.size(), 2u);
  EXPECT_EQ(tokens[0], (Json{{"label", "Carte"}, {"serial", "123"}, {"keys", 2}}));
  EXPECT_EQ(tokens[1], (Json{{"label", "HSM"}, {"serial", "9"}, {"keys", 1}}));
}

TEST(KeyList, IsReadableInBothLanguages) {
  const std::string french = KeysText(Example(), Lang::kFr);
  EXPECT_NE(french.find("CN=Signataire"), std::string::npos);
  EXPECT_NE(french.find("jusqu'au 31/12/2025"), std::string::npos);
  EXPECT_NE(french.find("sans certificat visible"), std::string::npos);
  EXPECT_NE(KeysText(Example(), Lang::kEn).find("valid until 2025-12-31"), std::string::npos);
  EXPECT_EQ(KeysText({}, Lang::kFr), "Aucune clé.\n");
  EXPECT_NE(TokensText(Example(), Lang::kFr).find("Carte  n° 123  2 clés"), std::string::npos);
}

}  // namespace
}  // namespace sceau::cli
