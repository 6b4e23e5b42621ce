// Tokens that are lost and come back, without a restart.
#include <gmock/gmock.h>

#include <ostream>
#include <tuple>

#include "hsm/call_threads.h"
#include "tests/hsm/token_fixture.h"

namespace sceau::hsm {
namespace {

using test::KeyKind;
using testing::HasSubstr;

constexpr char kOther[] = "prefecture";
constexpr char kOtherUri[] = "pkcs11:token=prefecture;object=signature";

class Recovery : public TokenFixture {
 protected:
  void SetUp() override {
    TokenFixture::SetUp();
    soft.AddSigner(kToken, pki);
    file = PinFromFile(soft.PinFile(kToken));
  }
  void AddOtherToken() {
    soft.AddToken(kOther, "another-pin");
    soft.AddSigner(kOther, pki);
    other_file = PinFromFile(soft.PinFile(kOther));
  }
  static StatusOr<std::string> Sign(SigningKey& key) {
    return key.Sign(DigestAlgorithm::kSha256, kMessage, Soon());
  }

  std::unique_ptr<PinSource> file, other_file;
};

// --- P-47: every code at every call
// ---------------------------------------------------------------

struct LossCase {
  const char* code;
  bool during;  // the call may have had its effect: v2.40 §5.1.1 to §5.1.3
};
constexpr LossCase kLosses[] = {
    {"CKR_SESSION_HANDLE_INVALID", false},
    {"CKR_SESSION_CLOSED", true},
    {"CKR_DEVICE_REMOVED", true},
    {"CKR_DEVICE_ERROR", true},
    {"CKR_TOKEN_NOT_PRESENT", false},
    {"CKR_USER_NOT_LOGGED_IN", false},
    {"CKR_CRYPTOKI_NOT_INITIALIZED", false},
    {"CKR_KEY_HANDLE_INVALID", false},
    {"CKR_OBJECT_HANDLE_INVALID", false},
    {"CKR_SLOT_ID_INVALID", false},
};
void PrintTo(const LossCase& loss, std::ostream* out) { *out << loss.code; }

using CodeAndCall = std::tuple<LossCase, const char*>;
std::string NameOf(const testing::TestParamInfo<CodeAndCall>& info) {
  return Concat(std::get<0>(info.param).code, "_at_", std::get<1>(info.param));
}

class LostAt : public Recovery, public testing::WithParamInterface<CodeAndCall> {
 protected:
  const char* code() const { return std::get<0>(GetParam()).code; }
  const char* call() const { return std::get<1>(GetParam()); }
  // Only what may have signed, or have counted a PIN try, is not done a second time.
  bool Retried() const {
    const bool effect =
        std::string_view(call()) == "C_Sign" || std::string_view(call()) == "C_Login";
    return !effect || !std::get<0>(GetParam()).during;
  }
  void ExpectOutcome(const Status& status) const {
    if (Retried()) {
      EXPECT_TRUE(status.ok()) << status;
    } else {
      EXPECT_EQ(ReasonOf(status), Reason::kTokenUnavailable);
      EXPECT_EQ(DetailOf(status), Concat(call(), " ", code()));
    }
  }
};

class LostWhileOpening : public LostAt {};

TEST_P(LostWhileOpening, P47_IsTriedOnceMoreUnlessAPinMayHaveBeenTried) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  shim.Play(Concat(call(), " ", code()));
  const auto opened = tokens->OpenKey(kUri, file.get());
  ExpectOutcome(opened.status());
  EXPECT_LE(shim.logins, 1 + (Retried() ? 1 : 0));
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE(Sign(**key).ok());
}

INSTANTIATE_TEST_SUITE_P(
    Calls, LostWhileOpening,
    testing::Combine(testing::ValuesIn(kLosses),
                     testing::Values("C_GetSlotList", "C_GetInfo", "C_GetSlotInfo",
                                     "C_GetTokenInfo", "C_OpenSession", "C_GetSessionInfo",
                                     "C_Login", "C_GetMechanismList", "C_FindObjectsInit",
                                     "C_FindObjects", "C_FindObjectsFinal", "C_GetAttributeValue",
                                     "C_CloseSession")),
    NameOf);

class LostWhileSigning : public LostAt {};

TEST_P(LostWhileSigning, P47_IsTriedOnceMoreIfNothingWasSigned) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim(2);
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  shim.max_sessions = 3;  // a session that leaks is missed at once
  for (int i = 0; i < 5; ++i) {
    shim.Play(Concat(call(), " ", code()));
    const auto lost = Sign(**key);
    ExpectOutcome(lost.status());
    const auto next = Sign(**key);
    EXPECT_TRUE(next.ok()) << next.status();
  }
}

