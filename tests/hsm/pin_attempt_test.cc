// P-49: a wrong PIN is tried once also by callers that leave, by processes that run at the same
// time, and by those that do not live to see the answer.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#include "hsm/call_threads.h"
#include "hsm/ckr_names.h"
#include "hsm/login_pause.h"
#include "hsm/pin_register.h"
#include "tests/hsm/wrong_pin.h"

namespace sceau::hsm {
namespace {

class PinAttempt : public WrongPin {};

TEST_F(PinAttempt, P49_ACallerThatLeavesDoesNotLetTheNextTryTheSamePin) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenWith({.modules = {test::ShimPath()}, .state_folder = StateFolder()});
  const auto source = PinFromFile(path);
  shim.Play("C_Login delay=800ms times=10");
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(tokens->OpenKey(kUri, source.get(), absl::Now() + absl::Milliseconds(120)).ok());
  }
  ASSERT_TRUE(AwaitCalls(Soon()));
  EXPECT_EQ(shim.logins, 1);
  EXPECT_EQ(ReasonOf(tokens->OpenKey(kUri, source.get()).status()), Reason::kPinKnownWrong);
  EXPECT_EQ(shim.logins, 1);
}

// Two registers, as two processes have them, and one folder.
TEST_F(PinAttempt, P49_ProcessesThatStartTogetherTryTheWrongPinOnce) {
  test::Shim& shim = test::FreshShim();
  shim.Play("C_Login delay=300ms times=10");
  std::vector<Reason> reasons(2);
  std::vector<std::thread> processes;
  for (Reason& reason : reasons) {
    processes.emplace_back([&] { reason = ReasonOf(OpenOnce(path)).value_or(Reason::kInternal); });
  }
  for (std::thread& process : processes) process.join();
  EXPECT_THAT(reasons, testing::UnorderedElementsAre(Reason::kPinIncorrect, Reason::kPinKnownWrong));
  EXPECT_EQ(shim.logins, 1);
}

TEST_F(PinAttempt, P49_ProcessesThatStartTogetherWithTheRightPinBothOpenTheKey) {
  test::Shim& shim = test::FreshShim();
  shim.Play("C_Login delay=300ms times=10");
  const std::string right = WritePin("right.pin", kPin);
  std::vector<Status> opened(2, Error(Reason::kInternal));
  std::vector<std::thread> processes;
  for (Status& status : opened) {
    processes.emplace_back([&] { status = OpenOnce(right); });
  }
  for (std::thread& process : processes) process.join();
  for (const Status& status : opened) EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(OpenOnce(right).ok());
}

// A process that is killed in C_Login, before or after the token has seen the PIN.
void TryAndDie(const std::string& script, const std::function<void()>& open) {
  const pid_t child = ::fork();
  if (child == 0) {
    test::Shim& shim = test::FreshShim();
    shim.Play(script);
    std::thread([&] {
      while (shim.hanging == 0) std::this_thread::yield();
      ::kill(::getpid(), SIGKILL);
    }).detach();
    open();
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
}

TEST_F(PinAttempt, P49_AProcessKilledWhileItTriesIsForgivenOnceIfTheTokenSawNoWrongPin) {
  test::Shim& shim = test::FreshShim();
  const std::string right = WritePin("right.pin", kPin);
  TryAndDie("C_Login hang", [&] { (void)OpenOnce(right); });
  EXPECT_THAT(RegisterText(), testing::HasSubstr("right.pin\t1\n"));
  EXPECT_TRUE(OpenOnce(right).ok());
  EXPECT_THAT(RegisterText(), testing::Not(testing::HasSubstr("right.pin")));
  for (int i = 0; i < 2; ++i) TryAndDie("C_Login hang", [&] { (void)OpenOnce(right); });
  EXPECT_THAT(RegisterText(), testing::HasSubstr("right.pin\t2\n"));
  EXPECT_EQ(ReasonOf(OpenOnce(right)), Reason::kPinKnownWrong);
  EXPECT_EQ(shim.logins, 1);
}

TEST_F(PinAttempt, P49_AProcessKilledAfterTheTokenRefusedThePinLeavesItRefused) {
  test::Shim& shim = test::FreshShim();
  TryAndDie("C_Login done hang", [&] { (void)OpenOnce(path); });
  EXPECT_THAT(RegisterText(), testing::HasSubstr("given.pin\t1\n"));
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinKnownWrong);
  EXPECT_EQ(shim.logins, 0);
}

