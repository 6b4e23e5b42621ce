// P-42: a path is found whatever stands beside it, and none is found that is not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "tests/support/test_pki.h"
#include "verifier/path_building.h"
#include "verifier/path_validation.h"

namespace sceau::test {
namespace {

using verifier::Path;
using verifier::PathBuilder;
using verifier::PathFault;

class Paths : public testing::Test {
 protected:
  Paths() {
    root_ = TestPki::SelfSigned(root_key_.get(), Authority("Racine"));
    issuing_ = TestPki::IssueUnder(root_, root_key_.get(), issuing_key_.get(), Authority("Mi"));
    leaf_ = TestPki::IssueUnder(issuing_, issuing_key_.get(), leaf_key_.get());
  }

  // The fault of the best path; none when one holds. The path's length is in length_.
  PathFault Judge(const std::vector<std::string>& anchors, const std::vector<std::string>& others) {
    std::vector<X509Handle> owned;
    const auto borrow = [&](const std::vector<std::string>& from) {
      std::vector<X509*> out;
      for (const std::string& der : from) out.push_back(owned.emplace_back(Parsed(der)).get());
      return out;
    };
    const X509Handle target = Parsed(leaf_);
    PathBuilder builder(borrow(anchors), borrow(others));
    PathFault best;
    length_ = 0;
    const bool found = builder.Visit(target.get(), [&](const Path& path) {
      const PathFault fault = verifier::ValidatePath(path, {Year(2025), {}, 0});
      if (fault.none()) length_ = path.size();
      if (verifier::SaysMore(fault, best)) best = fault;
      return fault.none();
    });
    tried_ = builder.tried();
    missing_ = builder.missing_issuer();
    if (found) return {};
    if (tried_ == 0) best.reason = "NO_PATH";
    return best;
  }

