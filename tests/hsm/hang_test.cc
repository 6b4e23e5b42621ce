// P-53, P-55: modules that hang or are slow, and the end of a process that uses them.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

#include "hsm/call_threads.h"
#include "tests/hsm/token_fixture.h"

namespace sceau::hsm {
namespace {

constexpr char kOther[] = "prefecture";
constexpr char kOtherUri[] = "pkcs11:token=prefecture;object=signature";
constexpr absl::Duration kMoment = absl::Milliseconds(50);
// Longer than a good call takes on a loaded machine, short enough to wait for.
constexpr absl::Duration kLongest = absl::Seconds(2);

class Hanging : public TokenFixture {
 protected:
  void SetUp() override {
    TokenFixture::SetUp();
    soft.AddSigner(kToken, pki);
    soft.AddToken(kOther, "another-pin");
    soft.AddSigner(kOther, pki);
    file = PinFromFile(soft.PinFile(kToken));
    other_file = PinFromFile(soft.PinFile(kOther));
    shim = &test::FreshShim();
  }
  void TearDown() override {
    shim->Release();
    ASSERT_TRUE(AwaitCalls(Soon()));
  }
  std::unique_ptr<Tokens> OpenPatient(absl::Duration longest_call, int max_sessions = 8) const {
    return OpenWith({.modules = {test::ShimPath()},
                     .max_sessions = max_sessions,
                     .longest_call = longest_call});
  }
  static StatusOr<std::string> Sign(SigningKey& key, absl::Time deadline) {
    return key.Sign(DigestAlgorithm::kSha256, kMessage, deadline);
  }

  std::unique_ptr<PinSource> file, other_file;
  test::Shim* shim = nullptr;
};

TEST_F(Hanging, P53_TheDeadlineHoldsAndOtherTokensSign) {
  const auto tokens = OpenPatient(absl::Minutes(1));
  const auto key = tokens->OpenKey(kUri, file.get());
  const auto other = tokens->OpenKey(kOtherUri, other_file.get());
  ASSERT_TRUE(key.ok() && other.ok()) << key.status() << other.status();
  for (const char* call : {"C_SignInit", "C_Sign", "C_OpenSession"}) {
    shim->Play(Concat(call, " hang token=mairie"));
    const int hanging = shim->hanging;
    // Sessions at hand are used first, so that C_OpenSession is reached.
    while (shim->hanging == hanging) {
      const auto late = Sign(**key, absl::Now() + kMoment);
      if (late.ok()) {
        shim->Play("C_SignInit CKR_SESSION_HANDLE_INVALID token=mairie");
        continue;
      }
      EXPECT_EQ(ReasonOf(late.status()), Reason::kTokenUnavailable) << call << late.status();
      EXPECT_EQ(DetailOf(late.status()), "no answer");
    }
    EXPECT_TRUE(Sign(**other, Soon()).ok()) << call;
    EXPECT_TRUE(Sign(**key, Soon()).ok()) << call;  // with another session
  }
}

TEST_F(Hanging, P53_AModuleThatHangsWhenItIsInitialisedHoldsUpNobody) {
  shim->Play("C_Initialize hang");
  const auto tokens = OpenPatient(kLongest);  // returns
  const auto late = tokens->OpenKey(kUri, file.get(), absl::Now() + kMoment);
  EXPECT_EQ(ReasonOf(late.status()), Reason::kTokenUnavailable) << late.status();
  EXPECT_EQ(shim->hanging, 1);
  shim->Release();
  ASSERT_TRUE(AwaitCalls(Soon()));
  EXPECT_TRUE(tokens->OpenKey(kUri, file.get(), Soon()).ok());
}

TEST_F(Hanging, P53_NeverMoreThreadsHangThanTheTokenHasSessions) {
  const auto tokens = OpenPatient(absl::Minutes(1), 2);
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  shim->Play("C_Sign hang times=1000 token=mairie");
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      const auto late = Sign(**key, absl::Now() + kMoment);
      refused += late.ok() ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 12);
  EXPECT_EQ(shim->hanging, 2);
  shim->Release();
  ASSERT_TRUE(AwaitCalls(Soon()));
  EXPECT_TRUE(Sign(**key, Soon()).ok());  // without a restart
}

// A caller with all the time of the world does not wait for ever either, nor do the next ones.
TEST_F(Hanging, P53_ACallThatTakesTooLongIsGivenUpForAllCallers) {
  const auto tokens = OpenPatient(kLongest, 2);
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  shim->Play("C_Sign hang times=1000 token=mairie");
  for (int i = 0; i < 20; ++i) {
    const auto late = Sign(**key, absl::InfiniteFuture());
    EXPECT_EQ(ReasonOf(late.status()), Reason::kTokenUnavailable) << late.status();
  }
  EXPECT_EQ(shim->hanging, 2);
  EXPECT_EQ(ReasonOf((*key)->Probe(Soon())), Reason::kTokenUnavailable);
  shim->Release();
  ASSERT_TRUE(AwaitCalls(Soon()));
  EXPECT_TRUE(Sign(**key, Soon()).ok());
  EXPECT_TRUE((*key)->Probe(Soon()).ok());
}

// Those who wait behind a call that hangs, with all the time of the world, do not wait for it.
TEST_F(Hanging, P53_CallersBehindACallThatHangsAreToldSo) {
  const auto tokens = OpenPatient(kLongest, 1);
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  shim->Play("C_Sign hang times=1000 token=mairie");
  std::atomic<int> told{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      const auto late = Sign(**key, absl::InfiniteFuture());
      told += ReasonOf(late.status()) == Reason::kTokenUnavailable ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(told, 3);
  EXPECT_EQ(shim->hanging, 1);
}

class HangingAt : public Hanging, public testing::WithParamInterface<const char*> {};

// Whatever call of the opening hangs: the caller gets an answer, the others' keys work, and after
// it the key opens.
TEST_P(HangingAt, P53_WhileAKeyIsOpened) {
  const auto tokens = OpenPatient(kLongest);
  const auto other = tokens->OpenKey(kOtherUri, other_file.get());
  ASSERT_TRUE(other.ok()) << other.status();
  shim->Play(Concat(GetParam(), " hang"));
  const auto key = tokens->OpenKey(kUri, file.get());
  EXPECT_EQ(ReasonOf(key.status()), Reason::kTokenUnavailable) << key.status();
  EXPECT_EQ(shim->hanging, 1);
  EXPECT_TRUE(Sign(**other, Soon()).ok());
  shim->Release();
  ASSERT_TRUE(AwaitCalls(Soon()));
  const auto again = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(Sign(**again, Soon()).ok());
}

INSTANTIATE_TEST_SUITE_P(Calls, HangingAt,
                         testing::Values("C_GetSlotList", "C_GetInfo", "C_GetTokenInfo", "C_Login",
                                         "C_GetMechanismList"),
                         [](const auto& param) { return std::string(param.param); });

TEST_F(Hanging, P53_ASlowModuleIsWaitedFor) {
  const auto tokens = OpenPatient(absl::Minutes(1));
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  shim->Play("C_SignInit delay=20 times=8\nC_Sign delay=20 times=8");
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { good += Sign(**key, Soon()).ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 8);
}

TEST_F(Hanging, P55_EverythingEndsBeforeTheModuleIsFinalised) {
  auto tokens = OpenPatient(absl::Minutes(1));
  auto opened = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(opened.ok()) << opened.status();
  std::shared_ptr<SigningKey> key = *std::move(opened);
  opened = Error(Reason::kInternal);
  std::atomic<bool> stop{false};
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, mine = key]() mutable {
      while (!stop) made += Sign(*mine, Soon()).ok() ? 1 : 0;
      mine.reset();
    });
  }
  while (made < 20) std::this_thread::yield();
  tokens.reset();
  key.reset();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(shim->most_in_calls_at_end, 0);
  EXPECT_EQ(shim->sessions, 0);
}

