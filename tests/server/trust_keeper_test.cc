// What the daemon trusts, and how it comes by it while it runs.
#include "server/trust_keeper.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/strings.h"
#include "tests/support/loopback_server.h"
#include "tests/verifier/forgery.h"
#include "tests/verifier/trusted_list_maker.h"

namespace sceau::server {
namespace {

struct FixedClock final : Clock {
  absl::Time Now() const override { return test::kSigningTime + absl::Hours(1); }
};

class TrustKeeperTest : public testing::Test {
 protected:
  TrustKeeperTest() {
    std::filesystem::create_directories(folder_.path() + "/signers");
    Write("signers/commission.pem", test::PemOf(commission_.certificate));
    config_.lists_folder = folder_.path();
    config_.lists_refresh = absl::Hours(24);
  }

  void Write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_.path() + "/" + name, std::ios::binary) << content;
  }
  std::string National(const std::string& sequence) const {
    test::ListPlan plan;
    plan.sequence = sequence;
    plan.services = {{{pki_.issuing()}}};
    return test::SignedList(plan, commission_);
  }
  std::unique_ptr<TrustKeeper> Open() {
    auto keeper = TrustKeeper::Open(config_, clock_);
    EXPECT_TRUE(keeper.ok()) << keeper.status();
    return *std::move(keeper);
  }

  test::TemporaryFolder folder_;
  test::TestPki pki_;
  test::ListOperator commission_{"Commission"};
  FixedClock clock_;
  Config config_;
};

TEST_F(TrustKeeperTest, P34_NothingConfiguredIsNoAnchor) {
  config_.lists_folder = "";
  const auto trust = Open()->Current();
  EXPECT_TRUE(trust->anchors->empty());
  EXPECT_EQ(trust->lists, nullptr);
  EXPECT_FALSE(trust->revocation.any());
}

TEST_F(TrustKeeperTest, P34_ListsThatAreRefusedAreNoAnchor) {
  Write("FR.xml", test::Replaced(National("1"), "granted", "withdrawn"));
  EXPECT_TRUE(Open()->Current()->anchors->empty());
  std::filesystem::remove_all(folder_.path() + "/signers");
  EXPECT_EQ(ReasonOf(TrustKeeper::Open(config_, clock_).status()), Reason::kTrustUnreadable);
}

TEST_F(TrustKeeperTest, ListsThatChangeInTheFolderCountFromTheNextRoundOn) {
  const auto keeper = Open();
  const auto before = keeper->Current();
  EXPECT_TRUE(before->anchors->empty());
  Write("FR.xml", National("1"));
  keeper->Refresh();
  EXPECT_EQ(keeper->Current()->anchors->anchors().size(), 1u);
  EXPECT_TRUE(before->anchors->empty());  // whoever judges goes on with what he had
  // A folder that cannot be read takes nothing away.
  std::filesystem::remove_all(folder_.path() + "/signers");
  keeper->Refresh();
  EXPECT_EQ(keeper->Current()->anchors->anchors().size(), 1u);
}

TEST_F(TrustKeeperTest, FetchesInTheBackgroundFromTheStartOn) {
  test::LoopbackServer server;
  test::ListPlan lotl = test::PlanListOfLists(server.Url("/lotl.xml"), {commission_.certificate});
  lotl.pointers.push_back({"FR", server.Url("/fr.xml"), {commission_.certificate}});
  const std::string list = test::SignedList(lotl, commission_);
  server.Answer([&](const std::string& path, const std::string&) {
    return test::HttpAnswer{200, path == "/lotl.xml" ? list : National("4"), ""};
  });
  config_.lists_fetch = true;
  config_.lists_url = server.Url("/lotl.xml");
  const auto keeper = Open();
  keeper->Start();
  while (keeper->Current()->anchors->empty()) std::this_thread::yield();
  EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/FR.xml"));
}

}  // namespace
}  // namespace sceau::server
