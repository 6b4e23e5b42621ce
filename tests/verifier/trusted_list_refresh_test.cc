// P-35 over the network: what an address gives is kept only when it is found good, and nothing of
// the folder changes otherwise.
#include "verifier/trusted_list_refresh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tests/support/loopback_server.h"
#include "tests/verifier/forgery.h"
#include "tests/verifier/trusted_list_maker.h"
#include "verifier/trusted_lists.h"

namespace sceau::test {
namespace {

using verifier::RefreshedList;

class TrustedListRefresh : public testing::Test {
 protected:
  TrustedListRefresh() {
    std::filesystem::create_directories(folder_.path() + "/signers");
    std::ofstream(folder_.path() + "/signers/commission.pem") << PemOf(commission_.certificate);
    server_.Answer(
        [this](const std::string& path, const std::string&) -> std::optional<HttpAnswer> {
          asked_.push_back(path);
          const auto found = pages_.find(path);
          if (found == pages_.end()) return HttpAnswer{404, "", ""};
          return HttpAnswer{200, found->second, ""};
        });
    pages_["/lotl.xml"] = SignedList(Lotl(), commission_);
    pages_["/fr.xml"] = SignedList(National("7"), france_);
  }

  ListPlan Lotl(const std::string& sequence = "10") const {
    ListPlan plan = PlanListOfLists(server_.Url("/lotl.xml"), {commission_.certificate});
    plan.sequence = sequence;
    plan.pointers.push_back({"FR", server_.Url("/fr.xml"), {france_.certificate}});
    return plan;
  }
  ListPlan National(const std::string& sequence) const {
    ListPlan plan;
    plan.sequence = sequence;
    plan.services = {{{pki_.issuing()}}};
    return plan;
  }

