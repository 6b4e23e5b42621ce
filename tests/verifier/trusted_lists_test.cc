// P-34, P-35: what a folder of trusted lists is relied on for, and everything that keeps a list
// from being relied on, one case each.
#include "verifier/trusted_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "tests/verifier/forgery.h"
#include "tests/verifier/trusted_list_maker.h"

namespace sceau::test {
namespace {

using verifier::TrustedLists;

constexpr char kLotlUrl[] = "https://lists.example/eu-lotl.xml";

class TrustedListsTest : public testing::Test {
 protected:
  TrustedListsTest() {
    std::filesystem::create_directories(folder_.path() + "/signers");
    std::filesystem::create_directories(folder_.path() + "/pivots");
    Write("signers/commission.pem", PemOf(commission_.certificate));
    Write("lotl.xml", SignedList(Lotl(), commission_));
    Write("FR.xml", SignedList(National(), france_));
  }

  ListPlan Lotl() const {
    ListPlan plan = PlanListOfLists(kLotlUrl, {commission_.certificate});
    plan.pointers.push_back({"FR", "https://lists.example/fr.xml", {france_.certificate}});
    return plan;
  }
  ListPlan National() const {
    ListPlan plan;
    plan.services = {{{pki_.issuing()}}};
    return plan;
  }

  void Write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_.path() + "/" + name, std::ios::binary) << content;
  }
  std::shared_ptr<const TrustedLists> Load(absl::Duration later = absl::Hours(1)) const {
    auto lists = TrustedLists::Load(folder_.path(), kSigningTime + later);
    EXPECT_TRUE(lists.ok()) << lists.status();
    return *lists;
  }
  std::optional<Reason> ReasonFor(const std::string& file, absl::Duration later = absl::Hours(1)) {
    const auto lists = Load(later);
    for (const auto& state : lists->states()) {
      if (state.file == folder_.path() + "/" + file) return ReasonOf(state.status);
    }
    ADD_FAILURE() << "no list " << file;
    return std::nullopt;
  }
  // The national list is refused, and nothing of it counts.
  void ExpectRefused(Reason reason, absl::Duration later = absl::Hours(1)) {
    EXPECT_EQ(ReasonFor("FR.xml", later), reason);
    const auto lists = Load(later);
    EXPECT_TRUE(lists->services().empty());
    EXPECT_TRUE(lists->AddedTo(*verifier::TrustAnchors::None())->empty());
    EXPECT_FALSE(lists->Knows("FR"));
  }

  TemporaryFolder folder_;
  TestPki pki_;
  ListOperator commission_{"Commission"}, france_{"Agence"}, stranger_{"Autre"};
};

TEST_F(TrustedListsTest, GoodListsGiveTheirServicesAsAnchors) {
  const auto lists = Load();
  ASSERT_EQ(lists->states().size(), 2u);
  for (const auto& state : lists->states()) EXPECT_TRUE(state.status.ok()) << state.status;
  EXPECT_EQ(lists->states()[1].territory, "FR");
  EXPECT_EQ(lists->states()[1].sequence, 7);
  ASSERT_EQ(lists->services().size(), 1u);
  EXPECT_EQ(lists->services()[0].provider, "Prestataire d'essai");
  const auto anchors = lists->AddedTo(*verifier::TrustAnchors::None());
  ASSERT_EQ(anchors->anchors().size(), 1u);
  const auto& limits = anchors->anchors()[0].limits;
  EXPECT_EQ(limits.from, absl::FromCivil(absl::CivilDay(2017, 1, 1), absl::UTCTimeZone()));
  EXPECT_EQ(limits.until, absl::InfiniteFuture());
  EXPECT_TRUE(
      limits.Allow(schemas::Kind::kPesAller, verifier::TrustPurpose::kSignature, kSigningTime));
  EXPECT_FALSE(
      limits.Allow(schemas::Kind::kPesAller, verifier::TrustPurpose::kTimeStamping, kSigningTime));
}

TEST_F(TrustedListsTest, BothVersionsAreReadAndNoOther) {
  ListPlan plan = National();
  plan.version = "5";
  Write("FR.xml", SignedList(plan, france_));
  EXPECT_EQ(ReasonFor("FR.xml"), std::nullopt);
  plan.version = "7";
  Write("FR.xml", SignedList(plan, france_));
  ExpectRefused(Reason::kTrustedListInvalid);
}

TEST_F(TrustedListsTest, P34_NoSignersIsAnErrorAndNoTrust) {
  std::filesystem::remove(folder_.path() + "/signers/commission.pem");
  EXPECT_EQ(ReasonOf(TrustedLists::Load(folder_.path(), kSigningTime).status()),
            Reason::kTrustUnreadable);
}

