#include "tools/sceau/key_list.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/sceau/certificate_example.h"
#include "tools/sceau/token_list.h"

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
             CertificateExample("Signataire"),
             hsm::CertificateMatch::kMatches};
  keys[1] = {"pkcs11:token=Carte;id=%02", "Carte", "123", "\x02", "autre", hsm::KeyType::kEc, 256};
  keys[2] = {"pkcs11:token=HSM;id=%03", "HSM", "9", "\x03", "sceau", hsm::KeyType::kEd25519, 256};
  keys[2].match = hsm::CertificateMatch::kDiffers;
  return keys;
}

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2025, 6, 1), absl::UTCTimeZone());

Json WrittenKeys() {
  std::string text;
  WriteKeysJson(Example(), kNow, [&](std::string_view piece) { text += piece; });
  return Json::parse(text)["keys"];
}

std::vector<ListedToken> Tokens() {
  return {{{"pkcs11:token=Carte", "Carte", "123", "AC", "IAS", hsm::PinState::kFinalTry, true}, 2},
          {{"pkcs11:token=HSM", "HSM", "9", "Fabricant", "H1"}, 1}};
}

TEST(KeyList, SaysOfEachKeyItsTokenTypeAndCertificate) {
  const Json keys = WrittenKeys();
  ASSERT_EQ(keys.size(), 3u);
  EXPECT_EQ(keys[0]["uri"], "pkcs11:token=Carte;id=%01");
  EXPECT_EQ(keys[0]["token"], (Json{{"label", "Carte"}, {"serial", "123"}}));
  EXPECT_EQ(keys[0]["id"], "01");
  EXPECT_EQ(keys[0]["type"], "RSA");
  EXPECT_EQ(keys[0]["bits"], 2048);
  EXPECT_EQ(keys[0]["alwaysAuthenticate"], true);
  EXPECT_EQ(keys[0]["purpose"], "SIGNATURE");
  EXPECT_EQ(keys[0]["match"], "MATCHES");
  const Json& certificate = keys[0]["certificate"];
  EXPECT_EQ(certificate["subject"], "CN=Signataire,O=Commune de Nouméa");
  EXPECT_EQ(certificate["serial"], "4711");
  EXPECT_EQ(certificate["notBefore"], "2024-01-01T00:00:00Z");
  EXPECT_EQ(certificate["notAfter"], "2025-12-31T23:59:59Z");
  EXPECT_EQ(certificate["expired"], false);
  EXPECT_EQ(certificate["sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(keys[1]["type"], "EC");
  EXPECT_TRUE(keys[1]["certificate"].is_null());
  EXPECT_EQ(keys[1]["purpose"], "UNKNOWN");
  EXPECT_EQ(keys[1]["match"], "ABSENT");
  EXPECT_EQ(keys[2]["type"], "ED25519");
  EXPECT_EQ(keys[2]["match"], "DIFFERS");
}

TEST(TokenList, SaysOfEachTokenWhatItIsAndHoldsAndHowItsPinStands) {
  std::string text;
  WriteTokensJson(Tokens(), [&](std::string_view piece) { text += piece; });
  const Json tokens = Json::parse(text)["tokens"];
  ASSERT_EQ(tokens.size(), 2u);
  EXPECT_EQ(tokens[0]["label"], "Carte");
  EXPECT_EQ(tokens[0]["serial"], "123");
  EXPECT_EQ(tokens[0]["keys"], 2);
  EXPECT_EQ(tokens[0]["pin"], "FINAL_TRY");
  EXPECT_EQ(tokens[0]["pinPad"], true);
  EXPECT_EQ(tokens[1]["pin"], "USABLE");
  EXPECT_NE(
      TokensText(Tokens(), Lang::kFr).find("Carte  n° 123  2 clés  un seul essai du code PIN"),
      std::string::npos);
  EXPECT_EQ(TokensText({}, Lang::kEn), "No token.\n");
}

TEST(KeyList, IsReadableInBothLanguages) {
  const std::string french = KeysText(Example(), kNow, Lang::kFr);
  EXPECT_NE(french.find("CN=Signataire"), std::string::npos);
  EXPECT_NE(french.find("signature, valable jusqu'au 31/12/2025"), std::string::npos);
  EXPECT_NE(french.find("sans certificat visible"), std::string::npos);
  EXPECT_NE(french.find("n'est pas celui de cette clé"), std::string::npos);
  EXPECT_NE(KeysText(Example(), kNow, Lang::kEn).find("valid until 2025-12-31"), std::string::npos);
  EXPECT_EQ(KeysText({}, kNow, Lang::kFr), "Aucune clé.\n");
}

TEST(KeyList, AnExpiredCertificateIsToldSo) {
  const absl::Time later = kNow + absl::Hours(24 * 365);
  EXPECT_NE(KeysText(Example(), later, Lang::kFr).find("expiré depuis le 31/12/2025"),
            std::string::npos);
  EXPECT_EQ(KeyJson(Example()[0], later)["certificate"]["expired"], true);
}

}  // namespace
}  // namespace sceau::cli
