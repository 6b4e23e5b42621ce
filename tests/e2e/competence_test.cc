// Who may sign what, enforced by the real daemon: with its own key, and with a card at the desk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/e2e/competence_world.h"
#include "tests/support/shim.h"

namespace sceau::test {
namespace {

namespace fs = std::filesystem;
using policy::Record;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr char kDelegatesRole[] = "par délégation du maire, arrêté n° 2026-12";

class Competence : public CompetenceWorld {};

TEST_F(Competence, TheMayorSignsAndTheLogNamesTheMandate) {
  AddWorld();
  AddMandate();
  Start();
  const ProcessResult run = SignThere();
  ASSERT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_TRUE(fs::exists(output()));
  EXPECT_THAT(AuditLog(), HasSubstr(R"("acts":["mandat"])"));
  EXPECT_THAT(AuditLog(), HasSubstr(R"("role":"Maire")"));
  EXPECT_THAT(appliance_.Log(), Not(HasSubstr("enforced=no")));
}

TEST_F(Competence, WithoutAMandateNothingIsSignedAndTheReasonsAreTold) {
  AddWorld();
  Start();
  ExpectRefused(SignThere(), 77, "COMPETENCE_DENIED");
  ExpectRefused(SignThere({"--whole"}), 77, "NO_ACT");
  // The reasons are recorded, and no signature.
  EXPECT_THAT(AuditLog(), HasSubstr("COMPETENCE_DENIED"));
  EXPECT_THAT(AuditLog(), HasSubstr("NO_ACT"));
  EXPECT_THAT(AuditLog(), Not(HasSubstr("DONE")));
  // What is granted counts from the next request on, without a restart.
  AddMandate();
  EXPECT_EQ(SignThere().exit_code, 0);
}

// Every signature of the token fails after the first, which the daemon makes by itself to see that
// the key works: a refusal that touched it would be another one.
TEST_F(Competence, WhatIsDeniedDoesNotTouchTheToken) {
  const std::string script = folder_.Write("script", "C_Sign CKR_DEVICE_ERROR skip=1 times=1000\n");
  ::setenv("SCEAU_SHIM_SCRIPT", script.c_str(), 1);
  appliance_.SetModule(ShimPath());
  AddWorld();
  Start();
  ::unsetenv("SCEAU_SHIM_SCRIPT");
  ExpectRefused(SignThere(), 77, "COMPETENCE_DENIED");
  AddMandate();
  ExpectRefused(SignThere(), 69, "C_Sign CKR_DEVICE_ERROR");
}

TEST_F(Competence, P03_AFileOfAnotherCollectiviteIsDenied) {
  AddWorld();
  AddMandate();
  Start();
  const auto seen = schemas::Inspect(card_.AsFile(document_));
  const std::string own = seen->pes.collectivite.cod_bud;
  const std::string from = "<CodBud V=\"" + own + "\"/>";
  const size_t at = document_.find(from);
  ASSERT_NE(at, std::string::npos);
  std::string other = document_;
  other.replace(at, from.size(), "<CodBud V=\"" + std::string(own == "07" ? "08" : "07") + "\"/>");
  input_ = folder_.Write("flux.xml", other);
  ExpectRefused(SignThere(), 77, "BUDGET_UNKNOWN");
}

// Nothing is known of a file that does not say whose it is, not even with every mandate.
TEST_F(Competence, AFileOfAnyKindIsDenied) {
  AddWorld();
  AddMandate();
  Start();
  ExpectRefused(SignThere({"--detached"}), 77, "COMPETENCE_DENIED");
  EXPECT_EQ(SignThere().exit_code, 0);
}

TEST_F(Competence, NoRegisterNoSignature) {
  Start();  // there is none yet
  ExpectRefused(SignThere(), 69, "COMPETENCE_UNAVAILABLE");
  AddWorld();
  AddMandate();
  // A line that cannot be read may have been a revocation.
  const std::string whole = ReadFile(register_);
  std::ofstream(register_, std::ios::binary) << "?\n" << whole;
  ExpectRefused(SignThere(), 69, "COMPETENCE_UNAVAILABLE");
  std::ofstream(register_, std::ios::binary) << whole;
  EXPECT_EQ(SignThere().exit_code, 0);
}

TEST_F(Competence, AnotherRoleThanTheOneFoundedIsRefused) {
  AddWorld();
  AddMandate();
  Start();
  ExpectRefused(SignThere({"--all", "--role", "Président"}), 77, "ROLE_DIFFERS");
}

TEST_F(Competence, TheDelegateSignsInTheRoleThatTheActGives) {
  AddWorld();
  AddMandate();
  AddDelegation();
  Start();
  EXPECT_EQ(ReasonOf(Prepare(Order(Depense(), "Maire")).status()), Reason::kRoleDiffers);
  const auto asked = Prepare(Order(Depense()));
  ASSERT_TRUE(asked.ok()) << asked.status();
  const auto completed = client_->Complete(asked->id, Values(*asked));
  ASSERT_TRUE(completed.ok()) << completed.status();
  OutputFile result = OutputFile::Unnamed();
  ASSERT_TRUE(client_->GetResult({.request_id = *completed}, result).ok());
  const InputFile written = *result.Reread();
  const auto report = card_.VerifyTrusted(*written.Slice(0, static_cast<size_t>(written.size())));
  ASSERT_THAT(report.signatures, SizeIs(2));
  for (const auto& it : report.signatures) EXPECT_EQ(it.claimed_role, kDelegatesRole);
  EXPECT_THAT(AuditLog(), HasSubstr(R"("acts":["delegation"])"));
}

// The delegation is for dépense: neither the titres nor the file as a whole.
TEST_F(Competence, BordereauxOutsideTheDelegationAndTheWholeFileAreDenied) {
  AddWorld();
  AddMandate();
  AddDelegation();
  Start();
  for (const signer::Selection& selection :
       {signer::Selection{signer::Selection::What::kListed, {"BORDR0001"}},
        signer::Selection{signer::Selection::What::kAll, {}},
        signer::Selection{signer::Selection::What::kWhole, {}}}) {
    const Status denied = Prepare(Order(selection)).status();
    EXPECT_EQ(ReasonOf(denied), Reason::kCompetenceDenied) << denied;
    EXPECT_THAT(DetailOf(denied), HasSubstr("delegation"));
  }
  // Each refusal is in the audit log, and none was handed out.
  const std::string log = AuditLog();
  EXPECT_THAT(log, HasSubstr(R"("kind":"REFUSED")"));
  EXPECT_THAT(log, HasSubstr(R"("reason":"COMPETENCE_DENIED")"));
  EXPECT_THAT(log, HasSubstr("DELEGATION"));
  EXPECT_THAT(log, Not(HasSubstr(R"("kind":"PREPARED")")));
}

TEST_F(Competence, P65_WhatIsRevokedBetweenPrepareAndCompleteIsNotSigned) {
  AddWorld();
  AddMandate();
  AddDelegation();
  Start();
  const auto asked = Prepare(Order(Depense()));
  ASSERT_TRUE(asked.ok()) << asked.status();
  Revoke("delegation");
  const Status denied = client_->Complete(asked->id, Values(*asked)).status();
  EXPECT_EQ(ReasonOf(denied), Reason::kCompetenceDenied) << denied;
  EXPECT_THAT(DetailOf(denied), HasSubstr("REVOKED"));
}

}  // namespace
}  // namespace sceau::test