TEST_F(TrustedListsTest, P35_NationalListOfAnotherSigner) {
  Write("FR.xml", SignedList(National(), stranger_));
  ExpectRefused(Reason::kTrustedListNotTrusted);
}

TEST_F(TrustedListsTest, P35_NationalListAltered) {
  Write("FR.xml", Replaced(SignedList(National(), france_), "granted", "withdrawn"));
  ExpectRefused(Reason::kTrustedListNotTrusted);
}

TEST_F(TrustedListsTest, P35_NationalListUnsigned) {
  Write("FR.xml", ListText(National()));
  ExpectRefused(Reason::kTrustedListNotTrusted);
}

TEST_F(TrustedListsTest, P35_NationalListSignedTwice) {
  const std::string once = SignedList(National(), france_);
  const std::string signature = Between(once, "<ds:Signature ", "</ds:Signature>");
  Write("FR.xml", InsertedBeforeLast(once, "</TrustServiceStatusList>",
                                     ReplacedAll(signature, "list_SIG", "other_SIG")));
  ExpectRefused(Reason::kTrustedListNotTrusted);
}

// The signature covers a part that holds a genuine list; what is read is around it.
TEST_F(TrustedListsTest, P01_GenuineListWrappedInAnother) {
  ListPlan evil = National();
  evil.services[0].certificates = {stranger_.certificate};
  const std::string genuine = SignedList(National(), france_);
  Write("FR.xml", InsertedBeforeLast(ListText(evil), "</TrustServiceStatusList>", genuine));
  ExpectRefused(Reason::kTrustedListNotTrusted);
}

TEST_F(TrustedListsTest, P35_NationalListOfAnotherTerritory) {
  ListPlan plan = National();
  plan.territory = "BE";
  Write("FR.xml", SignedList(plan, france_));
  ExpectRefused(Reason::kTrustedListNotTrusted);
}

TEST_F(TrustedListsTest, P35_ExpiredNationalList) {
  ListPlan plan = National();
  plan.next_update = "2025-01-01T00:30:00Z";
  Write("FR.xml", SignedList(plan, france_));
  ExpectRefused(Reason::kTrustedListExpired);
  EXPECT_EQ(ReasonFor("FR.xml", absl::Minutes(29)), std::nullopt);
}

TEST_F(TrustedListsTest, P35_ExpiredListOfListsTakesItsNationalListsAlong) {
  ListPlan plan = Lotl();
  plan.next_update = "2025-01-01T00:30:00Z";
  Write("lotl.xml", SignedList(plan, commission_));
  EXPECT_EQ(ReasonFor("lotl.xml"), Reason::kTrustedListExpired);
  EXPECT_EQ(ReasonFor("FR.xml"), Reason::kTrustedListNotTrusted);
  EXPECT_TRUE(Load()->services().empty());
}

TEST_F(TrustedListsTest, ClosedListHasNoEnd) {
  ListPlan plan = National();
  plan.next_update = "";
  Write("FR.xml", SignedList(plan, france_));
  ListPlan lotl = Lotl();
  lotl.next_update = "2045-01-01T00:00:00Z";
  Write("lotl.xml", SignedList(lotl, commission_));
  EXPECT_EQ(ReasonFor("FR.xml", absl::Hours(24 * 200)), std::nullopt);
}

TEST_F(TrustedListsTest, P35_ListOfListsOfAnotherSigner) {
  Write("lotl.xml", SignedList(Lotl(), stranger_));
  EXPECT_EQ(ReasonFor("lotl.xml"), Reason::kTrustedListNotTrusted);
  EXPECT_TRUE(Load()->services().empty());
}

TEST_F(TrustedListsTest, P35_NationalListCannotStandForTheListOfLists) {
  ListPlan plan = Lotl();
  plan.type = "EUgeneric";
  Write("lotl.xml", SignedList(plan, commission_));
  EXPECT_EQ(ReasonFor("lotl.xml"), Reason::kTrustedListNotTrusted);
}

TEST_F(TrustedListsTest, P24_DoctypeAndMissingPartsAreRefused) {
  Write("FR.xml", "<!DOCTYPE x>" + SignedList(National(), france_));
  ExpectRefused(Reason::kDoctypeRefused);
  ListPlan plan = National();
  plan.sequence = "0";
  Write("FR.xml", SignedList(plan, france_));
  ExpectRefused(Reason::kTrustedListInvalid);
  Write("FR.xml",
        SignedList(ReplacedAll(ListText(National()), "TSPInformation", "Other"), france_));
  ExpectRefused(Reason::kTrustedListInvalid);
  Write("FR.xml",
        SignedList(ReplacedAll(ListText(National()), "StatusStartingTime", "Other"), france_));
  ExpectRefused(Reason::kTrustedListInvalid);
}

