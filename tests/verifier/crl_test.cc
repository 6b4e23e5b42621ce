// P-37: what a CRL may say of a certificate, and what makes it say nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_revocation.h"
#include "verifier/crl_status.h"

namespace sceau::test {
namespace {

using verifier::CertificateStatus;
using verifier::Outdated;
using verifier::Path;
using verifier::RevocationState;

// A root, which is the anchor, an authority and a leaf.
class Crls : public testing::Test {
 protected:
  Crls() {
    root_ = TestPki::SelfSigned(root_key_.get(), Authority("Racine"));
    authority_ = TestPki::IssueUnder(root_, root_key_.get(), authority_key_.get(), Authority("Mi"));
    IssueLeaf({});
  }
  void IssueLeaf(const LeafOptions& options) {
    leaf_ = TestPki::IssueUnder(authority_, authority_key_.get(), leaf_key_.get(), options);
  }

  CrlOptions Current() const {
    CrlOptions options;
    options.this_update = at_ - absl::Hours(1);
    options.next_update = at_ + absl::Hours(24);
    return options;
  }
  std::string Crl(const CrlOptions& options) const {
    return MakeCrl(authority_, authority_key_.get(), options);
  }
  std::string RootCrl(const CrlOptions& options) const {
    return MakeCrl(root_, root_key_.get(), options);
  }
  // Of the leaf.
  CertificateStatus Judge(const std::vector<std::string>& crls,
                          Outdated outdated = Outdated::kRefused) const {
    const X509Handle leaf = Parsed(leaf_), authority = Parsed(authority_), root = Parsed(root_);
    const Path path = {leaf.get(), authority.get(), root.get()};
    std::vector<X509Handle> owned;
    std::vector<X509*> others;
    for (const std::string& der : others_) {
      others.push_back(owned.emplace_back(Parsed(der)).get());
    }
    std::vector<X509CrlHandle> parsed;
    std::vector<X509_CRL*> borrowed;
    for (const std::string& der : crls) {
      const auto* at = reinterpret_cast<const unsigned char*>(der.data());
      parsed.emplace_back(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
      borrowed.push_back(parsed.back().get());
    }
    return verifier::StatusByCrl(path, borrowed, others, at_, outdated);
  }
  void ExpectGood(const std::vector<std::string>& crls,
                  Outdated outdated = Outdated::kRefused) const {
    const CertificateStatus status = Judge(crls, outdated);
    EXPECT_EQ(status.state, RevocationState::kGood) << status.code << " " << status.detail;
  }
  void ExpectNot(const std::vector<std::string>& crls, const std::string& code,
                 Outdated outdated = Outdated::kRefused) const {
    const CertificateStatus status = Judge(crls, outdated);
    EXPECT_EQ(status.state, RevocationState::kUndetermined);
    EXPECT_EQ(status.code, code) << status.detail;
  }
  // A certificate of the root with the authority's name, that may sign CRLs.
  std::string Signer(EVP_PKEY* key, const EVP_MD* digest = EVP_sha256()) const {
    LeafOptions options = Authority("Mi");
    options.digest = digest;
    return TestPki::IssueUnder(root_, root_key_.get(), key, options);
  }

  const absl::Time at_ = Year(2025);
  const EvpPkeyHandle root_key_ = NewEcKey(), leaf_key_ = NewEcKey();
  EvpPkeyHandle authority_key_ = NewEcKey();
  std::string root_, authority_, leaf_;
  std::vector<std::string> others_;
};

TEST_F(Crls, P37_WithoutNextUpdateItIsNotCurrentForEver) {
  CrlOptions options = Current();
  options.next_update = absl::InfiniteFuture();
  ExpectNot({Crl(options)}, "CRL_NOT_USABLE");
  ExpectGood({Crl(options), Crl(Current())});
}

TEST_F(Crls, P37_DeltaOfSomeReasonsIsNoCompleteList) {
  CrlOptions delta = Current();
  delta.number = 2;
  delta.delta_of = 1;
  delta.reasons = {1, 2, 3, 4, 5, 6, 7, 8};
  ExpectNot({Crl(delta)}, "CRL_NOT_USABLE");
  delta.reasons.clear();
  EXPECT_EQ(Judge({Crl(delta)}).state, RevocationState::kUndetermined);
}

TEST_F(Crls, P37_ListsByReasonAreNeededForEveryReason) {
  CrlOptions first = Current(), second = Current();
  first.reasons = {1, 2, 3, 4};
  second.reasons = {5, 6, 7, 8};
  EXPECT_EQ(Judge({Crl(first)}).state, RevocationState::kUndetermined);
  ExpectGood({Crl(first), Crl(second)});
}

TEST_F(Crls, P37_EverySignerOfListsByReasonMustBeGood) {
  const EvpPkeyHandle keys[] = {NewEcKey(), NewEcKey()};
  const std::string signers[] = {Signer(keys[0].get()), Signer(keys[1].get())};
  others_ = {signers[0], signers[1]};
  CrlOptions halves[] = {Current(), Current()};
  halves[0].reasons = {1, 2, 3, 4};
  halves[1].reasons = {5, 6, 7, 8};
  const std::string lists[] = {MakeCrl(signers[0], keys[0].get(), halves[0]),
                               MakeCrl(signers[1], keys[1].get(), halves[1])};
  ExpectGood({lists[0], lists[1], RootCrl(Current())});
  for (const std::string& revoked : signers) {
    CrlOptions of_root = Current();
    of_root.revoked = {{revoked, at_ - absl::Hours(24), 1}};
    ExpectNot({lists[0], lists[1], RootCrl(of_root)}, "CRL_NOT_TRUSTED");
    ExpectNot({lists[1], lists[0], RootCrl(of_root)}, "CRL_NOT_TRUSTED");
  }
}

TEST_F(Crls, P22_WeakDigestInPssIsSeen) {
  authority_key_ = NewRsaKey();
  authority_ = TestPki::IssueUnder(root_, root_key_.get(), authority_key_.get(), Authority("Mi"));
  IssueLeaf({});
  CrlOptions options = Current();
  options.pss = true;
  ExpectGood({Crl(options)});
  options.digest = EVP_sha1();
  ExpectNot({Crl(options)}, "CRL_NOT_TRUSTED");
}

TEST_F(Crls, P22_SignerWithAWeaklySignedCertificate) {
  const EvpPkeyHandle key = NewEcKey();
  const auto lists = [&](const std::string& signer) {
    others_ = {signer};
    return std::vector{MakeCrl(signer, key.get(), Current()), RootCrl(Current())};
  };
  ExpectGood(lists(Signer(key.get())));
  ExpectNot(lists(Signer(key.get(), EVP_sha1())), "CRL_NOT_TRUSTED");
}

TEST_F(Crls, IsAsNewAsItsDelta) {
  CrlOptions base = Current(), delta = Current();
  base.this_update = at_ - absl::Hours(48);
  base.number = 1;
  base.freshest = "URI:http://127.0.0.1/delta";
  delta.delta_of = 1;
  delta.number = 2;
  EXPECT_EQ(Judge({Crl(base)}).issued_at, base.this_update);
  const CertificateStatus both = Judge({Crl(base), Crl(delta)});
  EXPECT_EQ(both.state, RevocationState::kGood) << both.code;
  EXPECT_EQ(both.issued_at, delta.this_update);
  delta.revoked = {{leaf_, at_ - absl::Hours(2), 1}};
  EXPECT_EQ(Judge({Crl(base), Crl(delta)}).state, RevocationState::kRevoked);
}

TEST_F(Crls, ClocksMayDifferByFiveMinutes) {
  CrlOptions options = Current();
  options.this_update = at_ + absl::Minutes(4);
  ExpectGood({Crl(options)});
  options.this_update = at_ + absl::Minutes(6);
  ExpectNot({Crl(options)}, "CRL_NOT_YET_VALID");
  options = Current();
  options.next_update = at_ - absl::Minutes(4);
  ExpectGood({Crl(options)});
  options.next_update = at_ - absl::Minutes(6);
  ExpectNot({Crl(options)}, "CRL_OUTDATED");
}

// A current list need not name a certificate that has ended; an older one had to.
TEST_F(Crls, AfterTheCertificatesEndAnOlderListStillSpeaks) {
  LeafOptions options;
  options.not_after = at_ - absl::Hours(24 * 10);
  IssueLeaf(options);
  CrlOptions old;
  old.this_update = at_ - absl::Hours(24 * 20);
  old.next_update = at_ - absl::Hours(24 * 19);
  const auto lists = [&] { return std::vector{Crl(Current()), Crl(old)}; };
  ExpectGood({Crl(old)}, Outdated::kAdmitted);
  ExpectNot({Crl(Current())}, "REVOCATION_ISSUED_AFTER_EXPIRY", Outdated::kAdmitted);
  ExpectGood(lists(), Outdated::kAdmitted);
  ExpectNot(lists(), "CRL_OUTDATED");
  // Whichever of them names it is believed.
  old.revoked = {{leaf_, at_ - absl::Hours(24 * 30), 1}};
  EXPECT_EQ(Judge(lists(), Outdated::kAdmitted).state, RevocationState::kRevoked);
}

}  // namespace
}  // namespace sceau::test