TEST_F(PinAttempt, P49_ACredentialOfSystemdIsTheSameSourceAfterARestart) {
  ::setenv("CREDENTIALS_DIRECTORY", soft.folder().path().c_str(), 1);
  test::Shim& shim = test::FreshShim();
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinIncorrect);
  Correct(kWrong);  // made anew, as at each start of the service
  EXPECT_EQ(ReasonOf(OpenOnce(path)), Reason::kPinKnownWrong);
  EXPECT_EQ(*ClearPinRefusals(StateFolder(), ""), 1);
  Correct(kPin);
  EXPECT_TRUE(OpenOnce(path).ok());
  EXPECT_EQ(shim.logins, 2);
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_F(PinAttempt, P49_ALoginThatFailsForUnknownReasonsIsNotRepeatedAllTheTime) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto right = PinFromFile(WritePin("right.pin", kPin));
  shim.Play("C_Login CKR_GENERAL_ERROR times=1000");
  constexpr int kTimes = 40;
  for (int i = 0; i < kTimes; ++i) {
    const auto key = tokens->OpenKey(kUri, right.get());
    EXPECT_EQ(ReasonOf(key.status()), Reason::kTokenError);
    EXPECT_THAT(DetailOf(key.status()), testing::StartsWith("C_Login CKR_GENERAL_ERROR"));
  }
  EXPECT_LT(shim.logins, kTimes / 4);
}

TEST_F(PinAttempt, P53_ASessionInALoginThatHangsIsNotClosedUnderIt) {
  test::Shim& shim = test::FreshShim();
  const auto tokens =
      OpenWith({.modules = {test::ShimPath()}, .longest_call = absl::Seconds(1)});
  const auto right = PinFromFile(WritePin("right.pin", kPin));
  shim.Play("C_Login hang");
  EXPECT_FALSE(tokens->OpenKey(kUri, right.get()).ok());
  EXPECT_EQ(shim.hanging, 1);
  EXPECT_EQ(shim.sessions, 1);
  shim.Release();
  ASSERT_TRUE(AwaitCalls(Soon()));
  EXPECT_EQ(shim.sessions, 0);
}

TEST(LoginPauseTest, GrowsUpToItsLongestAndEndsWithAnAnswer) {
  const PinOrigin origin{"pin", absl::UnixEpoch()};
  const PinOrigin corrected{"pin", absl::UnixEpoch() + absl::Seconds(1)};
  const Status unknown = CkrError("C_Login", CKR_DEVICE_ERROR);
  absl::Time now = absl::FromUnixSeconds(1000);
  LoginPause pause;
  pause.Tell(origin, unknown, now);
  EXPECT_TRUE(pause.Check(origin, now).ok());  // a card that was just put in
  std::vector<absl::Duration> pauses;
  for (int i = 0; i < 8; ++i) {
    pause.Tell(origin, unknown, now);
    absl::Duration waited;
    while (!pause.Check(origin, now + waited).ok()) waited += absl::Seconds(1);
    pauses.push_back(waited);
    now += waited;
  }
  EXPECT_EQ(pauses.front(), absl::Seconds(2));
  EXPECT_EQ(pauses[1], absl::Seconds(4));
  EXPECT_EQ(pauses.back(), absl::Minutes(1));
  pause.Tell(origin, unknown, now);
  EXPECT_EQ(ReasonOf(pause.Check(origin, now)), Reason::kTokenUnavailable);
  EXPECT_TRUE(pause.Check(corrected, now).ok());
  pause.Tell(origin, OkStatus(), now);
  EXPECT_TRUE(pause.Check(origin, now).ok());
}

TEST(LoginPauseTest, WhatNeverReachedTheTokenDoesNotCount) {
  const PinOrigin origin{"pin", absl::UnixEpoch()};
  LoginPause pause;
  for (int i = 0; i < 5; ++i) {
    pause.Tell(origin, CkrError("C_Login", CKR_SESSION_HANDLE_INVALID), absl::UnixEpoch());
    pause.Tell(origin, Error(Reason::kPinFinalTry), absl::UnixEpoch());
  }
  EXPECT_TRUE(pause.Check(origin, absl::UnixEpoch()).ok());
}

}  // namespace
}  // namespace sceau::hsm
