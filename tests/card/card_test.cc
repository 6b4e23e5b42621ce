// The ordonnateur's card: what `sceau` does with it, and what it does when it is pulled out.
#include "tests/card/card_fixture.h"

namespace sceau::cli {
namespace {

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
