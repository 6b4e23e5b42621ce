#include <gmock/gmock.h>
#include <openssl/ec.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/hsm/sanitizer_options.h"
#include "tests/hsm/token_fixture.h"

namespace sceau::hsm {

bool Verifies(EVP_PKEY* key, DigestAlgorithm digest, std::string_view message,
              const std::string& signature) {
  std::vector<unsigned char> value(signature.begin(), signature.end());
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
    const int half = static_cast<int>(value.size() / 2);
    const CHandle<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_SIG_new());
    ECDSA_SIG_set0(pair.get(), BN_bin2bn(value.data(), half, nullptr),
                   BN_bin2bn(value.data() + half, half, nullptr));
    std::vector<unsigned char> der(static_cast<size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)));
    unsigned char* out = der.data();
    i2d_ECDSA_SIG(pair.get(), &out);
    value = der;
  }
  const EVP_MD* md = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EvpOf(digest);
  const EvpMdCtxHandle context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, md, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), value.data(), value.size(),
                          reinterpret_cast<const unsigned char*>(message.data()),
                          message.size()) == 1;
}

namespace {

using test::KeyKind;

struct KindCase {
  const char* name;
  KeyKind kind;
  KeyType type;
  int bits;
  size_t signature_size;
};
void PrintTo(const KindCase& value, std::ostream* out) { *out << value.name; }

class SigningWith : public TokenFixture, public testing::WithParamInterface<KindCase> {};

TEST_P(SigningWith, EveryDigestVerifiesWithOpenSsl) {
  if (GetParam().kind == KeyKind::kEd25519) module_has_leaked = true;
  const EvpPkeyHandle public_key = soft.GenerateKey(kToken, {.kind = GetParam().kind});
  soft.ImportCertificate(kToken, pki.Issue(public_key.get()), "\x01", "certificate");
  const auto tokens = OpenSoft();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ((*key)->description().type, GetParam().type);
  EXPECT_EQ((*key)->description().bits, GetParam().bits);
  for (const auto digest : {DigestAlgorithm::kSha224, DigestAlgorithm::kSha256,
                            DigestAlgorithm::kSha384, DigestAlgorithm::kSha512}) {
    const auto signature = (*key)->Sign(digest, kMessage, Soon());
    ASSERT_TRUE(signature.ok()) << signature.status();
    EXPECT_EQ(signature->size(), GetParam().signature_size);
    EXPECT_TRUE(Verifies(public_key.get(), digest, kMessage, *signature));
    EXPECT_FALSE(Verifies(public_key.get(), digest, "another message", *signature));
    if (GetParam().type != KeyType::kRsa) continue;
    const SignatureScheme pss{digest, RsaPadding::kPss};
    const auto padded = (*key)->Sign(pss, kMessage, Soon());
    ASSERT_TRUE(padded.ok()) << padded.status();
    EXPECT_TRUE(VerifiesWith(public_key.get(), pss, kMessage, *padded));
    EXPECT_FALSE(VerifiesWith(public_key.get(), digest, kMessage, *padded));
    EXPECT_FALSE(VerifiesWith(public_key.get(), pss, kMessage, *signature));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Keys, SigningWith,
    testing::Values(KindCase{"Rsa2048", KeyKind::kRsa2048, KeyType::kRsa, 2048, 256},
                    KindCase{"P256", KeyKind::kP256, KeyType::kEc, 256, 64},
                    KindCase{"P384", KeyKind::kP384, KeyType::kEc, 384, 96},
                    KindCase{"P521", KeyKind::kP521, KeyType::kEc, 521, 132},
                    KindCase{"Ed25519", KeyKind::kEd25519, KeyType::kEd25519, 256, 64}),
    [](const auto& param) { return param.param.name; });

class Signing : public TokenFixture {};

TEST_F(Signing, ImportedKeysSign) {
  const EvpPkeyHandle rsa = test::NewRsaKey();
  const EvpPkeyHandle ec = test::NewEcKey();
  soft.ImportKey(kToken, rsa.get(), {.id = "\x02", .label = "rsa"});
  soft.ImportCertificate(kToken, pki.Issue(rsa.get()), "\x02", "rsa");
  soft.ImportKey(kToken, ec.get(), {.id = "\x03", .label = "ec"});
  soft.ImportCertificate(kToken, pki.Issue(ec.get()), "\x03", "ec");
  const auto tokens = OpenSoft();
  for (const auto& [label, key_pair] : {std::pair{"rsa", rsa.get()}, std::pair{"ec", ec.get()}}) {
    const auto key = OpenKey(*tokens, Concat("pkcs11:token=mairie;object=", label));
    ASSERT_TRUE(key.ok()) << key.status();
    const auto signature = (*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon());
    ASSERT_TRUE(signature.ok()) << signature.status();
    EXPECT_TRUE(Verifies(key_pair, DigestAlgorithm::kSha256, kMessage, *signature));
  }
}

TEST_F(Signing, Sha1SignsNothing) {
  soft.AddSigner(kToken, pki);
  const auto tokens = OpenSoft();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  const auto signature = (*key)->Sign(DigestAlgorithm::kSha1, kMessage, Soon());
  EXPECT_EQ(ReasonOf(signature.status()), Reason::kAlgorithmRefused);
}

TEST_F(Signing, TheTokenHashesWhenItLacksTheRawMechanism) {
  const std::string certificate = soft.AddSigner(kToken, pki, {.kind = KeyKind::kRsa2048});
  test::Shim& shim = test::FreshShim();
  shim.hidden = CKM_RSA_PKCS;
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  const auto signature = (*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon());
  ASSERT_TRUE(signature.ok()) << signature.status();
  EXPECT_EQ(shim.last_mechanism, CKM_SHA256_RSA_PKCS);
}

TEST_F(Signing, AMechanismThatTheTokenLacksIsNamed) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  shim.hidden = CKM_ECDSA;
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  const auto signature = (*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon());
  EXPECT_EQ(ReasonOf(signature.status()), Reason::kTokenError);
  EXPECT_THAT(DetailOf(signature.status()), testing::HasSubstr("CKR_MECHANISM_INVALID"));
}

TEST_F(Signing, P44_EightThreadsSignWhileOthersOpenAndCloseSessions) {
  soft.AddSigner(kToken, pki);
  const auto tokens = OpenSoft(4);
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  std::atomic<int> errors{0};
  std::atomic<int> signed_count{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> signers;
  for (int i = 0; i < 8; ++i) {
    signers.emplace_back([&] {
      for (int n = 0; n < 100; ++n) {
        const auto result = (*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon());
        if (result.ok()) ++signed_count;
        if (!result.ok()) ++errors;
      }
    });
  }
  std::thread opener([&] {
    do {
      CountedPin own_pin(kPin);
      auto others = Tokens::Open({{test::SoftTokens::ModulePath()}, 2});
      if (!others.ok() || !(*others)->OpenKey(kUri, &own_pin).ok()) ++errors;
      if (!tokens->ListKeys("pkcs11:").ok()) ++errors;
    } while (!done);
  });
  for (std::thread& thread : signers) thread.join();
  done = true;
  opener.join();
  EXPECT_EQ(errors, 0);
  EXPECT_EQ(signed_count, 800);
}

TEST_F(Signing, P45_TheModuleIsInitialisedForThreadsAndTwiceDoesNoHarm) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  const auto first = OpenShim();
  const auto key = OpenKey(*first);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_NE(shim.initialize_flags & CKF_OS_LOCKING_OK, 0U);
  { const auto second = OpenShim(); }
  EXPECT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
}

TEST_F(Signing, P44_NobodyEverLogsOut) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  {
    const auto tokens = OpenShim();
    const auto key = OpenKey(*tokens);
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_TRUE(OpenKey(*tokens).ok());
    EXPECT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
  }
  EXPECT_EQ(shim.logins, 1);
  EXPECT_EQ(shim.logouts, 0);
  EXPECT_EQ(shim.sessions, 0);
}

