// The card at the desk: `sceau sign --server --key` with a card in the reader here and a daemon
// that has no key.
#include "tests/card/card_at_desk.h"

#include <signal.h>

namespace sceau::cli {
namespace {

TEST_F(CardAtDesk, OneConsentAndOneTypedPinSignEveryBordereau) {
  const auto card = InsertedCard();
  const Ended run = RunSceauOnTerminal(
      folder_, DeskArguments(), {{kAskSign, "o\n", {}}, {kAskPin, std::string(kPin) + "\n", {}}});
  ASSERT_EQ(run.code, 0) << run.out << DaemonLog();
  EXPECT_TRUE(DeskOutputIsWhole());
  EXPECT_EQ(card->signatures(), kBordereaux);
  EXPECT_EQ(run.out.find(kAskPin), run.out.rfind(kAskPin));
  EXPECT_THAT(run.out, HasSubstr("Hélène Ordonnatrice"));
  EXPECT_THAT(run.out, HasSubstr("Maire"));
  EXPECT_THAT(run.out + DaemonLog(), Not(HasSubstr(kPin)));
}

// The policy wants RSA: told before anybody is asked for a PIN.
TEST_F(CardAtDesk, ACardTheProfileDoesNotAdmitIsRefusedByTheServiceBeforeItIsTouched) {
  const auto card = NewCard("Hélène Ordonnatrice", test::NewEcKey());
  reader_->Insert(card);
  const Ended run = SignAtDesk();
  EXPECT_EQ(ReasonIn(run), "ALGORITHM_REFUSED") << run.err;
  EXPECT_EQ(card->verifications(), 0);
  EXPECT_EQ(card->signatures(), 0);
  ExpectNoOutput();
}

TEST_F(CardAtDesk, P43_ADaemonKilledWhileTheSignerReadsCompletesAfterItsRestart) {
  const auto card = InsertedCard();
  const Ended run = RunSceauOnTerminal(folder_, DeskArguments(),
                                       {{kAskSign, "o\n",
                                         [&] {
                                           daemon_->Stop(SIGKILL);
                                           StartDaemon(address_);
                                         }},
                                        {kAskPin, std::string(kPin) + "\n", {}}});
  ASSERT_EQ(run.code, 0) << run.out << DaemonLog();
  EXPECT_TRUE(DeskOutputIsWhole());
  EXPECT_EQ(card->signatures(), kBordereaux);
}

TEST_F(CardAtDesk, TheSameKeyFetchesTheResultAndTheCardSignsNoMore) {
  const auto card = InsertedCard();
  ASSERT_EQ(SignAtDesk({"--idempotency-key", "bordereaux"}).code, 0) << DaemonLog();
  const std::string first = ReadFile(output_);
  std::filesystem::remove(output_);
  const Ended again = SignAtDesk({"--idempotency-key", "bordereaux"});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(ReadFile(output_), first);
  EXPECT_EQ(card->signatures(), kBordereaux);
  EXPECT_EQ(ServiceCalls("event=complete"), 1);
}

TEST_F(CardAtDesk, P49_AWrongPinReachesTheCardOnceAndThePreparationServesLater) {
  const auto card = InsertedCard();
  folder_.Write("pin", "000000\n");
  const Ended wrong = SignAtDesk({"--idempotency-key", "k"});
  EXPECT_EQ(wrong.code, 77) << wrong.err;
  EXPECT_EQ(card->verifications(), 1);
  EXPECT_EQ(card->tries_left(), PivCard::kTries - 1);
  EXPECT_EQ(ServiceCalls("call=Complete"), 0);
  ExpectNoOutput();
  folder_.Write("pin", std::string(kPin) + "\n");
  const Ended right = SignAtDesk({"--idempotency-key", "k"});
  EXPECT_EQ(right.code, 0) << right.err;
  EXPECT_TRUE(DeskOutputIsWhole());
}

TEST_F(CardAtDesk, P47_ACardPulledOutHalfWayReleasesNothingAndSignsWhenItIsBack) {
  const auto card = InsertedCard();
  reader_->RemoveAt(VirtualReader::Instant::kBeforeSignature, 2);
  const Ended pulled = SignAtDesk({"--idempotency-key", "k"});
  EXPECT_EQ(pulled.code, 69) << pulled.err;
  EXPECT_EQ(ReasonIn(pulled), "TOKEN_UNAVAILABLE") << pulled.err;
  EXPECT_EQ(ServiceCalls("call=Complete"), 0);
  ExpectNoOutput();
  reader_->Insert(card);
  const Ended back = SignAtDesk({"--idempotency-key", "k"});
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_TRUE(DeskOutputIsWhole());
}

TEST_F(CardAtDesk, AnAnswerOfNoIsToldToTheServiceAndNotToTheCard) {
  const auto card = InsertedCard();
  const Ended run = RunSceauOnTerminal(folder_, DeskArguments(), {{kAskSign, "n\n", {}}});
  EXPECT_EQ(run.code, 77) << run.out;
  EXPECT_THAT(DaemonLog(), HasSubstr("event=decline"));
  EXPECT_THAT(DaemonLog(), HasSubstr("refused at the desk"));
  EXPECT_EQ(card->verifications(), 0);
  ExpectNoOutput();
}

TEST_F(CardAtDesk, ARefusalWithItsReasonIsRecorded) {
  const auto card = InsertedCard();
  const Ended run = SignAtDesk({"--decline", "mandat 12 en double"});
  EXPECT_EQ(run.code, 77) << run.err;
  EXPECT_EQ(ReasonIn(run), "REFUSED_BY_USER");
  EXPECT_THAT(DaemonLog(), HasSubstr("declined=\"mandat 12 en double\""));
  EXPECT_EQ(card->verifications(), 0);
  EXPECT_EQ(card->signatures(), 0);
  ExpectNoOutput();
}

}  // namespace
}  // namespace sceau::cli