  EvpPkeyHandle root_key_ = NewEcKey(), issuing_key_ = NewEcKey(), leaf_key_ = NewEcKey();
  std::string root_, issuing_, leaf_;
  size_t length_ = 0, tried_ = 0;
  std::string missing_;
};

TEST_F(Paths, P42_Straight) {
  EXPECT_TRUE(Judge({root_}, {issuing_}).none());
  EXPECT_EQ(length_, 3u);
  EXPECT_TRUE(Judge({issuing_}, {}).none());
  EXPECT_EQ(length_, 2u);
  EXPECT_TRUE(Judge({leaf_}, {}).none());
  EXPECT_EQ(length_, 1u);
}

TEST_F(Paths, P42_MissingIssuerIsNamed) {
  EXPECT_EQ(Judge({root_}, {}).reason, "NO_PATH");
  EXPECT_THAT(missing_, testing::HasSubstr("CN=Mi"));
  EXPECT_EQ(Judge({}, {issuing_}).reason, "NO_PATH");
  EXPECT_THAT(missing_, testing::HasSubstr("CN=Racine"));
}

TEST_F(Paths, P42_ExpiredTwinOfTheAuthorityHidesNothing) {
  LeafOptions options = Authority("Mi");
  options.not_before = Year(2020);
  options.not_after = Year(2024);
  const std::string expired =
      TestPki::IssueUnder(root_, root_key_.get(), issuing_key_.get(), options);
  EXPECT_TRUE(Judge({root_}, {expired, issuing_}).none());
  EXPECT_TRUE(Judge({root_}, {issuing_, expired}).none());
  EXPECT_EQ(Judge({root_}, {expired}).reason, "CERTIFICATE_EXPIRED");
  // An expired anchor beside a good way around it.
  EXPECT_TRUE(Judge({expired, root_}, {issuing_}).none());
}

TEST_F(Paths, P42_SameNameAndAnotherKeyHidesNothing) {
  const EvpPkeyHandle other_key = NewEcKey();
  const std::string decoy =
      TestPki::IssueUnder(root_, root_key_.get(), other_key.get(), Authority("Mi"));
  EXPECT_TRUE(Judge({root_}, {decoy, issuing_}).none());
  EXPECT_FALSE(Judge({root_}, {decoy}).none());
}

TEST_F(Paths, P42_CrossCertificatesThatTurnInACircle) {
  const EvpPkeyHandle a = NewEcKey(), b = NewEcKey();
  const std::string self_a = TestPki::SelfSigned(a.get(), Authority("A"));
  const std::string self_b = TestPki::SelfSigned(b.get(), Authority("B"));
  const std::string a_by_b = TestPki::IssueUnder(self_b, b.get(), a.get(), Authority("A"));
  const std::string b_by_a = TestPki::IssueUnder(self_a, a.get(), b.get(), Authority("B"));
  leaf_ = TestPki::IssueUnder(self_a, a.get(), leaf_key_.get());
  EXPECT_EQ(Judge({root_}, {a_by_b, b_by_a, self_a, self_b}).reason, "NO_PATH");
  EXPECT_TRUE(Judge({self_b}, {b_by_a, a_by_b}).none());
}

TEST_F(Paths, P42_ManyTwinsCostABoundedNumberOfTries) {
  std::vector<std::string> twins;
  LeafOptions options = Authority("Mi");
  options.not_after = Year(2024) + absl::Hours(24);
  for (int i = 0; i < 100; ++i) {
    twins.push_back(TestPki::IssueUnder(root_, root_key_.get(), issuing_key_.get(), options));
  }
  EXPECT_EQ(Judge({root_}, twins).reason, "CERTIFICATE_EXPIRED");
  EXPECT_EQ(tried_, verifier::kMaxPaths);
}

TEST_F(Paths, P42_NameConstraintsOfAnAuthority) {
  LeafOptions authority = Authority("Mi");
  authority.name_constraints = "critical,permitted;email:mairie.example";
  issuing_ = TestPki::IssueUnder(root_, root_key_.get(), issuing_key_.get(), authority);
  LeafOptions leaf;
  leaf.subject_alt_name = "email:maire@mairie.example";
  leaf_ = TestPki::IssueUnder(issuing_, issuing_key_.get(), leaf_key_.get(), leaf);
  EXPECT_TRUE(Judge({root_}, {issuing_}).none());
  leaf.subject_alt_name = "email:maire@autre.example";
  leaf_ = TestPki::IssueUnder(issuing_, issuing_key_.get(), leaf_key_.get(), leaf);
  EXPECT_EQ(Judge({root_}, {issuing_}).sub_indication, "CHAIN_CONSTRAINTS_FAILURE");
}

TEST_F(Paths, P42_PolicyConstraintsStandBesidePolicies) {
  LeafOptions authority = Authority("Mi");
  authority.policy_constraints = "critical,requireExplicitPolicy:0";
  authority.certificate_policies = "1.2.3.4";
  issuing_ = TestPki::IssueUnder(root_, root_key_.get(), issuing_key_.get(), authority);
  LeafOptions leaf;
  leaf.certificate_policies = "1.2.3.4";
  leaf_ = TestPki::IssueUnder(issuing_, issuing_key_.get(), leaf_key_.get(), leaf);
  EXPECT_TRUE(Judge({root_}, {issuing_}).none());
  leaf.certificate_policies = "1.2.3.5";
  leaf_ = TestPki::IssueUnder(issuing_, issuing_key_.get(), leaf_key_.get(), leaf);
  EXPECT_EQ(Judge({root_}, {issuing_}).sub_indication, "CHAIN_CONSTRAINTS_FAILURE");
  authority.certificate_policies.clear();
  issuing_ = TestPki::IssueUnder(root_, root_key_.get(), issuing_key_.get(), authority);
  EXPECT_THAT(Judge({root_}, {issuing_}).detail,
              testing::HasSubstr("POLICY_CONSTRAINTS_WITHOUT_POLICIES"));
}

TEST_F(Paths, LastInstantOfACertificateIsWithinIt) {
  LeafOptions options;
  options.not_after = Year(2025);
  leaf_ = TestPki::IssueUnder(issuing_, issuing_key_.get(), leaf_key_.get(), options);
  EXPECT_TRUE(Judge({root_}, {issuing_}).none());
  options.not_after = Year(2025) - absl::Seconds(1);
  leaf_ = TestPki::IssueUnder(issuing_, issuing_key_.get(), leaf_key_.get(), options);
  EXPECT_EQ(Judge({root_}, {issuing_}).reason, "CERTIFICATE_EXPIRED");
}

}  // namespace
}  // namespace sceau::test
