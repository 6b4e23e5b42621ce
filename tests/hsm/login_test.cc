#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "tests/hsm/token_fixture.h"

namespace sceau::hsm {
namespace {

class Login : public TokenFixture {
 protected:
  void SetUp() override {
    TokenFixture::SetUp();
    soft.AddSigner(kToken, pki);
  }
};

TEST_F(Login, P49_AWrongPinIsTriedOnce) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  CountedPin wrong("canary-0000");
  const auto key = tokens->OpenKey(kUri, &wrong);
  EXPECT_EQ(ReasonOf(key.status()), Reason::kPinIncorrect);
  EXPECT_EQ(DetailOf(key.status()), "C_Login CKR_PIN_INCORRECT");
  EXPECT_EQ(wrong.reads, 1);
  EXPECT_EQ(shim.logins, 1);
  EXPECT_TRUE(OpenKey(*tokens).ok());  // with the right one
}

TEST_F(Login, P49_APinIsTriedOnOneTokenOnly) {
  soft.AddToken("prefecture", "another-pin");
  soft.AddSigner("prefecture", pki, {.id = "\x09", .label = "elsewhere"});
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens, "pkcs11:object=signature");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ((*key)->description().token_label, kToken);
  EXPECT_EQ(shim.logins, 1);
}

struct FlagCase {
  const char* name;
  CK_FLAGS flag;
  Reason reason;
};
void PrintTo(const FlagCase& value, std::ostream* out) { *out << value.name; }

class RefusedByFlag : public Login, public testing::WithParamInterface<FlagCase> {};

TEST_P(RefusedByFlag, P49_BeforeAnyLogin) {
  test::Shim& shim = test::FreshShim();
  shim.token_flags = GetParam().flag;
  const auto tokens = OpenShim();
  EXPECT_EQ(ReasonOf(OpenKey(*tokens).status()), GetParam().reason);
  EXPECT_EQ(shim.logins, 0);
  EXPECT_EQ(pin.reads, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, RefusedByFlag,
    testing::Values(FlagCase{"FinalTry", CKF_USER_PIN_FINAL_TRY, Reason::kPinFinalTry},
                    FlagCase{"Locked", CKF_USER_PIN_LOCKED, Reason::kPinLocked},
                    FlagCase{"LockedAfterFinalTry", CKF_USER_PIN_LOCKED | CKF_USER_PIN_FINAL_TRY,
                             Reason::kPinLocked}),
    [](const auto& param) { return param.param.name; });

struct CodeCase {
  const char* name;
  CK_RV code;
  Reason reason;
};
void PrintTo(const CodeCase& value, std::ostream* out) { *out << value.name; }

class AnswerToLogin : public Login, public testing::WithParamInterface<CodeCase> {};

TEST_P(AnswerToLogin, BecomesItsReason) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  shim.Play(Concat("C_Login ", GetParam().code));
  const auto key = OpenKey(*tokens);
  EXPECT_EQ(ReasonOf(key.status()), GetParam().reason);
  EXPECT_EQ(DetailOf(key.status()), std::string("C_Login ") + GetParam().name);
  EXPECT_EQ(shim.logins, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Codes, AnswerToLogin,
    testing::Values(CodeCase{"CKR_PIN_INCORRECT", CKR_PIN_INCORRECT, Reason::kPinIncorrect},
                    CodeCase{"CKR_PIN_LEN_RANGE", CKR_PIN_LEN_RANGE, Reason::kPinIncorrect},
                    CodeCase{"CKR_PIN_LOCKED", CKR_PIN_LOCKED, Reason::kPinLocked},
                    CodeCase{"CKR_PIN_EXPIRED", CKR_PIN_EXPIRED, Reason::kTokenError},
                    CodeCase{"CKR_FUNCTION_CANCELED", CKR_FUNCTION_CANCELED,
                             Reason::kRefusedByUser},
                    CodeCase{"CKR_DEVICE_REMOVED", CKR_DEVICE_REMOVED, Reason::kTokenUnavailable},
                    CodeCase{"CKR_0x80000001", CKR_VENDOR_DEFINED + 1, Reason::kTokenError}),
    [](const auto& param) { return param.param.name; });

TEST_F(Login, AlreadyLoggedInIsFine) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  const auto others = OpenShim();
  CountedPin unused(kPin);
  const auto other = others->OpenKey(kUri, &unused);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_TRUE((*other)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
  EXPECT_EQ(shim.logins, 1);
  EXPECT_EQ(unused.reads, 0);
}

TEST_F(Login, ManyThreadsOpenTheKeyWithOneLogin) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      CountedPin own(kPin);
      good += tokens->OpenKey(kUri, &own).ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 8);
  EXPECT_EQ(shim.logins, 1);
}

TEST_F(Login, APinPadIsUsedWithoutReadingAPin) {
  test::Shim& shim = test::FreshShim();
  shim.token_flags = CKF_PROTECTED_AUTHENTICATION_PATH;
  shim.pin_pad = kPin;
  const auto tokens = OpenShim();
  const auto key = tokens->OpenKey(kUri, nullptr);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
}

TEST_F(Login, WithoutAPinSourceThePinIsMissing) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = tokens->OpenKey(kUri, nullptr);
  EXPECT_EQ(ReasonOf(key.status()), Reason::kPinMissing);
  EXPECT_EQ(DetailOf(key.status()), kToken);
  CountedPin empty("");
  EXPECT_EQ(ReasonOf(tokens->OpenKey(kUri, &empty).status()), Reason::kPinMissing);
  EXPECT_EQ(shim.logins, 0);
}

TEST_F(Login, ThePinSourceOfTheUriIsReadWhenNoOtherIsGiven) {
  const std::string file = soft.PinFile(kToken);
  for (const std::string& source : {file, "file:" + file, "file://" + file}) {
    const auto tokens = OpenSoft();
    const auto key = tokens->OpenKey(std::string(kUri) + "?pin-source=" + source, nullptr);
    EXPECT_TRUE(key.ok()) << source << ": " << key.status();
  }
  const auto tokens = OpenSoft();
  const auto absent = tokens->OpenKey(std::string(kUri) + "?pin-source=/nonexistent", nullptr);
  EXPECT_EQ(ReasonOf(absent.status()), Reason::kPinSourceUnreadable);
}

TEST_F(Login, ALostTokenIsLoggedInAnew) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  auto key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  shim.Play("C_Sign CKR_DEVICE_REMOVED");
  EXPECT_FALSE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
  key->reset();
  key = OpenKey(*tokens);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
}

// Wrong PIN, PIN in the URI, unreadable source: whatever is said, the PIN is not.
TEST_F(Login, P58_NoErrorTellsThePin) {
  const auto tokens = OpenSoft();
  const std::string pin_file = soft.folder().Write("wrong.pin", "canary-0000\n");
  const auto source = PinFromFile(pin_file);
  for (const Status& status : {
           tokens->OpenKey(kUri, source.get()).status(),
           tokens->OpenKey(std::string(kUri) + "?pin-value=canary-4711", &pin).status(),
           tokens->OpenKey("pkcs11:%?pin-value=canary-4711", &pin).status(),
           tokens->ListKeys("canary-4711").status(),
       }) {
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(status.ToString().find("canary"), std::string::npos) << status;
    EXPECT_EQ(Describe(status, Lang::kFr).find("canary"), std::string::npos);
  }
}

}  // namespace
}  // namespace sceau::hsm
