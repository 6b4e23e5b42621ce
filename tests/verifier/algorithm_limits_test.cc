// Algorithms and key sizes are relied on until a date that is data.
#include "verifier/algorithm_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/verifier/forgery.h"

namespace sceau::test {
namespace {

using testing::Contains;
using verifier::Algorithm;
using verifier::AlgorithmLimits;

absl::Time Day(int year, int month, int day) {
  return absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
}

TEST(AlgorithmLimitsTest, DigestsByDate) {
  const AlgorithmLimits& limits = AlgorithmLimits::BuiltIn();
  EXPECT_EQ(limits.OfDigest(EVP_sha1()).until, Day(2018, 9, 1));
  for (const EVP_MD* digest : {EVP_sha256(), EVP_sha384(), EVP_sha512(), EVP_sha3_256()}) {
    EXPECT_EQ(limits.OfDigest(digest).until, absl::InfiniteFuture());
  }
  for (const EVP_MD* digest : {EVP_md5(), EVP_ripemd160(), static_cast<const EVP_MD*>(nullptr)}) {
    EXPECT_EQ(limits.OfDigest(digest).until, absl::InfinitePast());
  }
}

TEST(AlgorithmLimitsTest, KeysBySizeAndCurve) {
  const AlgorithmLimits& limits = AlgorithmLimits::BuiltIn();
  const auto rsa = [&](unsigned bits) { return limits.OfKey(NewRsaKey(bits).get()).until; };
  EXPECT_EQ(rsa(768), absl::InfinitePast());
  EXPECT_EQ(rsa(1024), Day(2011, 1, 1));
  EXPECT_EQ(rsa(2040), Day(2011, 1, 1));
  EXPECT_EQ(rsa(2048), Day(2029, 1, 1));
  EXPECT_EQ(rsa(3072), absl::InfiniteFuture());
  const auto ec = [&](const char* curve) { return limits.OfKey(NewEcKey(curve).get()).until; };
  EXPECT_EQ(ec("P-256"), absl::InfiniteFuture());
  EXPECT_EQ(ec("P-521"), absl::InfiniteFuture());
  EXPECT_EQ(ec("brainpoolP384r1"), absl::InfiniteFuture());
  EXPECT_EQ(ec("P-224"), Day(2021, 1, 1));
  EXPECT_EQ(ec("secp256k1"), absl::InfinitePast());
}

TEST(AlgorithmLimitsTest, TheFirstDayOfALimitIsTooLate) {
  const std::vector<Algorithm> algorithms = {{"a", absl::InfiniteFuture()}, {"b", Day(2018, 9, 1)}};
  EXPECT_EQ(FindUnreliable(algorithms, Day(2018, 9, 1) - absl::Seconds(1)), std::nullopt);
  EXPECT_EQ(FindUnreliable(algorithms, Day(2018, 9, 1))->name, "b");
}

TEST(AlgorithmLimitsTest, FileWithAnUnknownKeyIsRefused) {
  EXPECT_TRUE(AlgorithmLimits::FromToml("version = 1\n", "x").ok());
  EXPECT_EQ(ReasonOf(AlgorithmLimits::FromToml("version = 1\nkeys = 3\n", "x").status()),
            Reason::kConfigInvalid);
  EXPECT_EQ(ReasonOf(AlgorithmLimits::FromToml(
                         "version = 1\n[[digest]]\nname = \"SHA1\"\nuntil = \"soon\"\n", "x")
                         .status()),
            Reason::kConfigInvalid);
}

class WeakChain : public Attack {
 protected:
  // Signed an hour before it is judged.
  verifier::FileReport Judge(const LeafOptions& options, absl::Time at) {
    Signing signing(options);
    auto parameters = signing.Parameters();
    parameters.signing_time = at - absl::Hours(1);
    const auto document = signing.Sign(Generate(SmallSpec()), parameters);
    EXPECT_TRUE(document.ok()) << document.status();
    return signing.VerifyWith(document.value_or(""), signing.folder().path() + "/root.pem",
                              at - kSigningTime);
  }
};

TEST_F(WeakChain, P22_CertificateSignedWithSha1AfterTheLimit) {
  LeafOptions options;
  options.digest = EVP_sha1();
  const auto report = Judge(options, Day(2025, 1, 1));
  ASSERT_EQ(report.signatures.size(), 1u);
  EXPECT_EQ(report.signatures[0].sub_indication, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
  EXPECT_THAT(Codes(report.signatures[0]), Contains("WEAK_ALGORITHM"));
}

TEST_F(WeakChain, P22_Rsa2048After2028) {
  const auto good = Judge({}, Day(2028, 12, 31));
  EXPECT_EQ(good.verdict, verifier::Verdict::kTotalPassed);
  const auto late = Judge({}, Day(2029, 1, 1));
  EXPECT_EQ(late.verdict, verifier::Verdict::kIndeterminate);
  EXPECT_EQ(late.signatures[0].sub_indication, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
}

}  // namespace
}  // namespace sceau::test
