// The decision is taken again when the token is asked (P-65), and only when it must be.
#include "server/competence.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "absl/time/clock.h"
#include "policy/register_file.h"
#include "tests/signer/signing_support.h"
#include "verifier/competence.h"

namespace sceau::server {
namespace {

using policy::Record;

class CompetenceAtTheToken : public testing::Test {
 protected:
  CompetenceAtTheToken() {
    const policy::Signer signer =
        verifier::CompetenceSignerOf(*xades::Certificate::FromDer(card_.certificate()));
    prepared_ = *signer::Prepare(card_.AsFile(test::Generate({})), card_.Parameters());
    const schemas::Collectivite& it = prepared_.facts.collectivite;
    Add({Since("commune", policy::Collectivite{.name = "Commune", .time_zone = "Europe/Paris"}),
         Since("principal",
               policy::Budget{"commune", it.id_coll, it.id_post, it.cod_col, it.cod_bud}),
         Since("maire", policy::Person{"Maire"}),
         Since("certificat", policy::CertificateBinding{"maire",
                                                        signer.issuer,
                                                        signer.serial,
                                                        signer.key_sha256,
                                                        false,
                                                        {policy::Destination::kAccountant}}),
         Since("mairie", policy::Office{"commune", "Maire", "par délégation du maire", true}),
         Since("mandat", policy::Mandate{"mairie", "maire"})});
  }
  Record Since(std::string id, policy::Body body) const {
    return {std::move(id), now_ - absl::Hours(48), absl::InfiniteFuture(), now_ - absl::Hours(48),
            std::move(body)};
  }
  void Add(const std::vector<Record>& records) const {
    const auto added = policy::AppendToRegisterFile(path(), records);
    ASSERT_TRUE(added.ok()) << added.status();
  }
  void End(absl::Time from) const {
    Record record = Since("fin", policy::Revocation{"mandat", "démission"});
    record.valid_from = record.recorded_at = from;
    Add({record});
  }
  std::string path() const { return folder_.path() + "/register.jsonl"; }

  const absl::Time now_ = absl::Now();
  test::Signing card_;
  test::TemporaryFolder folder_;
  signer::Prepared prepared_;
};

TEST_F(CompetenceAtTheToken, P65_ARevocationAfterTheDecisionKeepsTheTokenUntouched) {
  const Competence competence(true, path());
  auto founding = competence.Found(prepared_, "", now_);
  ASSERT_TRUE(founding.ok()) << founding.status();
  EXPECT_EQ(prepared_.parameters.role, "Maire");
  EXPECT_TRUE(founding->StillHolds(now_ + absl::Milliseconds(1)).ok());
  End(now_);
  EXPECT_EQ(ReasonOf(founding->StillHolds(now_ + absl::Milliseconds(2))),
            Reason::kCompetenceDenied);
}

// The register did not change; the time did.
TEST_F(CompetenceAtTheToken, P65_WhatEndsWhileABatchIsSignedEndsTheBatch) {
  End(now_ + absl::Minutes(1));
  const Competence competence(true, path());
  auto founding = competence.Found(prepared_, "Maire", now_ + absl::Seconds(59));
  // Recorded for later: not known before.
  ASSERT_TRUE(founding.ok()) << founding.status();
  EXPECT_TRUE(founding->StillHolds(now_ + absl::Milliseconds(59'900)).ok());
  EXPECT_EQ(ReasonOf(founding->StillHolds(now_ + absl::Seconds(61))), Reason::kCompetenceDenied);
}

TEST_F(CompetenceAtTheToken, ARegisterThatGoesAwayFoundsNothingMore) {
  const Competence competence(true, path());
  auto founding = competence.Found(prepared_, "", now_);
  ASSERT_TRUE(founding.ok()) << founding.status();
  std::filesystem::remove(path());
  EXPECT_EQ(ReasonOf(founding->StillHolds(now_)), Reason::kCompetenceUnavailable);
}

TEST_F(CompetenceAtTheToken, NotEnforcedChangesNothing) {
  prepared_.parameters.role = "Président";
  const auto founding = Competence(false, "").Found(prepared_, "Président", now_);
  ASSERT_TRUE(founding.ok());
  EXPECT_EQ(prepared_.parameters.role, "Président");
  EXPECT_EQ(founding->role(), "");
}

}  // namespace
}  // namespace sceau::server
