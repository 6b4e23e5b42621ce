#include <gmock/gmock.h>

#include "hsm/call_threads.h"
#include "tests/hsm/token_fixture.h"

namespace sceau::hsm {
namespace {

using testing::ElementsAre;
using testing::Pair;

class Health : public TokenFixture {};

TEST_F(Health, TellsWhatATokenDid) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  EXPECT_TRUE(tokens->Health().empty());
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  const absl::Time before = absl::Now();
  ASSERT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
  shim.Play("C_SignInit CKR_SESSION_HANDLE_INVALID\nC_Sign CKR_FUNCTION_FAILED skip=1");
  EXPECT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
  EXPECT_FALSE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
  ASSERT_EQ(tokens->Health().size(), 1U);
  const TokenHealth health = tokens->Health().front();
  EXPECT_EQ(health.label, kToken);
  EXPECT_EQ(health.serial, (*key)->description().token_serial);
  EXPECT_TRUE(health.present);
  EXPECT_TRUE(health.logged_in);
  EXPECT_EQ(health.signatures, 2);
  EXPECT_GE(health.last_signature, before);
  EXPECT_EQ(health.sessions_in_use, 0);
  EXPECT_THAT(health.errors, ElementsAre(Pair("CKR_FUNCTION_FAILED", 1),
                                         Pair("CKR_SESSION_HANDLE_INVALID", 1)));
}

TEST_F(Health, P56_TellsWhenTheFirstCertificateEnds) {
  const absl::Time end = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())) + absl::Hours(48);
  soft.AddSigner(kToken, pki, {.id = "\x01", .label = "signature"}, {.not_after = end});
  soft.AddSigner(kToken, pki, {.id = "\x02", .label = "second"});
  const auto tokens = OpenSoft();
  ASSERT_TRUE(OpenKey(*tokens, "pkcs11:token=mairie;object=second").ok());
  EXPECT_GT(tokens->Health().front().certificate_expires, end);
  ASSERT_TRUE(OpenKey(*tokens).ok());
  EXPECT_EQ(tokens->Health().front().certificate_expires, end);
}

TEST_F(Health, ACallThatHangsShowsAsASessionInUse) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  shim.Play("C_Sign hang");
  const auto late =
      (*key)->Sign(DigestAlgorithm::kSha256, kMessage, absl::Now() + absl::Milliseconds(50));
  EXPECT_FALSE(late.ok());
  EXPECT_EQ(tokens->Health().front().sessions_in_use, 1);
  shim.Release();
  ASSERT_TRUE(AwaitCalls(Soon()));
  EXPECT_EQ(tokens->Health().front().sessions_in_use, 0);
}

TEST_F(Health, AProbeSignsAtMostOnceAMinute) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE((*key)->Probe(Soon()).ok());
  EXPECT_EQ(shim.signatures, 1);
}

TEST_F(Health, AProbeNeverUsesAKeyThatAlwaysAuthenticates) {
  soft.AddSigner(kToken, pki, {.always_authenticate = true});
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE((*key)->Probe(Soon()).ok());
  EXPECT_EQ(shim.signatures, 0);
  EXPECT_EQ(shim.logins, 1);
}

TEST_F(Health, P59_AProbeFindsAFaultyToken) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  shim.flip_bit = true;
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(ReasonOf((*key)->Probe(Soon())), Reason::kSignatureCheckFailed);
}

}  // namespace
}  // namespace sceau::hsm
