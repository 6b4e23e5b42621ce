#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "verifier/verifier.h"

namespace sceau::verifier {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;

std::string SharedFolder() {
  const char* given = std::getenv("SCEAU_SHARED");
  return given != nullptr ? given : std::string(SCEAU_SOURCE_DIR) + "/../shared";
}

class Samples : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(SharedFolder() + "/samples/pes")) {
      GTEST_SKIP() << "no samples at " << SharedFolder();
    }
  }
  FileReport VerifySample(const std::string& name) {
    auto file = InputFile::Open(SharedFolder() + "/samples/pes/" + name, 1 << 20);
    EXPECT_TRUE(file.ok()) << file.status();
    VerifyOptions options;
    options.validation_time = absl::FromUnixSeconds(1793000000);
    return Verify(*file, name, options);
  }
};

TEST_F(Samples, SignedBordereauIsIntactWithItsSignerRolePlaceAndPolicy) {
  const FileReport report = VerifySample("signed-bordereau-v122-sha256.xml");
  ASSERT_EQ(report.signatures.size(), 1u);
  const SignatureReport& signature = report.signatures[0];
  EXPECT_EQ(signature.integrity, Integrity::kIntact);
  EXPECT_EQ(signature.id, "BORD822933_SIG_1");
  EXPECT_EQ(signature.of, "BORD822933");
  EXPECT_EQ(signature.scope, schemas::Scope::kBordereau);
  EXPECT_THAT(signature.covers,
              ElementsAre("/n:PES_Aller/PES_DepenseAller/Bordereau[1]"));
  EXPECT_EQ(signature.level, "EPES");
  EXPECT_EQ(signature.xades_namespace, "http://uri.etsi.org/01903/v1.2.2#");
  EXPECT_EQ(signature.claimed_role, "Administrateur");
  EXPECT_EQ(signature.city, "Montpellier");
  EXPECT_EQ(signature.postal_code, "34001");
  EXPECT_EQ(signature.country, "France");
  EXPECT_EQ(signature.claimed_time, "2018-07-04T15:19:45Z");
  EXPECT_EQ(signature.policy_id, "urn:oid:1.2.250.1.131.1.5.18.21.1.7");
  EXPECT_TRUE(signature.policy_known);
  EXPECT_EQ(signature.policy_hash, PolicyHash::kMatches);
  ASSERT_TRUE(signature.signer.has_value());
  EXPECT_THAT(signature.signer->subject, testing::HasSubstr("CN=Hameury_Lukas"));
  EXPECT_EQ(signature.signer->serial, "427259974943974867302612086964623560387531064961");
  EXPECT_EQ(signature.indication, Indication::kIndeterminate);
  EXPECT_EQ(signature.sub_indication, "NO_CERTIFICATE_CHAIN_FOUND");
  EXPECT_THAT(signature.reasons,
              Not(Contains(Field(&SignatureReason::code, "ISSUER_NAME_DIFFERS"))));
  EXPECT_THAT(report.findings,
              Contains(Field(&schemas::Finding::rule, "INFO_DEMATERIALISEE_MISSING")));
  EXPECT_THAT(report.not_covered, testing::IsSupersetOf({"/n:PES_Aller/EnTetePES",
                                                          "/n:PES_Aller/PES_PJ"}));
}

TEST_F(Samples, AlteredSignatureIsBrokenWithHashFailure) {
  const FileReport report = VerifySample("signed-then-altered-v111-sha1.xml");
  ASSERT_EQ(report.signatures.size(), 1u);
  const SignatureReport& signature = report.signatures[0];
  EXPECT_EQ(signature.integrity, Integrity::kBroken);
  EXPECT_EQ(signature.indication, Indication::kTotalFailed);
  EXPECT_EQ(signature.sub_indication, "HASH_FAILURE");
  EXPECT_THAT(signature.reasons, Contains(Field(&SignatureReason::code, "SIGNATURE_VALUE_WRONG")));
  EXPECT_EQ(report.verdict, Verdict::kTotalFailed);
}

TEST_F(Samples, UnsignedFileHasNoSignature) {
  const FileReport report = VerifySample("unsigned-accents.xml");
  EXPECT_EQ(report.verdict, Verdict::kNoSignature);
  EXPECT_THAT(report.unsigned_elements,
              ElementsAre(Field(&UnsignedElement::why, UnsignedWhy::kNotDematerialised)));
}

}  // namespace
}  // namespace sceau::verifier
