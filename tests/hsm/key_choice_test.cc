#include <gmock/gmock.h>

#include "tests/hsm/sanitizer_options.h"
#include "tests/hsm/token_fixture.h"

namespace sceau::hsm {
namespace {

using test::KeyKind;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class KeyChoice : public TokenFixture {};

TEST_F(KeyChoice, KeysAreListedWithoutLogin) {
  const std::string certificate = soft.AddSigner(kToken, pki, {.kind = KeyKind::kRsa2048});
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto keys = tokens->ListKeys("pkcs11:");
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_EQ(keys->size(), 1U);
  const KeyDescription& key = keys->front();
  EXPECT_EQ(key.token_label, kToken);
  EXPECT_EQ(key.id, "\x01");
  EXPECT_EQ(key.label, "signature");
  EXPECT_EQ(key.type, KeyType::kRsa);
  EXPECT_EQ(key.bits, 2048);
  EXPECT_EQ(key.certificate, certificate);
  EXPECT_EQ(shim.logins, 0);
}

TEST_F(KeyChoice, AKeyKnownOnlyByItsCertificateIsListedWithoutLogin) {
  soft.AddSigner(kToken, pki, {.label = "carte", .keep_public_key = false});
  // An authority's certificate with a CKA_ID of its own is no signer.
  soft.ImportCertificate(kToken, pki.root(), "\x7f", "root");
  const auto tokens = OpenSoft();
  const auto keys = tokens->ListKeys("pkcs11:token=mairie");
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_EQ(keys->size(), 1U);
  EXPECT_EQ(keys->front().label, "carte");
  EXPECT_EQ(keys->front().bits, 256);
}

TEST_F(KeyChoice, TheListedUriOpensExactlyThatKey) {
  soft.AddSigner(kToken, pki, {.id = "\x01", .label = "a"});
  soft.AddSigner(kToken, pki, {.id = std::string("\x00\xff;&", 4), .label = "b"});
  const auto tokens = OpenSoft();
  const auto keys = tokens->ListKeys("pkcs11:");
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_EQ(keys->size(), 2U);
  for (const KeyDescription& listed : *keys) {
    EXPECT_THAT(listed.uri, AllOf(HasSubstr("token=mairie"), HasSubstr("serial="),
                                  HasSubstr("type=private"), HasSubstr("id=%")));
    const auto key = OpenKey(*tokens, listed.uri);
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ((*key)->description().id, listed.id);
    EXPECT_EQ((*key)->description().uri, listed.uri);
  }
}

TEST_F(KeyChoice, TheUriOfTheCertificateOrPublicKeyNamesTheKeyToo) {
  soft.AddSigner(kToken, pki);
  const auto tokens = OpenSoft();
  for (const char* type : {"cert", "public", "private"}) {
    const auto key = OpenKey(*tokens, Concat("pkcs11:token=mairie;id=%01;type=", type));
    EXPECT_TRUE(key.ok()) << type << ": " << key.status();
  }
}

TEST_F(KeyChoice, P51_TwoKeysWithTheSameLabelAreAmbiguous) {
  soft.AddSigner(kToken, pki, {.id = "\x01"});
  soft.AddSigner(kToken, pki, {.id = "\x02"});
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens);
  EXPECT_EQ(ReasonOf(key.status()), Reason::kKeyAmbiguous);
  EXPECT_THAT(DetailOf(key.status()),
              AllOf(HasSubstr("id=%01"), HasSubstr(", pkcs11:"), HasSubstr("id=%02")));
  EXPECT_EQ(shim.logins, 0);  // known before any PIN
}

TEST_F(KeyChoice, P51_HiddenKeysWithTheSameLabelAreAmbiguousAfterLogin) {
  for (const char* id : {"\x01", "\x02"}) {
    soft.GenerateKey(kToken, {.id = id, .keep_public_key = false});
  }
  const auto tokens = OpenSoft();
  EXPECT_EQ(ReasonOf(OpenKey(*tokens).status()), Reason::kKeyAmbiguous);
}

TEST_F(KeyChoice, P51_TwoKeysWithTheSameIdAreToldApartByTheirLabel) {
  soft.GenerateKey(kToken, {.id = "\x01", .label = "a"});
  soft.AddSigner(kToken, pki, {.id = "\x01", .label = "b"});
  const auto tokens = OpenSoft();
  // Both may be meant: each is matched by the labels of what bears the CKA_ID.
  const auto both = OpenKey(*tokens, "pkcs11:token=mairie;id=%01");
  EXPECT_EQ(ReasonOf(both.status()), Reason::kKeyAmbiguous);
  EXPECT_THAT(DetailOf(both.status()), AllOf(HasSubstr("object=a"), HasSubstr("object=b")));
  EXPECT_TRUE(OpenKey(*tokens, "pkcs11:token=mairie;id=%01;object=b").ok());
}

TEST_F(KeyChoice, P51_TheSameLabelOnTwoTokensIsAmbiguous) {
  soft.AddToken("prefecture", "another-pin");
  soft.AddSigner(kToken, pki);
  soft.AddSigner("prefecture", pki);
  const auto tokens = OpenSoft();
  const auto key = OpenKey(*tokens, "pkcs11:object=signature");
  EXPECT_EQ(ReasonOf(key.status()), Reason::kKeyAmbiguous);
  EXPECT_THAT(DetailOf(key.status()),
              AllOf(HasSubstr("token=mairie"), HasSubstr("token=prefecture")));
  EXPECT_EQ(pin.reads, 0);
}

TEST_F(KeyChoice, P51_AKeyAmongFiveHundredObjectsIsFound) {
  soft.FillWithCertificates(kToken, pki.issuing(), 480);
  soft.AddSigner(kToken, pki);
  soft.FillWithCertificates(kToken, pki.root(), 20);
  const auto tokens = OpenSoft();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ((*key)->certificates().size(), 3U);  // with the root, among the last objects
}

TEST_F(KeyChoice, CertificatesGoFromTheLeafToTheRoot) {
  const std::string leaf = soft.AddSigner(kToken, pki);
  soft.ImportCertificate(kToken, pki.root(), "", "root");
  const test::TestPki other;
  soft.ImportCertificate(kToken, other.issuing(), "", "of another authority");
  const auto tokens = OpenSoft();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_THAT((*key)->certificates(), ElementsAre(leaf, pki.issuing(), pki.root()));
}

TEST_F(KeyChoice, P56_ACertificateOfAnotherKeyIsRefused) {
  for (const auto& [label, kind] :
       {std::pair{"rsa", KeyKind::kRsa2048}, std::pair{"ec", KeyKind::kP256}}) {
    soft.GenerateKey(kToken, {.kind = kind, .id = label, .label = label});
    const EvpPkeyHandle other = kind == KeyKind::kRsa2048 ? test::NewRsaKey() : test::NewEcKey();
    soft.ImportCertificate(kToken, pki.Issue(other.get()), label, label);
  }
  const auto tokens = OpenSoft();
  for (const char* label : {"rsa", "ec"}) {
    const auto key = OpenKey(*tokens, Concat("pkcs11:token=mairie;object=", label));
    EXPECT_EQ(ReasonOf(key.status()), Reason::kCertificateMismatch) << label << key.status();
  }
}

TEST_F(KeyChoice, P56_WithoutAPublicKeyTheFirstSignatureShowsTheMismatch) {
  soft.GenerateKey(kToken, {.keep_public_key = false});
  soft.ImportCertificate(kToken, pki.Issue(test::NewEcKey().get()), "\x01", "signature");
  const auto tokens = OpenSoft();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(ReasonOf((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).status()),
            Reason::kSignatureCheckFailed);
}

TEST_F(KeyChoice, P56_ACertificateRenewedInPlaceIsTheNewestOfThisKey) {
  const EvpPkeyHandle key_pair = soft.GenerateKey(kToken);
  const std::string renewed = pki.Issue(key_pair.get(), {.not_before = absl::Now()});
  soft.ImportCertificate(kToken, pki.Issue(key_pair.get()), "\x01", "old");
  soft.ImportCertificate(kToken, renewed, "\x01", "new");
  soft.ImportCertificate(kToken, pki.Issue(test::NewEcKey().get()), "\x01", "not of this key");
  const auto tokens = OpenSoft();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ((*key)->description().certificate, renewed);
}

TEST_F(KeyChoice, AKeyWithoutCertificateIsRefused) {
  soft.GenerateKey(kToken);
  soft.ImportCertificate(kToken, pki.Issue(test::NewEcKey().get()), "\x02", "other");
  const auto tokens = OpenSoft();
  EXPECT_EQ(ReasonOf(OpenKey(*tokens).status()), Reason::kCertificateMissing);
}

TEST_F(KeyChoice, AKeyThatMayNotSignIsNoSigningKey) {
  soft.AddSigner(kToken, pki, {.may_sign = false, .keep_public_key = false});
  const auto tokens = OpenSoft();
  EXPECT_EQ(ReasonOf(OpenKey(*tokens).status()), Reason::kKeyNotFound);
}

TEST_F(KeyChoice, AnUnknownKeyIsNotFoundAndAnAbsentTokenUnavailable) {
  soft.AddSigner(kToken, pki);
  const auto tokens = OpenSoft();
  const auto unknown = OpenKey(*tokens, "pkcs11:token=mairie;object=nothing");
  EXPECT_EQ(ReasonOf(unknown.status()), Reason::kKeyNotFound);
  const auto absent = OpenKey(*tokens, "pkcs11:token=absent;object=signature");
  EXPECT_EQ(ReasonOf(absent.status()), Reason::kTokenUnavailable);
  EXPECT_EQ(DetailOf(absent.status()), "absent");
  const auto keys = tokens->ListKeys("pkcs11:token=absent");
  ASSERT_TRUE(keys.ok());
  EXPECT_TRUE(keys->empty());
}

TEST_F(KeyChoice, ATokenThatFailsDoesNotHideAnother) {
  soft.AddToken("prefecture", "another-pin");
  soft.AddSigner(kToken, pki);
  soft.AddSigner("prefecture", pki);
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  for (const char* call : {"C_OpenSession", "C_FindObjects"}) {
    shim.Play(Concat(call, " CKR_DEVICE_ERROR times=2 token=mairie"));
    const auto keys = tokens->ListKeys("pkcs11:");
    ASSERT_TRUE(keys.ok()) << keys.status();
    EXPECT_EQ(keys->size(), 1U);
  }
  shim.Play("C_FindObjects CKR_DEVICE_ERROR times=2");
  EXPECT_EQ(ReasonOf(tokens->ListKeys("pkcs11:token=mairie").status()), Reason::kTokenUnavailable);
}

TEST_F(KeyChoice, AllModulesOfTheMachineAreLoadedWhenNoneIsNamed) {
  module_has_leaked = true;
  soft.AddSigner(kToken, pki);
  const auto tokens = Tokens::Open({});
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  const auto keys = (*tokens)->ListKeys("pkcs11:");
  ASSERT_TRUE(keys.ok()) << keys.status();
  // The trusted roots of the machine are no keys.
  ASSERT_EQ(keys->size(), 1U);
  const auto key = OpenKey(**tokens, keys->front().uri);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
}

TEST_F(KeyChoice, AModuleThatCannotBeLoadedIsAnError) {
  const auto tokens = Tokens::Open({{"/nonexistent/module.so"}, 8});
  EXPECT_EQ(ReasonOf(tokens.status()), Reason::kTokenUnavailable);
  EXPECT_THAT(DetailOf(tokens.status()), HasSubstr("/nonexistent/module.so"));
}

}  // namespace
}  // namespace sceau::hsm