INSTANTIATE_TEST_SUITE_P(Calls, LostWhileSigning,
                         testing::Combine(testing::ValuesIn(kLosses),
                                          testing::Values("C_SignInit", "C_Sign")),
                         NameOf);

// What finds the token again is lost as well: the caller is told, the next one succeeds.
class LostAgain : public LostAt {};

TEST_P(LostAgain, P47_WhileItIsFoundGivesUnavailableAndTheNextWorks) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim(2);
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  shim.Play(Concat("C_SignInit CKR_SESSION_HANDLE_INVALID\n", call(), " ", code(), " times=50"));
  EXPECT_EQ(ReasonOf(Sign(**key).status()), Reason::kTokenUnavailable);
  {
    const std::lock_guard lock(shim.mutex);
    shim.rules.clear();
  }
  const auto next = Sign(**key);
  EXPECT_TRUE(next.ok()) << next.status();
}

INSTANTIATE_TEST_SUITE_P(Calls, LostAgain,
                         testing::Combine(testing::ValuesIn(kLosses),
                                          testing::Values("C_GetSlotList", "C_GetInfo",
                                                          "C_FindObjectsInit")),
                         NameOf);

TEST_F(Recovery, P47_ALoginThatIsGoneIsMadeAgain) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  ASSERT_TRUE(Sign(**key).ok());
  shim.Remove(kToken);
  ASSERT_FALSE(tokens->ListKeys("pkcs11:")->size() > 0);
  shim.PutBack();
  EXPECT_TRUE(Sign(**key).ok());
  EXPECT_EQ(shim.logins, 2);
}

TEST_F(Recovery, P47_AModuleThatForgotItsInitialisationIsInitialisedAgain) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  for (int i = 0; i < 3; ++i) {
    shim.Play("C_SignInit CKR_CRYPTOKI_NOT_INITIALIZED");
    const auto signature = Sign(**key);
    EXPECT_TRUE(signature.ok()) << signature.status();
  }
  EXPECT_EQ(shim.initializations, 4);
  shim.Play("C_Sign CKR_CRYPTOKI_NOT_INITIALIZED");
  EXPECT_TRUE(Sign(**key).ok());  // C_Sign that was refused has signed nothing
}

// Both tokens lose their sessions with the module; the numbers are given out anew.
TEST_F(Recovery, P47_ARestartOfTheModuleIsOneReconnectOfEachToken) {
  AddOtherToken();
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = tokens->OpenKey(kUri, file.get());
  const auto other = tokens->OpenKey(kOtherUri, other_file.get());
  ASSERT_TRUE(key.ok() && other.ok()) << key.status() << other.status();
  shim.Play("C_SignInit CKR_CRYPTOKI_NOT_INITIALIZED token=mairie");
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(Sign(**key).ok());
    EXPECT_TRUE(Sign(**other).ok());
  }
  EXPECT_EQ(shim.logins, 4);
  EXPECT_EQ(shim.initializations, 2);
}

TEST_F(Recovery, P47_APersonIsNotAskedForThePinBehindTheirBack) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = OpenKey(*tokens);  // a PIN without origin: a person's
  ASSERT_TRUE(key.ok()) << key.status();
  shim.Play("C_SignInit CKR_SESSION_HANDLE_INVALID");
  EXPECT_TRUE(Sign(**key).ok());  // the login has lasted
  shim.Remove(kToken);
  EXPECT_EQ(ReasonOf(Sign(**key).status()), Reason::kTokenUnavailable);
  shim.PutBack();
  EXPECT_EQ(ReasonOf(Sign(**key).status()), Reason::kTokenUnavailable);
  EXPECT_EQ(pin.reads, 1);
  EXPECT_EQ(shim.logins, 1);
  const auto again = OpenKey(*tokens);  // now they are asked
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(Sign(**again).ok());
  EXPECT_TRUE(Sign(**key).ok());
}

TEST_F(Recovery, P47_AKeyThatAlwaysAuthenticatesIsFoundAgain) {
  soft.AddToken(kOther, "another-pin");
  soft.AddSigner(kOther, pki, {.always_authenticate = true});
  const auto source = PinFromFile(soft.PinFile(kOther));
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = tokens->OpenKey(kOtherUri, source.get());
  ASSERT_TRUE(key.ok()) << key.status();
  shim.Remove(kOther);
  EXPECT_EQ(ReasonOf(Sign(**key).status()), Reason::kTokenUnavailable);
  shim.PutBack();
  const auto signature = Sign(**key);
  EXPECT_TRUE(signature.ok()) << signature.status();
}

// --- P-46, P-48
// -----------------------------------------------------------------------------------

