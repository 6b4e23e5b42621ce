// The ordonnateur's card: what `sceau` does with it, and what it does when it is pulled out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "tests/card/virtual_reader.h"
#include "tests/sceau/run_command.h"
#include "tests/support/require.h"
#include "tests/support/test_pki.h"
#include "tools/gen/generator.h"

namespace sceau::cli {
namespace {

using test::PivCard;
using test::VirtualReader;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kTime = "2025-01-01T00:00:00Z";
constexpr const char* kPin = "735192";
constexpr int kBordereaux = 3;
constexpr const char* kAskSign = "[o/N]";
constexpr const char* kAskPin = "PIN (";

class Card : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = test::WhyNoReader(); !why.empty()) GTEST_SKIP() << why;
    reader_.emplace();
    pki_.WriteAuthorities(folder_.path());
    input_ = folder_.Write("flux.xml", Generate());
    output_ = In(folder_, "flux-signe.xml");
    pin_file_ = folder_.Write("pin", std::string(kPin) + "\n");
    config_ = folder_.Write("sceau.toml", R"(modules = [")" SCEAU_OPENSC R"("]
[signature]
role = "Maire"
city = "Nouméa"
postal_code = "98800"
country = "NC"
)");
  }

  static std::string Generate() {
    gen::PesSpec spec;
    spec.depense = kBordereaux;
    spec.recette = 0;
    const auto text = gen::PesText(spec);
    test::Require(text.ok(), text.status().ToString());
    return *text;
  }

  // A card of this person, out of the reader.
  std::shared_ptr<PivCard> NewCard(const std::string& name, EvpPkeyHandle key = test::NewRsaKey()) {
    test::LeafOptions leaf;
    leaf.common_name = name;
    const std::string certificate = pki_.Issue(key.get(), leaf);
    std::string guid(16, '\0');
    guid.front() = static_cast<char>(++cards_);
    return std::make_shared<PivCard>(std::move(key), certificate, kPin, guid);
  }
  std::shared_ptr<PivCard> InsertedCard() {
    std::shared_ptr<PivCard> card = NewCard("Hélène Ordonnatrice");
    reader_->Insert(card);
    return card;
  }

  std::vector<std::string> SignArguments(const std::string& key = "pkcs11:type=private") const {
    return {"sign",  input_, "-o",       output_, "--all", "--at", kTime, "--allow-test-clock",
            "--key", key,    "--config", config_};
  }
  Ended Sign(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = SignArguments();
    arguments.insert(arguments.end(), {"--json", "--pin-source", pin_file_});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunSceau(folder_, arguments);
  }
  Ended SignOnTerminal(const std::string& pin, const std::function<void()>& meanwhile = {}) {
    return RunSceauOnTerminal(folder_, SignArguments(),
                              {{kAskSign, "o\n", meanwhile}, {kAskPin, pin + "\n", {}}});
  }
  Ended List(const std::string& what) {
    return RunSceau(folder_, {what, "list", "--json", "--config", config_});
  }

  static std::string ReasonIn(const Ended& run) {
    const Json said = Json::parse(run.out, nullptr, false);
    return said.contains("error") ? said["error"]["reason"].get<std::string>() : run.out;
  }
  // The output with every bordereau signed by a valid signature.
  bool OutputIsWhole() {
    const Ended run = RunSceau(folder_, {"verify", output_, "--json", "--at", kTime, "--trust",
                                         In(folder_, "issuing.pem")});
    if (run.code != 0) return false;
    return Json::parse(run.out)["files"][0]["signatures"].size() == kBordereaux;
  }
  // Neither the output nor any part of it under another name.
  void ExpectNoOutput() {
    EXPECT_FALSE(std::filesystem::exists(output_));
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("flux-signe")));
    }
  }

  std::optional<VirtualReader> reader_;
  TemporaryFolder folder_;
  test::TestPki pki_;
  std::string input_, output_, pin_file_, config_;
  int cards_ = 0;
};

TEST_F(Card, IsListedWithoutItsPin) {
  const auto card = InsertedCard();
  const Ended tokens = List("token");
  ASSERT_EQ(tokens.code, 0) << tokens.err;
  const Json token = Json::parse(tokens.out)["tokens"].at(0);
  EXPECT_EQ(token["keys"], 1);
  const Json keys = Json::parse(List("key").out)["keys"];
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0]["type"], "RSA");
  EXPECT_EQ(keys[0]["bits"], 2048);
  EXPECT_THAT(keys[0]["certificate"]["subject"].get<std::string>(),
              HasSubstr("CN=Hélène Ordonnatrice"));
  EXPECT_EQ(card->verifications(), 0);
}

TEST_F(Card, AnEmptyReaderIs69) {
  const Ended run = Sign();
  EXPECT_EQ(run.code, 69) << run.err;
  EXPECT_EQ(ReasonIn(run), "TOKEN_UNAVAILABLE");
}