  std::vector<RefreshedList> Refresh(absl::Duration later = absl::Hours(1)) {
    verifier::RefreshOptions options;
    options.url = server_.Url("/lotl.xml");
    options.territories = territories_;
    options.limits.deadline = absl::Seconds(5);
    auto lists = verifier::RefreshTrustedLists(folder_.path(), options, kSigningTime + later);
    EXPECT_TRUE(lists.ok()) << lists.status();
    return *lists;
  }
  static std::optional<Reason> ReasonFor(const std::vector<RefreshedList>& lists,
                                         const std::string& territory) {
    for (const RefreshedList& it : lists) {
      if (it.territory == territory) return ReasonOf(it.status);
    }
    ADD_FAILURE() << territory;
    return std::nullopt;
  }
  std::string Kept(const std::string& name) const {
    std::ifstream file(folder_.path() + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryFolder folder_;
  TestPki pki_;
  ListOperator commission_{"Commission"}, france_{"Agence"}, stranger_{"Autre"};
  LoopbackServer server_;
  std::map<std::string, std::string> pages_;
  std::vector<std::string> asked_;
  std::vector<std::string> territories_;
};

TEST_F(TrustedListRefresh, GoodListsAreKeptAndLoadAgainWithoutTheNetwork) {
  const auto lists = Refresh();
  ASSERT_EQ(lists.size(), 2u);
  for (const auto& it : lists) EXPECT_TRUE(it.status.ok()) << it.status;
  server_.Stop();
  const auto loaded = verifier::TrustedLists::Load(folder_.path(), kSigningTime + absl::Hours(1));
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ((*loaded)->services().size(), 1u);
  EXPECT_TRUE((*loaded)->Knows("DE"));  // every list that is named is there
}

TEST_F(TrustedListRefresh, OnlyTheTerritoriesWanted) {
  territories_ = {"BE"};
  EXPECT_EQ(Refresh().size(), 1u);
  EXPECT_THAT(asked_, testing::ElementsAre("/lotl.xml"));
}

TEST_F(TrustedListRefresh, P35_OlderIssueIsRefusedAndTheNewerStays) {
  Refresh();
  const std::string newer = Kept("FR.xml");
  pages_["/fr.xml"] = SignedList(National("6"), france_);
  EXPECT_EQ(ReasonFor(Refresh(), "FR"), Reason::kTrustedListRollback);
  EXPECT_EQ(Kept("FR.xml"), newer);
  pages_["/lotl.xml"] = SignedList(Lotl("9"), commission_);
  const auto lists = Refresh();
  ASSERT_EQ(lists.size(), 1u);
  EXPECT_EQ(ReasonOf(lists[0].status), Reason::kTrustedListRollback);
  pages_["/lotl.xml"] = SignedList(Lotl("11"), commission_);
  pages_["/fr.xml"] = SignedList(National("8"), france_);
  for (const auto& it : Refresh()) EXPECT_TRUE(it.status.ok()) << it.status;
}

TEST_F(TrustedListRefresh, P35_WhatIsNotGoodReplacesNothing) {
  Refresh();
  const std::string good = Kept("FR.xml");
  const std::map<std::string, Reason> wrong = {
      {SignedList(National("9"), stranger_), Reason::kTrustedListNotTrusted},
      {Replaced(SignedList(National("9"), france_), "granted", "withdrawn"),
       Reason::kTrustedListNotTrusted},
      {"<html></html>", Reason::kTrustedListNotTrusted},
      {"not a list", Reason::kNotXml},
  };
  for (const auto& [page, reason] : wrong) {
    pages_["/fr.xml"] = page;
    EXPECT_EQ(ReasonFor(Refresh(), "FR"), reason);
    EXPECT_EQ(Kept("FR.xml"), good);
  }
  pages_.erase("/fr.xml");
  EXPECT_EQ(ReasonFor(Refresh(), "FR"), Reason::kServiceUnavailable);
  EXPECT_EQ(Kept("FR.xml"), good);
  // An expired one that is true.
  pages_["/fr.xml"] = SignedList(National("9"), france_);
  ListPlan lotl = Lotl();
  lotl.next_update = "2045-01-01T00:00:00Z";
  pages_["/lotl.xml"] = SignedList(lotl, commission_);
  EXPECT_EQ(ReasonFor(Refresh(absl::Hours(24 * 365)), "FR"), Reason::kTrustedListExpired);
  EXPECT_EQ(Kept("FR.xml"), good);
}

TEST_F(TrustedListRefresh, P35_NothingIsAskedForThatAFalseListOfListsNames) {
  pages_["/lotl.xml"] = SignedList(Lotl(), stranger_);
  const auto lists = Refresh();
  ASSERT_EQ(lists.size(), 1u);
  EXPECT_EQ(ReasonOf(lists[0].status), Reason::kTrustedListNotTrusted);
  EXPECT_THAT(asked_, testing::ElementsAre("/lotl.xml"));
  EXPECT_EQ(Kept("lotl.xml"), "");
}

TEST_F(TrustedListRefresh, PivotsAreFetchedAtTheSameHostAndKeptWithTheList) {
  ListOperator next("Suivant");
  ListPlan pivot = PlanListOfLists(server_.Url("/lotl.xml"), {next.certificate});
  pivot.sequence = "5";
  pages_["/pivot-1.xml"] = SignedList(pivot, commission_);
  ListPlan lotl = Lotl();
  lotl.pointers[0].signers = {next.certificate};
  lotl.uris = {server_.Url("/pivot-1.xml")};
  pages_["/lotl.xml"] = SignedList(lotl, stranger_);
  Refresh();
  EXPECT_EQ(Kept("pivots/pivot-1.xml"), "");  // a false list of lists leaves nothing behind
  pages_["/lotl.xml"] = SignedList(lotl, next);
  for (const auto& it : Refresh()) EXPECT_TRUE(it.status.ok()) << it.status;
  EXPECT_EQ(Kept("pivots/pivot-1.xml"), pages_["/pivot-1.xml"]);

  LoopbackServer elsewhere;
  elsewhere.Answer([](const std::string&, const std::string&) { return HttpAnswer{404, "", ""}; });
  lotl.uris = {elsewhere.Url("/pivot-2.xml"), server_.Url("/pivot-1.xml")};
  pages_["/lotl.xml"] = SignedList(lotl, next);
  EXPECT_EQ(ReasonOf(Refresh()[0].status), Reason::kTrustedListNotTrusted);
  EXPECT_EQ(elsewhere.requests(), 0);
}

}  // namespace
}  // namespace sceau::test