TEST_F(Hanging, P55_TheEndOfTheTokensDoesNotWaitForACallThatHangs) {
  auto tokens = OpenPatient(absl::Minutes(1));
  auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  shim->Play("C_Sign hang");
  EXPECT_FALSE(Sign(**key, absl::Now() + kMoment).ok());
  key = Error(Reason::kInternal);
  tokens.reset();
  EXPECT_FALSE(AwaitCalls(absl::Now() + kMoment));
  EXPECT_EQ(shim->hanging, 1);
  shim->Release();
  EXPECT_TRUE(AwaitCalls(Soon()));  // the module is finalised by the thread that came back
  EXPECT_EQ(shim->sessions, 0);
}

TEST_F(Hanging, P55_NorForSessionsThatCannotBeClosed) {
  auto tokens = OpenPatient(absl::Minutes(1));
  auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  ASSERT_TRUE(Sign(**key, Soon()).ok());
  shim->Play("C_CloseSession hang");
  key = Error(Reason::kInternal);
  tokens.reset();
  EXPECT_EQ(shim->hanging, 1);
}

// What a program does that has to leave: see main() of sceau and sceaud.
TEST_F(Hanging, P55_AProcessLeavesWhileItSignsAndWhileACallHangs) {
  for (const bool hang : {false, true}) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto tokens = Tokens::Open({.modules = {test::ShimPath()}});
      auto key = (*tokens)->OpenKey(kUri, file.get());
      if (!key.ok()) ::_exit(2);
      if (hang) shim->Play("C_Sign hang skip=5");
      std::atomic<int> made{0};
      std::vector<std::thread> threads;
      for (int i = 0; i < 4; ++i) {
        threads.emplace_back([mine = *key, &made] {
          while (Sign(*mine, Soon()).ok()) ++made;
        });
        if (hang) threads.back().detach();
      }
      while (made < 5 || (hang && shim->hanging == 0)) std::this_thread::yield();
      if (EndCalls(hang ? absl::Now() + kMoment : Soon()) == hang) ::_exit(3);
      if (hang) ::_exit(0);
      for (std::thread& thread : threads) thread.join();
      key = Error(Reason::kInternal);
      tokens = Error(Reason::kInternal);
      std::exit(shim->most_in_calls_at_end);  // with its handlers, as main does
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << hang << ": " << status;
  }
}

}  // namespace
}  // namespace sceau::hsm
