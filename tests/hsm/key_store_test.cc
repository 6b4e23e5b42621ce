// What is written into a token is written whole or not at all.
#include "hsm/key_store.h"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "absl/time/clock.h"
#include "hsm/call_threads.h"
#include "hsm/public_key.h"
#include "tests/hsm/token_fixture.h"

namespace sceau::hsm {
namespace {

// Longer than a good call takes on a loaded machine, short enough to wait for.
constexpr absl::Duration kLongestWriting = absl::Seconds(2);

class KeyStoreTest : public TokenFixture {
 protected:
  std::unique_ptr<KeyStore> OpenStore() {
    auto store = KeyStore::Open({{test::ShimPath()}}, "pkcs11:token=mairie", &pin);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }
  // What anyone sees of the token.
  static size_t ObjectsLeft() {
    const auto listed = OpenSoft()->ListKeys("pkcs11:");
    return listed.ok() ? listed->size() : 999;
  }
};

TEST_F(KeyStoreTest, AnImportThatCannotProveItsKeyLeavesNothing) {
  test::Shim& shim = test::FreshShim();
  const std::unique_ptr<KeyStore> store = OpenStore();
  ASSERT_NE(store, nullptr);
  EvpPkeyHandle key = test::NewRsaKey();
  const std::string certificate = pki.Issue(key.get());
  const SoftwareKey software{std::move(key), {certificate, pki.issuing()}};
  const NewKey as{KeyType::kRsa, 2048, "software", "\x07"};

  shim.Play("C_SignInit CKR_FUNCTION_FAILED");
  EXPECT_EQ(ReasonOf(store->Import(software, as).status()), Reason::kTokenError);
  EXPECT_EQ(store->Keys()->size(), 0u);
  EXPECT_EQ(ObjectsLeft(), 0u);

  EXPECT_TRUE(store->Import(software, as).ok());
  EXPECT_EQ(store->Keys()->size(), 1u);
}

TEST_F(KeyStoreTest, AKeyThatCouldComeOutIsNotKept) {
  test::Shim& shim = test::FreshShim();
  const std::unique_ptr<KeyStore> store = OpenStore();
  ASSERT_NE(store, nullptr);
  shim.lets_keys_out = true;
  const auto made = store->Generate({KeyType::kEc, 256, "signature", "\x07"});
  EXPECT_EQ(ReasonOf(made.status()), Reason::kTokenError);
  EXPECT_EQ(DetailOf(made.status()), "CKA_EXTRACTABLE");
  EvpPkeyHandle key = test::NewRsaKey();
  const std::string certificate = pki.Issue(key.get());
  const SoftwareKey software{std::move(key), {certificate, pki.issuing()}};
  const auto imported = store->Import(software, {KeyType::kRsa, 2048, "software", "\x08"});
  EXPECT_EQ(DetailOf(imported.status()), "CKA_EXTRACTABLE");
  shim.lets_keys_out = false;
  EXPECT_EQ(store->Keys()->size(), 0u);
  EXPECT_EQ(ObjectsLeft(), 0u);
}

TEST_F(KeyStoreTest, P59_ACertificateIsNotTakenForAKeyWhoseSignatureIsWrong) {
  test::Shim& shim = test::FreshShim();
  const std::unique_ptr<KeyStore> store = OpenStore();
  ASSERT_NE(store, nullptr);
  ASSERT_TRUE(store->Generate({KeyType::kEc, 256, "signature", "\x07"}).ok());
  shim.flip_bit = true;
  EXPECT_EQ(ReasonOf(store->Request("CN=Maire").status()), Reason::kSignatureCheckFailed);
}

// The caller gets its answer although the call never ends, whichever function it is.
TEST_F(KeyStoreTest, P53_AModuleThatHangsInWhatAToolAsksIsLeftToItself) {
  const auto open = [this] {
    return KeyStore::Open({.modules = {test::ShimPath()}, .longest_writing = kLongestWriting},
                          "pkcs11:token=mairie", &pin);
  };
  const auto generate = [](KeyStore& store) {
    return store.Generate({KeyType::kEc, 256, "signature", "\x07"}).status();
  };
  const auto import = [this](KeyStore& store) {
    EvpPkeyHandle key = test::NewRsaKey();
    const std::string certificate = pki.Issue(key.get());
    const SoftwareKey software{std::move(key), {certificate}};
    return store.Import(software, {KeyType::kRsa, 2048, "software", "\x08"}).status();
  };
  const auto open_another = [&](KeyStore&) { return open().status(); };
  const std::pair<const char*, std::function<Status(KeyStore&)>> cases[] = {
      {"C_OpenSession", open_another},
      {"C_GenerateKeyPair", generate},
      {"C_GetAttributeValue", generate},
      {"C_Sign", import}};
  for (const auto& [call, ask] : cases) {
    test::Shim& shim = test::FreshShim();
    {
      const auto store = open();
      ASSERT_TRUE(store.ok()) << store.status();
      shim.Play(Concat(call, " hang"));
      const Status late = ask(**store);
      EXPECT_EQ(ReasonOf(late), Reason::kTokenUnavailable) << call << late;
      EXPECT_EQ(DetailOf(late), "no answer") << call;
      EXPECT_EQ(shim.hanging, 1) << call;
    }
    shim.Release();
    ASSERT_TRUE(AwaitCalls(absl::Now() + absl::Seconds(20)));
  }
}

TEST_F(KeyStoreTest, P49_OneLoginAndNoLogout) {
  test::Shim& shim = test::FreshShim();
  {
    const std::unique_ptr<KeyStore> store = OpenStore();
    ASSERT_NE(store, nullptr);
    ASSERT_TRUE(store->Generate({KeyType::kEc, 256, "signature", "\x07"}).ok());
  }
  EXPECT_EQ(shim.logins, 1);
  EXPECT_EQ(shim.logouts, 0);
  EXPECT_EQ(pin.reads, 1);
}

}  // namespace
}  // namespace sceau::hsm
