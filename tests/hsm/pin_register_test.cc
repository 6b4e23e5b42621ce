// P-49: a PIN is never burnt: one try of a wrong one, also over restarts.
#include "hsm/pin_register.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "tests/hsm/wrong_pin.h"

namespace sceau::hsm {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(WrongPin, P49_IsTriedOnceHoweverOftenAndByWhomeverItIsUsed) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenWith({.modules = {test::ShimPath()}, .state_folder = StateFolder()});
  const auto source = PinFromFile(path);
  EXPECT_EQ(ReasonOf(tokens->OpenKey(kUri, source.get()).status()), Reason::kPinIncorrect);
  for (int i = 0; i < 5; ++i) {
    const auto again = tokens->OpenKey(kUri, source.get());
    EXPECT_EQ(ReasonOf(again.status()), Reason::kPinKnownWrong);
    EXPECT_THAT(DetailOf(again.status()), HasSubstr("given.pin"));
    EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinKnownWrong);  // another process, or a restart
  }
  EXPECT_EQ(shim.logins, 1);
}

TEST_F(WrongPin, P49_WithoutAStateFolderTheProcessRemembers) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto source = PinFromFile(path);
  EXPECT_EQ(ReasonOf(tokens->OpenKey(kUri, source.get()).status()), Reason::kPinIncorrect);
  EXPECT_EQ(ReasonOf(tokens->OpenKey(kUri, source.get()).status()), Reason::kPinKnownWrong);
  EXPECT_EQ(shim.logins, 1);
}

TEST_F(WrongPin, P49_TheSameFileByAnotherNameIsTheSameSource) {
  test::Shim& shim = test::FreshShim();
  const std::string link = soft.folder().path() + "/link.pin";
  std::filesystem::create_symlink(path, link);
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinIncorrect);
  EXPECT_EQ(ReasonOf(OpenOnce(link)), Reason::kPinKnownWrong);
  EXPECT_EQ(shim.logins, 1);
}

TEST_F(WrongPin, P49_ASourceThatChangedIsTriedAgain) {
  test::Shim& shim = test::FreshShim();
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinIncorrect);
  Correct("canary-1111");
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinIncorrect);
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinKnownWrong);
  Correct(kPin);
  EXPECT_TRUE(OpenOnce(path).ok());
  EXPECT_EQ(shim.logins, 3);
}

TEST_F(WrongPin, P49_AClearedRefusalIsTriedAgain) {
  test::Shim& shim = test::FreshShim();
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinIncorrect);
  EXPECT_EQ(*ClearPinRefusals(StateFolder(), "another serial"), 0);
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinKnownWrong);
  EXPECT_EQ(*ClearPinRefusals(StateFolder(), ""), 1);
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinIncorrect);
  EXPECT_EQ(shim.logins, 2);
}

TEST_F(WrongPin, P49_ClearingReachesAProcessThatRuns) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenWith({.modules = {test::ShimPath()}, .state_folder = StateFolder()});
  const auto source = PinFromFile(path);
  EXPECT_EQ(ReasonOf(tokens->OpenKey(kUri, source.get()).status()), Reason::kPinIncorrect);
  EXPECT_EQ(*ClearPinRefusals(StateFolder(), ""), 1);
  EXPECT_EQ(ReasonOf(tokens->OpenKey(kUri, source.get()).status()), Reason::kPinIncorrect);
  EXPECT_EQ(shim.logins, 2);
}

TEST_F(WrongPin, P49_OneTokensRefusalDoesNotBlockAnother) {
  soft.AddToken("prefecture", std::string(kWrong));
  soft.AddSigner("prefecture", pki);
  test::FreshShim();
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinIncorrect);
  EXPECT_TRUE(OpenOnce(path, "pkcs11:token=prefecture;object=signature").ok());
}

TEST_F(WrongPin, P49_TheLastTryIsNeverUsed) {
  test::Shim& shim = test::FreshShim();
  shim.tries = 3;
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinIncorrect);
  EXPECT_EQ(ReasonOf(OpenOnce(WritePin("second.pin", kWrong))), Reason::kPinIncorrect);
  EXPECT_EQ(ReasonOf(OpenOnce(WritePin("third.pin", kPin))), Reason::kPinFinalTry);
  EXPECT_EQ(shim.logins, 2);
  shim.wrong_pins = 3;
  EXPECT_EQ(ReasonOf(OpenOnce(WritePin("third.pin", kPin))), Reason::kPinLocked);
  EXPECT_EQ(shim.logins, 2);
}