TEST_F(Signing, AKeyOutlivesTheTokensItCameFrom) {
  soft.AddSigner(kToken, pki);
  auto tokens = OpenSoft();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  tokens.reset();
  EXPECT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
}

TEST_F(Signing, P47_AnotherErrorOfTheTokenIsNamedAndLeavesNoOperationOpen) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim(1);
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  shim.Play("C_Sign CKR_FUNCTION_FAILED");
  const auto failed = (*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon());
  EXPECT_EQ(ReasonOf(failed.status()), Reason::kTokenError);
  EXPECT_EQ(DetailOf(failed.status()), "C_Sign CKR_FUNCTION_FAILED");
  EXPECT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
}

TEST_F(Signing, P50_AKeyThatAlwaysAuthenticatesLogsInForEachSignature) {
  soft.AddSigner(kToken, pki, {.always_authenticate = true});
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE((*key)->description().always_authenticate);
  EXPECT_EQ(pin.reads, 1);
  EXPECT_EQ(shim.logins, 1);
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(
        [&] { good += (*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 4);
  EXPECT_EQ(shim.logins, 5);
  EXPECT_EQ(pin.reads, 1);
}

TEST_F(Signing, P50_AWrongPinIsNotTriedForASecondSignature) {
  soft.AddSigner(kToken, pki, {.always_authenticate = true});
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto first = OpenKey(*tokens);
  ASSERT_TRUE(first.ok()) << first.status();
  // The token is logged in already; only the signature asks for the PIN again.
  CountedPin wrong("canary-0000");
  const auto key = tokens->OpenKey(kUri, &wrong);
  ASSERT_TRUE(key.ok()) << key.status();
  for (int i = 0; i < 3; ++i) {
    const auto signature = (*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon());
    EXPECT_EQ(ReasonOf(signature.status()), Reason::kPinIncorrect);
    EXPECT_EQ(signature.status().ToString().find("canary"), std::string::npos);
  }
  EXPECT_EQ(shim.logins, 2);
  EXPECT_TRUE((*first)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
}

TEST_F(Signing, P52_MoreCallersThanSessionsAllSucceed) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  shim.max_sessions = 4;
  const auto tokens = OpenShim(8);
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back(
        [&] { good += (*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 64);
  EXPECT_LE(shim.most_sessions, 4);
  EXPECT_GE(shim.most_sessions, 2);
}

// All sessions are at work for longer than the callers may wait.
TEST_F(Signing, P52_CallersBeyondTheSessionsWaitUntilTheirDeadlineAndAreToldSo) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  shim.max_sessions = 4;
  const auto tokens = OpenShim(8);
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  shim.Play("C_Sign hang times=3");
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] { (void)(*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()); });
  }
  while (shim.hanging < 3) std::this_thread::yield();
  std::atomic<int> busy{0};
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] {
      const auto late =
          (*key)->Sign(DigestAlgorithm::kSha256, kMessage, absl::Now() + absl::Milliseconds(20));
      const bool told = ReasonOf(late.status()) == Reason::kTokenBusy &&
                        late.status().code() == absl::StatusCode::kResourceExhausted;
      busy += told ? 1 : 0;
    });
  }
  for (size_t i = 3; i < threads.size(); ++i) threads[i].join();
  EXPECT_EQ(busy, 64);
  EXPECT_LE(shim.most_sessions, 4);
  shim.Release();
  for (size_t i = 0; i < 3; ++i) threads[i].join();
  EXPECT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
}

