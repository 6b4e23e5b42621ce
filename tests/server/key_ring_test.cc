#include "server/key_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "server/log.h"

namespace sceau::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class FakeKey final : public hsm::SigningKey {
 public:
  const hsm::KeyDescription& description() const override { return description_; }
  const std::vector<std::string>& certificates() const override { return certificates_; }
  Status SignAll(const SignatureScheme&, std::span<const std::string>, absl::Time,
                 const Made&) override {
    return OkStatus();
  }
  Status Probe(absl::Time) override {
    if (while_probed != nullptr) while_probed();
    return probe;
  }
  Status probe;
  std::function<void()> while_probed;

 private:
  hsm::KeyDescription description_;
  std::vector<std::string> certificates_;
};

class FakeTokens final : public hsm::Tokens {
 public:
  StatusOr<std::vector<hsm::KeyDescription>> ListKeys(const std::string&) override {
    return std::vector<hsm::KeyDescription>();
  }
  StatusOr<std::shared_ptr<hsm::SigningKey>> OpenKey(const std::string&, hsm::PinSource*,
                                                     absl::Time) override {
    ++logins;
    if (!answer.ok()) return answer;
    last = std::make_shared<FakeKey>();
    return std::shared_ptr<hsm::SigningKey>(last);
  }
  void LookForChanges() override { ++looks; }
  std::vector<hsm::TokenHealth> Health() const override { return {}; }
  std::shared_ptr<FakeKey> last;
  int looks = 0;
  Status answer;
  int logins = 0;
};

class KeyRingTest : public ::testing::Test {
 protected:
  FakeTokens tokens_;
  KeyRing ring_{{{.name = "maire", .uri = "pkcs11:token=T%201;object=maire?pin-source=/x"},
                 {.name = "adjoint", .uri = "pkcs11:token=T%201;object=adjoint"}},
                &tokens_,
                [](std::string) { return nullptr; }};
};

TEST_F(KeyRingTest, FindsByName) {
  EXPECT_EQ(*ring_.Find("maire"), 0u);
  EXPECT_EQ(*ring_.Find("adjoint"), 1u);
  EXPECT_EQ(ReasonOf(ring_.Find("nobody").status()), Reason::kKeyNotFound);
}

TEST_F(KeyRingTest, FindsByUriAmongTheConfiguredKeysOnly) {
  EXPECT_EQ(*ring_.Find("pkcs11:object=adjoint"), 1u);
  EXPECT_EQ(*ring_.Find("pkcs11:object=maire;token=T 1"), 0u);
  EXPECT_EQ(ReasonOf(ring_.Find("pkcs11:object=other").status()), Reason::kKeyNotFound);
  EXPECT_EQ(ReasonOf(ring_.Find("pkcs11:token=T%201").status()), Reason::kKeyAmbiguous);
  EXPECT_EQ(ReasonOf(ring_.Find("").status()), Reason::kKeyAmbiguous);
  EXPECT_EQ(tokens_.logins, 0);
}

TEST_F(KeyRingTest, P57_AModulePathOrPinFromAClientIsRefusedAndNotRepeated) {
  for (const char* uri :
       {"pkcs11:object=maire?module-path=/tmp/evil.so", "pkcs11:object=maire?pin-value=73910042",
        "pkcs11:object=%7", "pkcs11:object", "pkcs11:object=a;object=b"}) {
    const auto found = ring_.Find(uri);
    EXPECT_EQ(ReasonOf(found.status()), Reason::kKeyUriInvalid) << uri;
    EXPECT_THAT(found.status().ToString(), Not(HasSubstr("73910042")));
  }
}

TEST_F(KeyRingTest, AnAbsentTokenIsLookedForAgain) {
  tokens_.answer = Error(Reason::kTokenUnavailable);
  EXPECT_EQ(ReasonOf(ring_.Open(0).status()), Reason::kTokenUnavailable);
  tokens_.answer = OkStatus();
  EXPECT_TRUE(ring_.Open(0).ok());
  EXPECT_TRUE(ring_.Open(0).ok());
  EXPECT_EQ(tokens_.logins, 2);
}