TEST_F(Card, OneConsentAndOneTypedPinSignEveryBordereau) {
  const auto card = InsertedCard();
  const Ended run = SignOnTerminal(kPin);
  ASSERT_EQ(run.code, 0) << run.out;
  EXPECT_TRUE(OutputIsWhole());
  EXPECT_EQ(card->signatures(), kBordereaux);
  // The key asks for the PIN at every signature: the card gets it, the holder types it once.
  EXPECT_EQ(card->verifications(), 1 + kBordereaux);
  EXPECT_EQ(run.out.find(kAskPin), run.out.rfind(kAskPin));
  EXPECT_THAT(run.out, Not(HasSubstr(kPin)));
}

TEST_F(Card, P50_AKeyThatAlwaysAuthenticatesSignsWithThePinOfAFile) {
  const auto card = InsertedCard();
  const Ended run = Sign();
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(OutputIsWhole());
  EXPECT_THAT(run.out + run.err, Not(HasSubstr(kPin)));
}

TEST_F(Card, SignsWithThePinSourceOfItsUri) {
  const auto card = InsertedCard();
  const Ended run =
      RunSceau(folder_, SignArguments("pkcs11:type=private?pin-source=file:" + pin_file_));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(OutputIsWhole());
}

TEST_F(Card, P49_AWrongPinReachesTheCardOnce) {
  const auto card = InsertedCard();
  const Ended run = SignOnTerminal("000000");
  EXPECT_EQ(run.code, 77) << run.out;
  EXPECT_EQ(card->verifications(), 1);
  EXPECT_EQ(card->tries_left(), PivCard::kTries - 1);
  ExpectNoOutput();
}

TEST_F(Card, P49_TheLastTryIsTheHoldersOwn) {
  const auto card = InsertedCard();
  card->UseUpTries(PivCard::kTries - 1);
  const Ended run = Sign();
  EXPECT_EQ(run.code, 77) << run.err;
  EXPECT_EQ(ReasonIn(run), "PIN_FINAL_TRY");
  EXPECT_EQ(card->verifications(), 0);
  ExpectNoOutput();
}

TEST_F(Card, P49_ABlockedPinIsNotTriedAndAnUnblockedOneIs) {
  const auto card = InsertedCard();
  card->UseUpTries(PivCard::kTries);
  const Ended blocked = Sign();
  EXPECT_EQ(blocked.code, 77) << blocked.err;
  EXPECT_EQ(ReasonIn(blocked), "PIN_LOCKED");
  EXPECT_EQ(card->verifications(), 0);
  ExpectNoOutput();
  card->UseUpTries(0);
  EXPECT_EQ(Sign().code, 0);
  EXPECT_TRUE(OutputIsWhole());
}

struct PulledOut {
  const char* name;
  VirtualReader::Instant instant;
  int signature;
};

class CardPulledOut : public Card, public testing::WithParamInterface<PulledOut> {};

TEST_P(CardPulledOut, P47_LeavesNoOutputAndSignsWhenItIsBack) {
  const auto card = InsertedCard();
  reader_->RemoveAt(GetParam().instant, GetParam().signature);
  const Ended pulled = Sign();
  EXPECT_EQ(pulled.code, 69) << pulled.err;
  EXPECT_EQ(ReasonIn(pulled), "TOKEN_UNAVAILABLE") << pulled.err << pulled.out;
  EXPECT_EQ(card->signatures(), 1);
  ExpectNoOutput();

  reader_->Insert(card);
  const Ended back = Sign();
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_TRUE(OutputIsWhole());
}

TEST_P(CardPulledOut, AnOutputThatWasThereStaysAsItWas) {
  InsertedCard();
  folder_.Write("flux-signe.xml", "before");
  reader_->RemoveAt(GetParam().instant, GetParam().signature);
  EXPECT_EQ(Sign({"--force"}).code, 69);
  EXPECT_EQ(ReadFile(output_), "before");
}

TEST_P(CardPulledOut, AnotherCardInItsPlaceSignsNothing) {
  InsertedCard();
  const auto other = NewCard("Une Autre");
  reader_->RemoveAt(GetParam().instant, GetParam().signature, other);
  const Ended run = Sign();
  EXPECT_EQ(run.code, 69) << run.err;
  EXPECT_EQ(other->signatures(), 0);
  EXPECT_EQ(other->verifications(), 0);
  ExpectNoOutput();
}

INSTANTIATE_TEST_SUITE_P(
    When, CardPulledOut,
    testing::Values(PulledOut{"BetweenTwoBordereaux", VirtualReader::Instant::kAfterSignature, 1},
                    PulledOut{"DuringASignature", VirtualReader::Instant::kBeforeSignature, 2}),
    [](const auto& row) { return std::string(row.param.name); });

// The preview showed one person's certificate; another person's card signs nothing in its place.
TEST_F(Card, ExchangedAfterThePreviewSignsNothing) {
  InsertedCard();
  const auto other = NewCard("Une Autre");
  const Ended run = SignOnTerminal(kPin, [&] {
    reader_->Remove();
    reader_->Insert(other);
  });
  EXPECT_THAT(run.out, HasSubstr("Hélène Ordonnatrice"));
  EXPECT_EQ(run.code, 69) << run.out;
  EXPECT_EQ(other->verifications(), 0);
  EXPECT_EQ(other->signatures(), 0);
  ExpectNoOutput();
}

}  // namespace
}  // namespace sceau::cli