TEST_F(Signing, P52_ATokenWithASingleSessionSigns) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  shim.max_sessions = 1;
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
  EXPECT_EQ(shim.most_sessions, 1);
}

TEST_F(Signing, P52_ATokenWithFewerSessionsThanItSaysIsWaitedFor) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  shim.max_sessions = 3;
  shim.told_sessions = 100;
  const auto tokens = OpenShim(8);
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        good += (*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 640);
}

TEST_F(Signing, P52_APassedDeadlineIsBusyAndSignsNothing) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  const auto late = (*key)->Sign(DigestAlgorithm::kSha256, kMessage, absl::Now());
  EXPECT_EQ(ReasonOf(late.status()), Reason::kTokenBusy);
  EXPECT_EQ(shim.signatures, 0);
}

TEST_F(Signing, P55_AForkedChildCallsNoModuleAndTheParentGoesOn) {
  soft.AddSigner(kToken, pki);
  test::Shim& shim = test::FreshShim();
  auto tokens = OpenShim();
  auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  const pid_t child = ::fork();
  if (child == 0) {
    const auto refused = (*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon());
    const int sessions = shim.sessions;
    key->reset();
    tokens.reset();
    const bool untouched = shim.sessions == sessions && shim.signatures == 0;
    ::_exit(ReasonOf(refused.status()) == Reason::kTokenUnavailable && untouched ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
}

TEST_F(Signing, P59_AFaultySignatureIsNotReturned) {
  for (const KeyKind kind : {KeyKind::kRsa2048, KeyKind::kP256}) {
    const std::string label = kind == KeyKind::kP256 ? "ec" : "rsa";
    soft.AddSigner(kToken, pki, {.kind = kind, .id = label, .label = label});
  }
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  for (const char* label : {"rsa", "ec"}) {
    const auto key = OpenKey(*tokens, Concat("pkcs11:token=mairie;object=", label));
    ASSERT_TRUE(key.ok()) << key.status();
    shim.flip_bit = true;
    const auto faulty = (*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon());
    EXPECT_EQ(ReasonOf(faulty.status()), Reason::kSignatureCheckFailed) << label;
    shim.flip_bit = false;
    EXPECT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok()) << label;
  }
}

}  // namespace
}  // namespace sceau::hsm
