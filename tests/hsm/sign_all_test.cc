// Several signatures asked for together.
#include <vector>

#include "tests/hsm/token_fixture.h"

namespace sceau::hsm {
namespace {

constexpr size_t kMessages = 40;

class SignAll : public TokenFixture {
 protected:
  void SetUp() override {
    TokenFixture::SetUp();
    public_key = soft.GenerateKey(kToken, {.kind = test::KeyKind::kP256});
    soft.ImportCertificate(kToken, pki.Issue(public_key.get()), "\x01", "signature");
    shim = &test::FreshShim();
    tokens = OpenShim();
    file = PinFromFile(soft.PinFile(kToken));
    auto opened = tokens->OpenKey(kUri, file.get());
    ASSERT_TRUE(opened.ok()) << opened.status();
    key = *std::move(opened);
    for (size_t i = 0; i < kMessages; ++i) messages.push_back(Concat("message ", i));
    shim->signatures = 0;
  }
  // What is given is good, in order, each once.
  Status Run() {
    given = 0;
    return key->SignAll(
        DigestAlgorithm::kSha256, messages, Soon(), [this](size_t index, std::string signature) {
          EXPECT_EQ(index, given++);
          EXPECT_TRUE(
              Verifies(public_key.get(), DigestAlgorithm::kSha256, messages[index], signature))
              << index;
          return OkStatus();
        });
  }

  EvpPkeyHandle public_key;
  std::unique_ptr<PinSource> file;
  test::Shim* shim = nullptr;
  std::unique_ptr<Tokens> tokens;
  std::shared_ptr<SigningKey> key;
  std::vector<std::string> messages;
  size_t given = 0;
};

TEST_F(SignAll, GivesEachOnceInOrder) {
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(given, kMessages);
  EXPECT_EQ(shim->signatures, static_cast<int>(kMessages));
  EXPECT_EQ(shim->logins, 1);
}

TEST_F(SignAll, P47_ALostSessionInTheMiddleIsMadeGood) {
  for (const char* call :
       {"C_SignInit CKR_SESSION_HANDLE_INVALID skip=7", "C_SignInit CKR_DEVICE_REMOVED skip=11",
        "C_SignInit CKR_OBJECT_HANDLE_INVALID skip=0"}) {
    shim->signatures = 0;
    shim->Play(call);
    const Status status = Run();
    EXPECT_TRUE(status.ok()) << call << status;
    EXPECT_EQ(given, kMessages) << call;
    EXPECT_EQ(shim->signatures, static_cast<int>(kMessages)) << call;
  }
}

// What came before is given; the one that may have been made is not asked for again.
TEST_F(SignAll, P47_ASignatureThatMayHaveBeenMadeEndsIt) {
  shim->Play("C_Sign done CKR_DEVICE_REMOVED skip=7");
  const Status status = Run();
  EXPECT_EQ(ReasonOf(status), Reason::kTokenUnavailable) << status;
  EXPECT_EQ(given, 7u);
  EXPECT_EQ(shim->signatures, 8);
  EXPECT_TRUE(Run().ok());  // without a restart
}

TEST_F(SignAll, P47_NothingIsTriedThreeTimes) {
  shim->Play("C_SignInit CKR_SESSION_HANDLE_INVALID skip=7 times=2");
  EXPECT_EQ(ReasonOf(Run()), Reason::kTokenUnavailable);
  EXPECT_EQ(given, 7u);
}

TEST_F(SignAll, P59_AFaultySignatureEndsIt) {
  shim->flip_bit = true;
  EXPECT_EQ(ReasonOf(Run()), Reason::kSignatureCheckFailed);
  EXPECT_EQ(given, 0u);
  EXPECT_EQ(shim->signatures, 1);
}

TEST_F(SignAll, WhoeverIsGivenThemCanEndIt) {
  size_t taken = 0;
  const Status status = key->SignAll(
      DigestAlgorithm::kSha256, messages, Soon(),
      [&](size_t, std::string) { return ++taken == 3 ? Error(Reason::kCancelled) : OkStatus(); });
  EXPECT_EQ(ReasonOf(status), Reason::kCancelled);
  EXPECT_EQ(taken, 3u);
}

// A slow token's signatures are given one by one, not when all are made.
TEST_F(SignAll, ASlowTokenIsFollowed) {
  shim->Play("C_Sign delay=20ms times=3");
  size_t taken = 0;
  const Status status =
      key->SignAll(DigestAlgorithm::kSha256, std::span<const std::string>(messages).first(3),
                   Soon(), [&](size_t, std::string) {
                     EXPECT_EQ(shim->signatures, static_cast<int>(++taken));
                     return OkStatus();
                   });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace sceau::hsm
