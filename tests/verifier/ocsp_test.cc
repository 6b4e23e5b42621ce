// P-38: what makes an OCSP response say nothing of a certificate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_revocation.h"
#include "verifier/ocsp_status.h"
#include "verifier/revocation_data.h"

namespace sceau::test {
namespace {

using verifier::CertificateStatus;
using verifier::Outdated;
using verifier::RevocationState;

class Ocsp : public testing::Test {
 protected:
  Ocsp() : leaf_(pki_.Issue(leaf_key_.get())) {
    options_.this_update = options_.produced_at = at_ - absl::Hours(1);
    options_.next_update = at_ + absl::Hours(24);
  }
  std::string Responder(LeafOptions leaf) const {
    leaf.key_usage = "critical,digitalSignature";
    leaf.extended_key_usage = "OCSPSigning";
    leaf.ocsp_no_check = true;
    return pki_.Issue(responder_key_.get(), leaf);
  }
  CertificateStatus Judge(const std::string& response,
                          Outdated outdated = Outdated::kRefused) const {
    const X509Handle leaf = Parsed(leaf_), issuing = Parsed(pki_.issuing());
    verifier::RevocationData data;
    EXPECT_TRUE(data.AddOcspResponse(response));
    verifier::OcspDemands demands;
    demands.at = at_;
    demands.outdated = outdated;
    return verifier::StatusByOcsp({leaf.get(), issuing.get()}, {data.responses()[0].get()},
                                  demands);
  }
  CertificateStatus ByAuthority() const {
    return Judge(
        MakeOcspResponse(leaf_, pki_.issuing(), pki_.issuing(), pki_.issuing_key(), options_));
  }
  CertificateStatus By(const std::string& responder, Outdated outdated = Outdated::kRefused) const {
    return Judge(MakeOcspResponse(leaf_, pki_.issuing(), responder, responder_key_.get(), options_),
                 outdated);
  }
  static void ExpectGood(const CertificateStatus& status) {
    EXPECT_EQ(status.state, RevocationState::kGood) << status.code << " " << status.detail;
  }
  static void ExpectNot(const CertificateStatus& status, const std::string& code) {
    EXPECT_EQ(status.state, RevocationState::kUndetermined);
    EXPECT_EQ(status.code, code) << status.detail;
  }

  const absl::Time at_ = absl::FromCivil(absl::CivilDay(2025, 1, 1), absl::UTCTimeZone());
  const TestPki pki_;
  const EvpPkeyHandle leaf_key_ = NewEcKey();
  EvpPkeyHandle responder_key_ = NewEcKey();
  const std::string leaf_;
  OcspOptions options_;
};

TEST_F(Ocsp, P38_SameCertIdTwice) {
  ExpectGood(ByAuthority());
  options_.entries = 2;
  ExpectNot(ByAuthority(), "OCSP_NOT_USABLE");
}

TEST_F(Ocsp, P38_CriticalExtensionThatNobodyKnows) {
  options_.critical_in_response = true;
  ExpectNot(ByAuthority(), "OCSP_NOT_USABLE");
  options_.critical_in_response = false;
  options_.critical_in_answer = true;
  ExpectNot(ByAuthority(), "OCSP_NOT_USABLE");
}

TEST_F(Ocsp, P38_StaleThisUpdateAndNextUpdateBeforeIt) {
  options_.next_update = at_ - absl::Minutes(4);
  ExpectGood(ByAuthority());
  options_.next_update = at_ - absl::Minutes(6);
  ExpectNot(ByAuthority(), "OCSP_OUTDATED");
  options_.next_update = options_.this_update - absl::Hours(1);
  ExpectNot(ByAuthority(), "OCSP_NOT_USABLE");
}

TEST_F(Ocsp, P38_ResponderWhoseCertificateHasEnded) {
  LeafOptions ended;
  ended.not_after = at_ - absl::Minutes(30);
  ExpectGood(By(Responder({})));
  ExpectNot(By(Responder(ended)), "OCSP_NOT_TRUSTED");
  // Of an earlier instant it says as much as when it was produced.
  ExpectGood(By(Responder(ended), Outdated::kAdmitted));
  ended.not_after = options_.produced_at - absl::Minutes(1);
  ExpectNot(By(Responder(ended), Outdated::kAdmitted), "OCSP_NOT_TRUSTED");
}

TEST_F(Ocsp, P22_ResponderWithAWeaklySignedCertificate) {
  LeafOptions weak;
  weak.digest = EVP_sha1();
  ExpectNot(By(Responder(weak)), "OCSP_NOT_TRUSTED");
}

TEST_F(Ocsp, P22_WeakDigestInPssIsSeen) {
  responder_key_ = NewRsaKey();
  options_.pss = true;
  ExpectGood(By(Responder({})));
  options_.digest = EVP_sha1();
  ExpectNot(By(Responder({})), "OCSP_NOT_TRUSTED");
}

}  // namespace
}  // namespace sceau::test