TEST_F(KeyRingTest, AfterATokenFailedItIsOpenedAnew) {
  const auto key = ring_.Open(0);
  ring_.Forget(0, *key);
  EXPECT_TRUE(ring_.Open(0).ok());
  ring_.Forget(0, *key);  // an old failure does not close the new key
  EXPECT_TRUE(ring_.Open(0).ok());
  EXPECT_EQ(tokens_.logins, 2);
}

TEST_F(KeyRingTest, CheckAllSaysWhetherSigningIsPossible) {
  EXPECT_TRUE(ring_.CheckAll());
  EXPECT_EQ(tokens_.looks, 1);
  KeyRing none({}, &tokens_, [](std::string) { return nullptr; });
  EXPECT_FALSE(none.CheckAll());
}

TEST_F(KeyRingTest, ANewConfigurationKeepsTheKeysThatStayTheSameOpen) {
  ASSERT_TRUE(ring_.Open(0).ok());
  const KeyRing::PinFromFile no_pin = [](std::string) { return nullptr; };
  KeyRing next({{.name = "tresorier", .uri = "pkcs11:object=tresorier"},
                {.name = "maire", .uri = "pkcs11:token=T%201;object=maire?pin-source=/x"}},
               &tokens_, no_pin, &ring_);
  EXPECT_TRUE(next.Open(1).ok());
  EXPECT_EQ(tokens_.logins, 1);
  KeyRing changed({{.name = "maire", .uri = "pkcs11:object=maire"}}, &tokens_, no_pin, &next);
  EXPECT_TRUE(changed.Open(0).ok());
  EXPECT_EQ(tokens_.logins, 2);
}

TEST_F(KeyRingTest, TheFirstKeyThatCannotSignGivesTheReason) {
  tokens_.answer = Error(Reason::kPinLocked);
  EXPECT_FALSE(ring_.CheckAll());
  EXPECT_EQ(ring_.FirstFault(), "PIN_LOCKED");
  tokens_.answer = OkStatus();
  EXPECT_TRUE(ring_.CheckAll());
  EXPECT_EQ(ring_.FirstFault(), "");
  EXPECT_EQ(KeyRing({}, &tokens_, [](std::string) { return nullptr; }).FirstFault(), "NO_KEY");
}

TEST_F(KeyRingTest, P54_AnAbsentTokenIsADegradedStateThatEnds) {
  tokens_.answer = Error(Reason::kTokenUnavailable);
  EXPECT_FALSE(ring_.CheckAll());
  EXPECT_FALSE(ring_.CheckAll());
  tokens_.answer = OkStatus();
  EXPECT_TRUE(ring_.CheckAll());
}

TEST_F(KeyRingTest, P54_AnOpenKeyThatCannotSignAnyMoreIsToldAndOpenedAnew) {
  KeyRing one({{.name = "k", .uri = "pkcs11:object=k"}}, &tokens_,
              [](std::string) { return nullptr; });
  ASSERT_TRUE(one.CheckAll());
  tokens_.last->probe = Error(Reason::kTokenUnavailable);
  EXPECT_FALSE(one.CheckAll());
  EXPECT_TRUE(one.CheckAll());  // with a new one
  tokens_.last->probe = Error(Reason::kTokenBusy);
  EXPECT_TRUE(one.CheckAll());  // busy is at work
}

TEST_F(KeyRingTest, AProbeOfAKeyHoldsUpNobodyWhoSignsWithIt) {
  ASSERT_TRUE(ring_.CheckAll());
  int probes = 0;
  tokens_.last->while_probed = [&] {
    ++probes;
    const auto key = ring_.Open(1, absl::InfinitePast());
    EXPECT_TRUE(key.ok()) << key.status();
    ring_.Forget(1, *key);
  };
  tokens_.last->probe = Error(Reason::kTokenUnavailable);
  EXPECT_FALSE(ring_.CheckAll());
  EXPECT_EQ(probes, 1);
}

TEST(LogLine, AValueCannotLookLikeAnotherFieldOrLine) {
  EXPECT_EQ(LogValue("plain"), "plain");
  EXPECT_EQ(LogValue(""), "\"\"");
  EXPECT_EQ(LogValue("a b"), "\"a b\"");
  EXPECT_EQ(LogValue("x\nevent=sign"), "\"x\\nevent=sign\"");
  EXPECT_EQ(LogValue("a\"b"), "\"a\\\"b\"");
}

}  // namespace
}  // namespace sceau::server
