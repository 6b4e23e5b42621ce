// A town whose competences the real daemon enforces: the mayor holds the daemon's key, the deputy
// has a card at the desk.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "base/strings.h"
#include "policy/register_file.h"
#include "schemas/inspection.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"
#include "tests/e2e/register_records.h"
#include "tests/signer/signing_support.h"
#include "tools/client/client.h"

namespace sceau::test {

// The mayor holds the daemon's key. The deputy has a card, and a delegation for dépense.
class CompetenceWorld : public testing::Test {
 protected:
  CompetenceWorld() {
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
  void Add(const std::vector<policy::Record>& records) const {
    const auto added = policy::AppendToRegisterFile(register_, records);
    Require(added.ok(), added.status().ToString());
  }
  // Everything but the mayor's mandate and the deputy's delegation.
  void AddWorld(bool acts_travel = false) const {
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
    Add({Since("commune",
               policy::Collectivite{
                   .name = "Commune", .time_zone = "Europe/Paris", .acts_travel = acts_travel}),
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
    policy::Record record = Since("revocation", policy::Revocation{target, "arrêté n° 2026-40"});
    record.valid_from = record.recorded_at = absl::Now();
    Add({record});
  }

  ProcessResult SignThere(const std::vector<std::string>& more = {"--all"}) const {
    return appliance_.Sceau(appliance_.SignThere(input_, output(), more));
  }
  std::string AuditLog() const { return appliance_.AuditLog(); }
  std::string output() const { return appliance_.Path("signed.xml"); }
  void ExpectRefused(const ProcessResult& run, int exit_code, const std::string& reason) const {
    EXPECT_EQ(run.exit_code, exit_code) << run.out << run.err;
    EXPECT_THAT(run.out, testing::HasSubstr(reason));
    EXPECT_FALSE(std::filesystem::exists(output()));
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
    for (const signer::PreparedTarget& it : asked.targets) {
      values.push_back(*card_.Value(DigestAlgorithm::kSha256, it.signed_info));
    }
    return values;
  }

  Appliance appliance_;
  Signing card_;
  TemporaryFolder folder_;
  std::string document_, input_, register_;
  mutable policy::Record delegation_;
  mutable int orders_ = 0;
  std::unique_ptr<client::Client> client_;
};

}  // namespace sceau::test
