// The card at the desk: `sceau sign --server --key` with a card in the reader here and a daemon
// that has no key.
#include <signal.h>

#include <fstream>
#include <thread>

#include "base/strings.h"
#include "tests/card/card_fixture.h"
#include "tests/support/process.h"

namespace sceau::cli {
namespace {

class CardAtDesk : public Card {
 protected:
  void SetUp() override {
    Card::SetUp();
    if (IsSkipped()) return;
    StartDaemon("127.0.0.1:0");
  }

  void StartDaemon(const std::string& address) {
    const std::string config = folder_.Write(
        "sceaud.toml",
        Concat("listen = \"", address,
               "\"\nidentity.mode = \"local-without-identity\"\n[competence]\nmode = "
               "\"not-enforced\"\n[desk]\nfolder = \"",
               In(folder_, "prepared"), "\"\n[audit]\nfolder = \"", In(folder_, "audit"),
               "\"\n[tokens]\nstate_folder = \"", In(folder_, "state"), "\"\n"));
    std::filesystem::remove(In(folder_, "port"));
    daemon_ = std::make_unique<test::BackgroundProcess>(
        std::vector<std::string>{SCEAU_DAEMON, "--config", config, "--port-file",
                                 In(folder_, "port")},
        In(folder_, "daemon.log"));
    while (!std::filesystem::exists(In(folder_, "port"))) {
      test::Require(daemon_->Running(), "sceaud ended: " + DaemonLog());
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const std::string port = ReadFile(In(folder_, "port"));
    address_ = Concat("127.0.0.1:", port.substr(0, port.find('\n')));
  }
  std::string DaemonLog() const { return ReadFile(In(folder_, "daemon.log")); }

  std::vector<std::string> DeskArguments(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"sign",     input_,  "-o",
                                          output_,    "--all", "--server",
                                          address_,   "--key", "pkcs11:type=private",
                                          "--config", config_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  Ended SignAtDesk(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = DeskArguments(more);
    arguments.insert(arguments.end(), {"--json", "--pin-source", pin_file_});
    return RunSceau(folder_, arguments);
  }
  bool DeskOutputIsWhole() {
    const Ended run =
        RunSceau(folder_, {"verify", output_, "--json", "--trust", In(folder_, "issuing.pem")});
    return run.code == 0 && Json::parse(run.out)["files"][0]["signatures"].size() == kBordereaux;
  }
  int ServiceCalls(const std::string& event) const {
    const std::string log = DaemonLog();
    int found = 0;
    for (size_t at = log.find(event); at != std::string::npos; at = log.find(event, at + 1)) {
      ++found;
    }
    return found;
  }

  std::string address_;
  std::unique_ptr<test::BackgroundProcess> daemon_;
};

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