TEST_F(TrustedListsTest, NationalListAloneIsSignedByTheFoldersSigners) {
  std::filesystem::remove(folder_.path() + "/lotl.xml");
  ExpectRefused(Reason::kTrustedListNotTrusted);
  Write("signers/france.pem", PemOf(france_.certificate));
  EXPECT_EQ(ReasonFor("FR.xml"), std::nullopt);
  EXPECT_TRUE(Load()->Knows("FR"));
  EXPECT_FALSE(Load()->Knows("BE"));
}

TEST_F(TrustedListsTest, WithdrawnServiceIsTrustedUntilItsEnd) {
  ListPlan plan = National();
  plan.services[0].periods = {{"withdrawn", "2024-06-01T00:00:00Z"},
                              {"granted", "2018-01-01T00:00:00Z"},
                              {"accredited", "2014-01-01T00:00:00Z"}};
  Write("FR.xml", SignedList(plan, france_));
  const auto anchors = Load()->AddedTo(*verifier::TrustAnchors::None());
  std::vector<std::string> spans;
  for (const auto& anchor : anchors->anchors()) {
    spans.push_back(absl::FormatTime("%Y-%m-%d", anchor.limits.from, absl::UTCTimeZone()) + " " +
                    absl::FormatTime("%Y-%m-%d", anchor.limits.until, absl::UTCTimeZone()));
  }
  // A status of the Directive counts until the Regulation.
  EXPECT_THAT(spans, testing::ElementsAre("2018-01-01 2024-06-01", "2014-01-01 2016-07-01"));
}

// The list of lists is signed by `last`; two pivots lead to it from `commission_`.
class Pivots : public TrustedListsTest {
 protected:
  Pivots() {
    Write("pivots/pivot-1.xml", SignedList(Step("3", middle_), commission_));
    Write("pivots/pivot-2.xml", SignedList(Step("5", last_), middle_));
    Write("lotl.xml", SignedList(Final(), last_));
  }
  ListPlan Step(const std::string& sequence, const ListOperator& next) const {
    ListPlan plan = PlanListOfLists(kLotlUrl, {next.certificate});
    plan.sequence = sequence;
    plan.next_update = "2024-01-01T00:00:00Z";  // a pivot is old by nature
    return plan;
  }
  ListPlan Final() const {
    ListPlan plan = Lotl();
    plan.pointers[0].signers = {last_.certificate};
    plan.uris = {"https://lists.example/pivot-2.xml", "https://lists.example/pivot-1.xml",
                 "https://official.example/journal.html"};
    return plan;
  }
  ListOperator middle_{"Pivot"}, last_{"Dernier"};
};

TEST_F(Pivots, P35_LeadFromTheOfficialJournalToTheSigner) {
  EXPECT_EQ(ReasonFor("lotl.xml"), std::nullopt);
  EXPECT_EQ(ReasonFor("FR.xml"), std::nullopt);
}

TEST_F(Pivots, P35_EachMustBeThereAndHold) {
  const auto expect_broken = [&] {
    EXPECT_EQ(ReasonFor("lotl.xml"), Reason::kTrustedListNotTrusted);
  };
  Write("pivots/pivot-2.xml", SignedList(Step("5", last_), stranger_));
  expect_broken();
  Write("pivots/pivot-2.xml", Replaced(SignedList(Step("5", last_), middle_), "2025", "2024"));
  expect_broken();
  Write("pivots/pivot-2.xml", SignedList(Step("2", last_), middle_));  // older than the first
  expect_broken();
  std::filesystem::remove(folder_.path() + "/pivots/pivot-2.xml");
  expect_broken();
  Write("pivots/pivot-2.xml", SignedList(Step("5", last_), middle_));
  EXPECT_EQ(ReasonFor("lotl.xml"), std::nullopt);
  std::filesystem::remove(folder_.path() + "/pivots/pivot-1.xml");
  expect_broken();
}

TEST_F(Pivots, P35_SignerThatAPivotReplacedIsNoLongerOne) {
  Write("lotl.xml", SignedList(Final(), commission_));
  EXPECT_EQ(ReasonFor("lotl.xml"), Reason::kTrustedListNotTrusted);
}

TEST_F(Pivots, OneMayBeginAtTheSignersTheFolderNames) {
  std::filesystem::remove(folder_.path() + "/pivots/pivot-1.xml");
  Write("signers/commission.pem", PemOf(middle_.certificate));
  EXPECT_EQ(ReasonFor("lotl.xml"), std::nullopt);
}

}  // namespace
}  // namespace sceau::test
