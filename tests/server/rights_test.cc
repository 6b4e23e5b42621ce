// Who a connection is, and what a caller may do. TLS itself: tests/e2e/identity_test.cc.
#include "server/rights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/strings.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_pki.h"
#include "tests/support/test_revocation.h"

namespace sceau::server {
namespace {

using ::testing::ElementsAre;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 6, 1), absl::UTCTimeZone());

TEST(CallerRights, P62_NothingIsAllowedThatIsNotNamed) {
  const Caller nobody{.name = "nobody"};
  for (const RoleName& role : AllRoles()) {
    EXPECT_EQ(ReasonOf(Require(nobody, role.role)), Reason::kCallerNotAllowed) << role.name;
    const Caller one{.name = "one", .roles = {role.role}};
    for (const RoleName& asked : AllRoles()) {
      EXPECT_EQ(Require(one, asked.role).ok(), asked.role == role.role) << asked.name;
    }
    EXPECT_FALSE(Require(one, role.role, {.key = "k"}).ok());
    EXPECT_FALSE(Require(one, role.role, {.collectivite = "123456789"}).ok());
  }
}

TEST(CallerRights, KeysAndCollectivitesAreByName) {
  const Caller caller{.name = "c",
                      .roles = {Role::kSigner},
                      .keys = {"maire"},
                      .collectivites = {"123456789", "mairie"}};
  EXPECT_TRUE(Require(caller, Role::kSigner, {.key = "maire"}).ok());
  EXPECT_FALSE(Require(caller, Role::kSigner, {.key = "mair"}).ok());
  for (const char* within : {"123456789", "12345678900011", "mairie"}) {
    EXPECT_TRUE(RequireWithin(WithinOf(caller), within).ok()) << within;
  }
  for (const char* outside : {"", "*", "1234567890001", "123456780", "12345678", "987654321",
                              "98765432100011", "1234567890001199"}) {
    EXPECT_FALSE(RequireWithin(WithinOf(caller), outside).ok()) << outside;
  }
  EXPECT_TRUE(RequireWithin({{"*"}, {}}, "").ok());
  EXPECT_TRUE(RequireWithin({{"*"}, {"123456789"}}, "").ok());
  for (const char* closed : {"123456789", "12345678900011"}) {
    EXPECT_FALSE(RequireWithin({{"*"}, {"123456789"}}, closed).ok()) << closed;
    EXPECT_FALSE(RequireWithin({{"123456789"}, {"123456789"}}, closed).ok()) << closed;
  }
  EXPECT_FALSE(RequireWithin({{}, {}}, "123456789").ok());
}

class RightsTest : public ::testing::Test {
 protected:
  RightsTest() { pki_.WriteAuthorities(folder_.path()); }

  std::string Client(const std::string& alternative_name, test::LeafOptions options = {}) const {
    options.key_usage = "critical,digitalSignature";
    options.subject_alt_name = alternative_name;
    return pki_.Issue(test::NewEcKey().get(), options);
  }
  std::shared_ptr<const Rights> Load(const std::string& callers, bool revocation = false) const {
    const auto config = ParseConfig(
        Concat("identity.certificate = 'c'\nidentity.key = 'k'\nidentity.callers_authority = '",
               folder_.path(), "/root.pem'\nidentity.callers_revocation = [",
               revocation ? Concat("'", folder_.path(), "/crl'") : "", "]\n", callers),
        "test");
    EXPECT_TRUE(config.ok()) << config.status();
    auto rights = Rights::Load(*config);
    EXPECT_TRUE(rights.ok()) << rights.status();
    return *rights;
  }
  Identity Of(const std::string& der) const {
    return {.kind = Identity::Kind::kCertificate, .chain = {der, pki_.issuing()}};
  }
  std::optional<Reason> Refusal(const Rights& rights, const Identity& identity,
                                absl::Time now = kNow) const {
    return ReasonOf(rights.Find(identity, now).status());
  }
  void WriteCrl(const std::vector<test::RevokedEntry>& revoked, absl::Time next_update) const {
    folder_.Write("crl", test::MakeCrl(pki_.issuing(), pki_.issuing_key(),
                                       {.this_update = kNow - absl::Hours(48),
                                        .next_update = next_update,
                                        .revoked = revoked}));
  }

  test::TestPki pki_;
  test::TemporaryFolder folder_;
};