TEST_F(WrongPin, P49_ALoginForOneSignatureIsWrittenDownToo) {
  soft.AddToken("prefecture", "another-pin");
  soft.AddSigner("prefecture", pki, {.always_authenticate = true});
  const std::string uri = "pkcs11:token=prefecture;object=signature";
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenWith({.modules = {test::ShimPath()}, .state_folder = StateFolder()});
  const auto right = PinFromFile(soft.PinFile("prefecture"));
  const auto wrong = PinFromFile(path);
  ASSERT_TRUE(tokens->OpenKey(uri, right.get()).ok());  // logged in from now on
  const auto key = tokens->OpenKey(uri, wrong.get());
  ASSERT_TRUE(key.ok()) << key.status();
  const auto refused = (*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon());
  EXPECT_EQ(ReasonOf(refused.status()), Reason::kPinIncorrect);
  const int logins = shim.logins;
  EXPECT_FALSE((*key)->Sign(DigestAlgorithm::kSha256, kMessage, Soon()).ok());
  EXPECT_EQ(ReasonOf(tokens->OpenKey(uri, wrong.get()).status()), Reason::kPinKnownWrong);
  EXPECT_EQ(shim.logins, logins);
}

TEST_F(WrongPin, P58_TheRegisterHoldsNothingOfThePin) {
  test::FreshShim();
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinIncorrect);
  const std::string first = RegisterText();
  EXPECT_THAT(first, HasSubstr("given.pin"));
  EXPECT_THAT(first, Not(HasSubstr("canary")));
  const auto status = std::filesystem::status(StateFolder());
  EXPECT_EQ(status.permissions(), std::filesystem::perms::owner_all);
  // Another PIN of another length at the same times: the same register but for the times.
  const PinOrigin origin{path, absl::FromUnixSeconds(1)};
  PinRegister one(soft.folder().path() + "/one");
  ASSERT_TRUE(one.Refuse("serial", origin, absl::FromUnixSeconds(2)).ok());
  const auto refusals = one.Read();
  ASSERT_TRUE(refusals.ok()) << refusals.status();
  ASSERT_EQ(refusals->size(), 1U);
  EXPECT_EQ(refusals->front().token_serial, "serial");
  EXPECT_EQ(refusals->front().origin, origin);
  EXPECT_EQ(refusals->front().time, absl::FromUnixSeconds(2));
}

TEST_F(WrongPin, P49_WithoutAUsableRegisterNoPinIsTried) {
  test::Shim& shim = test::FreshShim();
  // A file stands where the folder should be.
  soft.folder().Write("state", "");
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinRegisterUnusable);
  std::filesystem::remove(soft.folder().path() + "/state");
  std::filesystem::create_directories(StateFolder());
  for (const char* damage : {"nonsense\n", "a\tb\tc\td\n", "\t\t\n", "s\t1\t2\tp\tq\n"}) {
    soft.folder().Write("state/sceau/pin-refusals", damage);
    EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinRegisterUnusable) << damage;
  }
  EXPECT_EQ(shim.logins, 0);
}

TEST_F(WrongPin, P49_AnyNameSurvivesTheRegister) {
  PinRegister pins(StateFolder());
  const PinOrigin odd{"/a\tb\nc\\d \xff#", absl::FromUnixNanos(123456789)};
  ASSERT_TRUE(pins.Refuse("\t#\n", odd, absl::FromUnixSeconds(1)).ok());
  EXPECT_EQ(ReasonOf(pins.Check("\t#\n", odd)), Reason::kPinKnownWrong);
  EXPECT_TRUE(pins.Check("#", odd).ok());
  EXPECT_EQ(*pins.Clear("\t#\n"), 1);
  EXPECT_TRUE(pins.Check("\t#\n", odd).ok());
}

TEST_F(WrongPin, P49_ClearingCountsWhatCouldNotBeWrittenDownToo) {
  PinRegister pins(StateFolder());
  soft.folder().Write("state", "");  // stands where the folder should be
  ASSERT_FALSE(pins.Refuse("one", {"a", absl::UnixEpoch()}, absl::Now()).ok());
  std::filesystem::remove(soft.folder().path() + "/state");
  ASSERT_TRUE(pins.Refuse("two", {"a", absl::UnixEpoch()}, absl::Now()).ok());
  EXPECT_EQ(*pins.Clear(""), 2);
  EXPECT_EQ(*pins.Clear(""), 0);
}

// Root that uses the command with the service's folder must not shut the service out.
TEST_F(WrongPin, P49_TheRegisterStaysItsOwners) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  constexpr uid_t kNobody = 65534;
  test::FreshShim();
  std::filesystem::create_directories(StateFolder());
  ASSERT_EQ(::chown(StateFolder().c_str(), kNobody, kNobody), 0);
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinIncorrect);
  const std::string file = StateFolder() + "/pin-refusals";
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  EXPECT_EQ(*ClearPinRefusals(StateFolder(), ""), 1);
  for (const auto& entry : std::filesystem::directory_iterator(StateFolder())) {
    struct stat info {};
    ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, kNobody) << entry.path();
  }
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0640));
}

}  // namespace
}  // namespace sceau::hsm
