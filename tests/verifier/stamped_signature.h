// A signed document, an authority for time stamps (`openssl ts`), and what both make together.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "tests/support/test_revocation.h"
#include "tests/support/time_stamp_authority.h"
#include "tests/verifier/forgery.h"

namespace sceau::test {

// A signed document whose signature tests add time stamps to, and its judge.
class StampedSignature : public testing::Test {
 protected:
  StampedSignature() : signing_(Leaf()), tsa_key_(NewEcKey()) {
    document_ = *signing_.Sign(Generate(SmallSpec()), signing_.Parameters());
    octets_ = SignatureValueOctets(document_);
    tsa_certificate_ = signing_.pki().Issue(tsa_key_.get(), TimeStampingLeaf());
  }

  // Its end is a year away.
  static LeafOptions Leaf() {
    LeafOptions leaf;
    leaf.not_after = absl::Now() + absl::Hours(24 * 365);
    return leaf;
  }

  std::string Token() const { return Token(tsa_certificate_, octets_); }
  std::string Token(const std::string& certificate, const std::string& octets,
                    const std::string& digest = "sha256") const {
    return TimeStampAuthority(certificate, tsa_key_.get(), signing_.pki().issuing())
        .Stamp(octets, digest);
  }
  static std::string Element(const std::string& token) {
    return "<xad:SignatureTimeStamp><xad:EncapsulatedTimeStamp>" + ToBase64(token) +
           "</xad:EncapsulatedTimeStamp></xad:SignatureTimeStamp>";
  }
  std::string With(const std::string& properties) const { return With(properties, document_); }
  static std::string With(const std::string& properties, const std::string& document) {
    return InsertedAfter(document, "</xad:SignedProperties>",
                         "<xad:UnsignedProperties><xad:UnsignedSignatureProperties>" + properties +
                             "</xad:UnsignedSignatureProperties></xad:UnsignedProperties>");
  }

  verifier::FileReport Judge(const std::string& document, absl::Duration later = absl::Hours(1),
                             const std::string& anchor = "issuing.pem",
                             const std::vector<std::string>& crls = {}) const {
    verifier::VerifyOptions options;
    options.validation_time = now_ + later;
    options.trust = *verifier::TrustAnchors::Load({signing_.folder().path() + "/" + anchor});
    auto data = std::make_shared<verifier::RevocationData>();
    for (const std::string& crl : crls) EXPECT_TRUE(data->AddCrl(crl));
    options.revocation.given = data;
    return verifier::Verify(signing_.AsFile(document), "test", options);
  }
  // The token proves nothing, the signature is judged as without it.
  void ExpectNoProof(const std::string& document, const std::string& code,
                     absl::Duration later = absl::Hours(1)) const {
    const auto report = Judge(document, later);
    ASSERT_EQ(report.signatures.size(), 1u);
    EXPECT_EQ(report.signatures[0].integrity, verifier::Integrity::kIntact);
    EXPECT_FALSE(report.signatures[0].best_time.has_value());
    EXPECT_EQ(report.signatures[0].level, "EPES");
    EXPECT_THAT(Codes(report.signatures[0]), testing::Contains(code));
    // Nor does it when the proof would matter.
    const auto expired = Judge(document, kAfterTheEnd);
    EXPECT_EQ(expired.signatures[0].sub_indication, "OUT_OF_BOUNDS_NO_POE");
  }
  std::string Crl(const std::vector<RevokedEntry>& revoked, absl::Duration issued) const {
    CrlOptions options;
    options.this_update = now_ + issued;
    options.next_update = options.this_update + absl::Hours(24);
    options.revoked = revoked;
    return MakeCrl(signing_.pki().issuing(), signing_.pki().issuing_key(), options);
  }

  static constexpr absl::Duration kAfterTheEnd = absl::Hours(24 * 400);
  const absl::Time now_ = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  Signing signing_;
  EvpPkeyHandle tsa_key_;
  std::string document_, octets_, tsa_certificate_;
};

}  // namespace sceau::test