TEST_F(Recovery, P46_HandlesAreFetchedAgainAfterTheTokenCameBack) {
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  for (int i = 0; i < 3; ++i) {
    shim.Remove(kToken);
    const auto absent = Sign(**key);
    EXPECT_EQ(ReasonOf(absent.status()), Reason::kTokenUnavailable) << absent.status();
    shim.PutBack();
    const auto back = Sign(**key);
    EXPECT_TRUE(back.ok()) << back.status();
  }
  EXPECT_LE(shim.sessions, 2);
}

TEST_F(Recovery, P48_TheRightTokenIsChosenWhenSlotsHaveOtherNumbers) {
  AddOtherToken();
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = tokens->OpenKey(kUri, file.get());
  const auto other = tokens->OpenKey(kOtherUri, other_file.get());
  ASSERT_TRUE(key.ok() && other.ok()) << key.status() << other.status();
  shim.Remove(kToken);
  EXPECT_EQ(ReasonOf(Sign(**key).status()), Reason::kTokenUnavailable);
  EXPECT_TRUE(Sign(**other).ok());
  shim.PutBack();  // every slot has another number now
  EXPECT_TRUE(Sign(**key).ok());
  EXPECT_TRUE(Sign(**other).ok());
}

TEST_F(Recovery, P48_AnotherTokenInItsPlaceIsNotUsed) {
  AddOtherToken();
  test::Shim& shim = test::FreshShim();
  const auto tokens = OpenShim();
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  shim.Remove(kToken);
  const auto signature = Sign(**key);
  EXPECT_EQ(ReasonOf(signature.status()), Reason::kTokenUnavailable);
  EXPECT_EQ(shim.logins, 1);  // no PIN on the one that is left
  EXPECT_EQ(shim.signatures, 0);
}

// --- P-54: presence
// -------------------------------------------------------------------------------

TEST_F(Recovery, P54_ATokenThatIsAwayAtStartIsUsedOnceItComes) {
  AddOtherToken();
  test::Shim& shim = test::FreshShim();
  shim.Remove(kToken);
  const auto tokens = OpenShim();
  EXPECT_EQ(ReasonOf(tokens->OpenKey(kUri, file.get()).status()), Reason::kTokenUnavailable);
  const auto other = tokens->OpenKey(kOtherUri, other_file.get());
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_TRUE(Sign(**other).ok());
  shim.PutBack();
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE(Sign(**key).ok());
}

TEST_F(Recovery, P54_AModuleThatCannotBeInitialisedYetIsTriedAgain) {
  test::Shim& shim = test::FreshShim();
  shim.Play("C_Initialize CKR_GENERAL_ERROR");
  const auto tokens = OpenShim();
  const auto first = tokens->OpenKey(kUri, file.get());
  EXPECT_FALSE(first.ok());
  EXPECT_THAT(DetailOf(first.status()), HasSubstr("CKR_GENERAL_ERROR"));
  EXPECT_TRUE(tokens->OpenKey(kUri, file.get()).ok());
}

TEST_F(Recovery, P54_ComingAndGoingIsSeenByLooking) {
  test::Shim& shim = test::FreshShim();  // SoftHSM2 has no slot events
  const auto tokens =
      OpenWith({.modules = {test::ShimPath()}, .look_period = absl::ZeroDuration()});
  const auto key = tokens->OpenKey(kUri, file.get());
  ASSERT_TRUE(key.ok()) << key.status();
  tokens->LookForChanges();
  EXPECT_TRUE(tokens->Health().at(0).present);
  EXPECT_TRUE((*key)->Probe(Soon()).ok());
  shim.Remove(kToken);
  tokens->LookForChanges();
  EXPECT_FALSE(tokens->Health().at(0).present);
  EXPECT_EQ(ReasonOf((*key)->Probe(Soon())), Reason::kTokenUnavailable);
  shim.PutBack();
  tokens->LookForChanges();
  EXPECT_TRUE(tokens->Health().at(0).present);
  EXPECT_TRUE((*key)->Probe(Soon()).ok());
  EXPECT_TRUE(tokens->Health().at(0).logged_in);
}

TEST_F(Recovery, P54_SlotEventsSpareTheLooking) {
  test::Shim& shim = test::FreshShim();
  shim.slot_events = true;
  const auto tokens = OpenShim();
  ASSERT_TRUE(tokens->OpenKey(kUri, file.get()).ok());
  tokens->LookForChanges();
  const int listings = shim.listings;
  shim.Remove(kToken);
  tokens->LookForChanges();
  EXPECT_EQ(shim.listings, listings);  // no event, nothing asked
  shim.pending_events = 2;
  tokens->LookForChanges();
  EXPECT_GT(shim.listings, listings);
  EXPECT_FALSE(tokens->Health().at(0).present);
}

}  // namespace
}  // namespace sceau::hsm
