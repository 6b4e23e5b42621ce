// Who may sign what, enforced by the real daemon: with its own key, and with a card at the desk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "base/strings.h"
#include "policy/register_file.h"
#include "schemas/inspection.h"
#include "signer/competence_facts.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"
#include "tests/signer/signing_support.h"
#include "tests/support/shim.h"
#include "tools/client/client.h"

namespace sceau::test {
namespace {

namespace fs = std::filesystem;
using policy::Record;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr char kDelegatesRole[] = "par délégation du maire, arrêté n° 2026-12";

// The mayor holds the daemon's key. The deputy has a card, and a delegation for dépense.
class Competence : public testing::Test {
 protected:
  Competence() {
    gen::PesSpec spec;
    spec.depense = 2;
    spec.recette = 1;
    document_ = Generate(spec);
    input_ = folder_.Write("flux.xml", document_);
    register_ = folder_.path() + "/register.jsonl";
    appliance_.SetRegister(register_);
  }

  void Start() {
    appliance_.Start(Concat("[desk]\nfolder = \"", folder_.path(), "/desk\"\n"));
    client_ = client::Client::Create({.address = appliance_.address()});
  }
  static Record Since(std::string id, policy::Body body) {
    return {std::move(id), absl::Now() - absl::Hours(48), absl::InfiniteFuture(),
            absl::Now() - absl::Hours(48), std::move(body)};
  }
  static policy::CertificateBinding Bound(const std::string& person, const std::string& der) {
    const policy::Signer signer = signer::CompetenceSignerOf(*xades::Certificate::FromDer(der));
    return {person,         signer.issuer,
            signer.serial, signer.key_sha256,
            false,          {policy::Destination::kAccountant, policy::Destination::kPrefecture}};
  }
  void Add(const std::vector<Record>& records) const {
    const auto added = policy::AppendToRegisterFile(register_, records);
    Require(added.ok(), added.status().ToString());
  }
  // Everything but the mayor's mandate.
  void AddWorld() const {
    const auto seen = schemas::Inspect(card_.AsFile(document_));
    Require(seen.ok(), "inspect");
    const schemas::Collectivite& it = seen->pes.collectivite;
    policy::Delegation delegation;
    delegation.reference = "arrêté n° 2026-12";
    delegation.signed_at = delegation.published_at = delegation.transmitted_at =
        absl::Now() - absl::Hours(24);
    delegation.delegator_office = "mairie";
    delegation.delegate = "adjointe";
    delegation.founding_text = "CGCT L.2122-18";
    delegation.matters = {std::string(policy::kDepense)};
    delegation.powers = {policy::Power::kServiceFait, policy::Power::kExecutory};
    delegation.kinds = {"*"};
    Add({Since("commune", policy::Collectivite{.name = "Commune", .time_zone = "Europe/Paris"}),
         Since("principal",
               policy::Budget{"commune", it.id_coll, it.id_post, it.cod_col, it.cod_bud}),
         Since("maire", policy::Person{"Maire"}), Since("adjointe", policy::Person{"Adjointe"}),
         Since("certificat-maire", Bound("maire", appliance_.signer())),
         Since("certificat-adjointe", Bound("adjointe", card_.certificate())),
         Since("mairie", policy::Office{"commune", "Maire", "par délégation du maire", true})});
    delegation_ = Since("delegation", delegation);
  }
  void AddMandate() const { Add({Since("mandat", policy::Mandate{"mairie", "maire"})}); }
  void AddDelegation() const { Add({delegation_}); }
  void Revoke(const std::string& target) const {
    Record record = Since("revocation", policy::Revocation{target, "arrêté n° 2026-40"});
    record.valid_from = record.recorded_at = absl::Now();
    Add({record});
  }

  ProcessResult SignThere(const std::vector<std::string>& more = {"--all"}) const {
    return appliance_.Sceau(appliance_.SignThere(input_, output(), more));
  }
  std::string AuditLog() const {
    return ReadFile(fs::path(appliance_.root()).parent_path() / "state/audit/log");
  }
  std::string output() const { return appliance_.Path("signed.xml"); }
  void ExpectRefused(const ProcessResult& run, int exit_code, const std::string& reason) const {
    EXPECT_EQ(run.exit_code, exit_code) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr(reason));
    EXPECT_FALSE(fs::exists(output()));
  }

  client::SignOrder Order(signer::Selection selection, const std::string& role = "") const {
    return {.idempotency_key = Concat("key", ++orders_),
            .profile = "helios-v3",
            .selection = std::move(selection),
            .role = role,
            .city = "Nouméa",
            .postal_code = "98800",
            .country = "NC",
            .certificates = {card_.certificate()}};
  }
  // The bordereaux of dépense.
  signer::Selection Depense() const {
    return {signer::Selection::What::kListed, {"BORDD0001", "BORDD0002"}};
  }
  StatusOr<client::Preparation> Prepare(const client::SignOrder& order) {
    return client_->Prepare(card_.AsFile(document_), order);
  }
  std::vector<std::string> Values(const client::Preparation& asked) const {
    std::vector<std::string> values;
    for (const signer::TargetToSign& it : asked.targets) {
      values.push_back(*card_.Value(DigestAlgorithm::kSha256, it.signed_info));
    }
    return values;
  }

  Appliance appliance_;
  Signing card_;
  TemporaryFolder folder_;
  std::string document_, input_, register_;
  mutable Record delegation_;
  mutable int orders_ = 0;
  std::unique_ptr<client::Client> client_;
};

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