TEST_F(RightsTest, P62_ACertificateIsFoundByItsDigestOrItsNameAndOtherwiseNot) {
  const std::string by_digest = Client("URI:urn:a");
  const std::string by_name = Client("DNS:b.example,URI:urn:b");
  const auto rights =
      Load(Concat("[[callers]]\nname = 'digest'\ncertificate = '",
                  ToHex(DigestOf(DigestAlgorithm::kSha256, by_digest)),
                  "'\n[[callers]]\nname = 'name'\nalternative_name = 'URI:urn:b'\n"));
  EXPECT_EQ((*rights->Find(Of(by_digest), kNow))->name, "digest");
  EXPECT_EQ((*rights->Find(Of(by_name), kNow))->name, "name");
  EXPECT_EQ((*rights->Find(Of(Client("URI:urn:b")), kNow))->name, "name");  // renewed
  // Another with the same subject; a name of another kind; one that only begins like it.
  for (const char* other :
       {"URI:urn:a", "DNS:urn.b", "email:urn@b.fr", "URI:urn:b:c", "URI:urn:B"}) {
    EXPECT_EQ(Refusal(*rights, Of(Client(other))), Reason::kCallerUnknown) << other;
  }
  EXPECT_EQ(Refusal(*rights, {}), Reason::kCallerUnknown);
  EXPECT_EQ(Refusal(*rights, {.kind = Identity::Kind::kLocal}), Reason::kCallerUnknown);
  EXPECT_EQ(Refusal(*rights, {.kind = Identity::Kind::kUser, .user = 0}), Reason::kCallerUnknown);
}

TEST_F(RightsTest, P62_ACertificateThatIsTwoCallersIsNeither) {
  const std::string both = Client("URI:urn:a,URI:urn:b");
  const auto rights = Load(
      "[[callers]]\nname = 'a'\nalternative_name = 'URI:urn:a'\n"
      "[[callers]]\nname = 'b'\nalternative_name = 'URI:urn:b'\n");
  EXPECT_EQ(Refusal(*rights, Of(both)), Reason::kCallerUnknown);
}

TEST_F(RightsTest, P62_TheCertificateMustHoldInEachCall) {
  const auto rights = Load("[[callers]]\nname = 'a'\nalternative_name = 'URI:urn:a'\n");
  const std::string good = Client("URI:urn:a", {.not_after = kNow + absl::Hours(1)});
  EXPECT_EQ(Refusal(*rights, Of(good)), std::nullopt);
  EXPECT_EQ(Refusal(*rights, Of(good), kNow + absl::Hours(2)), Reason::kCallerUnknown);
  const std::string server = Client("URI:urn:a", {.extended_key_usage = "serverAuth"});
  EXPECT_EQ(Refusal(*rights, Of(server)), Reason::kCallerUnknown);
  const auto key = test::NewEcKey();
  EXPECT_EQ(
      Refusal(*rights, Of(test::TestPki::SelfSigned(key.get(), {.subject_alt_name = "URI:urn:a"}))),
      Reason::kCallerUnknown);
}

TEST_F(RightsTest, P62_ARevokedCertificateIsRefusedAndAnOutdatedListLetsNobodyIn) {
  const std::string callers = "[[callers]]\nname = 'a'\nalternative_name = 'URI:urn:a'\n";
  const std::string revoked = Client("URI:urn:a"), good = Client("URI:urn:a");
  WriteCrl({{revoked, kNow - absl::Hours(49)}}, kNow + absl::Hours(1));
  const auto rights = Load(callers, /*revocation=*/true);
  EXPECT_EQ(Refusal(*rights, Of(revoked)), Reason::kCallerRevoked);
  EXPECT_EQ(Refusal(*rights, Of(good)), std::nullopt);
  EXPECT_EQ(Refusal(*rights, Of(good), kNow + absl::Hours(2)), Reason::kCallerUnknown);
}

TEST_F(RightsTest, P62_AnAlternativeNameWithANulIsNotCutThere) {
  const std::string der = Client("URI:urn:a");
  EXPECT_THAT(NamesOf(der).alternative, ElementsAre("URI:urn:a"));
  std::string longer = Client("URI:urn:a/x");
  longer.replace(longer.find("urn:a/x") + 5, 1, std::string(1, '\0'));
  EXPECT_THAT(NamesOf(longer).alternative, ElementsAre(std::string("URI:urn:a\0x", 11)));
}

TEST_F(RightsTest, WithoutIdentityEverybodyIsTheLocalCallerWithTheRolesThatAreSaid) {
  const auto config = ParseConfig(
      "identity.mode = 'local-without-identity'\nidentity.local_roles = ['verifier']", "test");
  const auto rights = Rights::Load(*config);
  ASSERT_TRUE(rights.ok()) << rights.status();
  const auto caller = (*rights)->Find({.kind = Identity::Kind::kLocal}, kNow);
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ((*caller)->name, "local");
  EXPECT_TRUE(Require(**caller, Role::kVerifier).ok());
  EXPECT_FALSE(Require(**caller, Role::kSigner).ok());
  EXPECT_EQ(Refusal(**rights, {.kind = Identity::Kind::kUser, .user = 0}), Reason::kCallerUnknown);
}

}  // namespace
}  // namespace sceau::server
