#include "hsm/mechanisms.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "hsm/public_key.h"
#include "tests/support/test_pki.h"

namespace sceau::hsm {
namespace {

bool Everything(CK_MECHANISM_TYPE) { return true; }

TEST(MechanismsTest, EcdsaTakesNoMoreOfTheDigestThanTheOrderHas) {
  const auto operation =
      ChooseOperation(KeyType::kEc, 256, DigestAlgorithm::kSha512, "m", Everything);
  ASSERT_TRUE(operation.ok());
  EXPECT_EQ(operation->mechanism, CKM_ECDSA);
  EXPECT_EQ(operation->input, DigestOf(DigestAlgorithm::kSha512, "m").substr(0, 32));
}

TEST(MechanismsTest, EcdsaWithTheTokensHashGetsTheMessage) {
  const auto operation = ChooseOperation(KeyType::kEc, 256, DigestAlgorithm::kSha256, "message",
                                         [](CK_MECHANISM_TYPE type) { return type != CKM_ECDSA; });
  ASSERT_TRUE(operation.ok());
  EXPECT_EQ(operation->mechanism, CKM_ECDSA_SHA256);
  EXPECT_EQ(operation->input, "message");
}

TEST(MechanismsTest, RsaSignsADigestInfo) {
  const auto operation =
      ChooseOperation(KeyType::kRsa, 2048, DigestAlgorithm::kSha256, "", Everything);
  ASSERT_TRUE(operation.ok());
  EXPECT_EQ(operation->mechanism, CKM_RSA_PKCS);
  EXPECT_EQ(ToHex(operation->input),
            "3031300d060960864801650304020105000420"
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(MechanismsTest, PssGetsTheDigestOrTheMessageAndItsParameters) {
  const SignatureScheme scheme{DigestAlgorithm::kSha384, RsaPadding::kPss};
  const auto raw = ChooseOperation(KeyType::kRsa, 2048, scheme, "message", Everything);
  ASSERT_TRUE(raw.ok());
  EXPECT_EQ(raw->mechanism, CKM_RSA_PKCS_PSS);
  EXPECT_EQ(raw->input, DigestOf(DigestAlgorithm::kSha384, "message"));
  ASSERT_TRUE(raw->pss.has_value());
  EXPECT_EQ(raw->pss->hashAlg, CKM_SHA384);
  EXPECT_EQ(raw->pss->mgf, CKG_MGF1_SHA384);
  EXPECT_EQ(raw->pss->sLen, 48U);
  const auto hashing =
      ChooseOperation(KeyType::kRsa, 2048, scheme, "message",
                      [](CK_MECHANISM_TYPE type) { return type != CKM_RSA_PKCS_PSS; });
  ASSERT_TRUE(hashing.ok());
  EXPECT_EQ(hashing->mechanism, CKM_SHA384_RSA_PKCS_PSS);
  EXPECT_EQ(hashing->input, "message");
  // Never the other padding instead.
  EXPECT_FALSE(ChooseOperation(KeyType::kRsa, 2048, scheme, "m", [](CK_MECHANISM_TYPE type) {
                 return type == CKM_RSA_PKCS || type == CKM_SHA384_RSA_PKCS;
               }).ok());
}

TEST(MechanismsTest, ShortHalvesOfAnEcdsaSignatureArePadded) {
  const EvpPkeyHandle key = test::NewEcKey();
  const std::string padded = PadEcdsa(key.get(), std::string(31, 'r') + std::string(31, 's'));
  EXPECT_EQ(padded, std::string(1, '\0') + std::string(31, 'r') + std::string(1, '\0') +
                        std::string(31, 's'));
  const std::string full(64, 'x');
  EXPECT_EQ(PadEcdsa(key.get(), full), full);
}

}  // namespace
}  // namespace sceau::hsm
