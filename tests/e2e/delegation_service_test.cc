// The register of competences kept over gRPC by the real daemon: who may change what, and that each
// change is audited, on the disk, and counts at once.
#include <thread>

#include "policy/instant.h"
#include "sceau/v1/delegation.grpc.pb.h"
#include "tests/e2e/caller_pki.h"
#include "tests/e2e/competence_world.h"
#include "tools/client/channel.h"
#include "tools/client/convert.h"

namespace sceau::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kRoles =
    "keys = [\"*\"], roles = [\"signer\", \"delegation-manager\"], collectivites = ";

class DelegationsByTheService : public CompetenceWorld {
 protected:
  using Stub = std::unique_ptr<v1::DelegationService::Stub>;

  void StartWithCallers() {
    std::string callers;
    const auto add = [&](const std::string& name, const std::string& rights) {
      callers += Concat("{name = \"", name, "\", alternative_name = \"URI:urn:example:", name,
                        "\", ", rights, "}, ");
    };
    add("manager", Concat(kRoles, "[\"commune\"]"));
    add("voisin", Concat(kRoles, "[\"voisine\", \"999999999\"]"));
    add("auditor", "keys = [], roles = [\"auditor\"], collectivites = [\"commune\"]");
    add("signer", "keys = [\"*\"], roles = [\"signer\"], collectivites = [\"*\"]");
    appliance_.SetIdentity(pki_.Identity(callers));
    AddWorld();
    Add({Since("voisine", policy::Collectivite{.name = "Voisine", .time_zone = "Europe/Paris"}),
         Since("voisin", policy::Budget{"voisine", "99999999900011", "", "999", "00"}),
         Since("voisine-mairie", policy::Office{"voisine", "Maire", "par délégation", true}),
         Since("maire-voisine", policy::Person{"Maire voisine"}),
         Since("mandat-voisine", policy::Mandate{"voisine-mairie", "maire-voisine"})});
    appliance_.Start(Concat("[desk]\nfolder = \"", folder_.path(), "/desk\"\n"));
  }
  Stub As(const std::string& name) const {
    const auto card = pki_.Issue(name, "URI:urn:example:" + name);
    return v1::DelegationService::NewStub(
        client::NewChannel(pki_.OptionsOf(card, appliance_.address())));
  }
  static Status Add(const Stub& stub, const Json& record) {
    grpc::ClientContext context;
    v1::AddRecordRequest request;
    v1::AddRecordResponse response;
    request.set_record(record.dump());
    return client::FromGrpc(stub->AddRecord(&context, request, &response));
  }
  using CompetenceWorld::Add;
  static Status Revoke(const Stub& stub, const std::string& id) {
    grpc::ClientContext context;
    v1::RevokeRecordRequest request;
    v1::RevokeRecordResponse response;
    request.set_id(id);
    request.set_reference("arrêté n° 2026-40");
    return client::FromGrpc(stub->RevokeRecord(&context, request, &response));
  }
  static Status Show(const Stub& stub, const std::string& id, std::string* standing = nullptr) {
    grpc::ClientContext context;
    v1::ShowRecordRequest request;
    v1::ShowRecordResponse response;
    request.set_id(id);
    const Status status = client::FromGrpc(stub->ShowRecord(&context, request, &response));
    if (standing != nullptr) *standing = response.entry().standing();
    return status;
  }
  static std::string Lines(const Stub& stub) {
    grpc::ClientContext context;
    const auto reader = stub->ListRecords(&context, v1::ListRecordsRequest());
    std::string lines;
    for (v1::ListRecordsResponse message; reader->Read(&message);) {
      for (const auto& entry : message.entries()) lines += entry.record() + "\n";
    }
    EXPECT_TRUE(reader->Finish().ok());
    return lines;
  }
  static Json Mandate() {
    return {{"type", "mandate"},
            {"id", "m1"},
            {"office", "mairie"},
            {"person", "maire"},
            {"valid_from", "2026-01-01"}};
  }
  std::optional<Reason> Sign() const {
    const auto card = pki_.Issue("signer", "URI:urn:example:signer");
    auto service = client::Client::Create(pki_.OptionsOf(card, appliance_.address()));
    client::SignOrder order = Order({});
    order.certificates.clear();
    OutputFile output = OutputFile::Unnamed();
    return ReasonOf(service->Sign(*InputFile::Open(input_, 1 << 22), order, {}, output).status());
  }

  CallerPki pki_;
};

TEST_F(DelegationsByTheService, WhatAManagerAddsAndRevokesCountsAtOnceAndIsAudited) {
  StartWithCallers();
  EXPECT_EQ(Sign(), Reason::kCompetenceDenied);
  const Stub manager = As("manager");
  ASSERT_TRUE(Add(manager, Mandate()).ok());
  EXPECT_EQ(Sign(), std::nullopt);
  std::string standing;
  ASSERT_TRUE(Show(manager, "m1", &standing).ok());
  EXPECT_EQ(standing, "HOLDS");
  ASSERT_TRUE(Revoke(manager, "m1").ok());
  EXPECT_EQ(Sign(), Reason::kCompetenceDenied);
  ASSERT_TRUE(Show(manager, "m1", &standing).ok());
  EXPECT_EQ(standing, "REVOKED");
  const std::string log = AuditLog();
  for (const char* call : {"AddRecord", "RevokeRecord"}) {
    EXPECT_THAT(log, HasSubstr(Concat(R"("call":")", call, "\"")));
  }
  EXPECT_THAT(log, HasSubstr(R"("who":"manager")"));
  EXPECT_THAT(log, HasSubstr("REGISTER"));
}

TEST_F(DelegationsByTheService, NobodyChangesWhatIsNotHis) {
  StartWithCallers();
  const std::string before = ReadFile(register_);
  const auto refused = [&](const std::string& who, const Json& record) {
    return ReasonOf(Add(As(who), record));
  };
  using R = Reason;
  EXPECT_EQ(refused("signer", Mandate()), R::kCallerNotAllowed);
  EXPECT_EQ(refused("auditor", Mandate()), R::kCallerNotAllowed);
  EXPECT_EQ(refused("voisin", Mandate()), R::kCallerNotAllowed);
  // Nor what would lead there: a certificate for the mayor, a budget of one's own SIRET, or one of
  // the other's.
  EXPECT_EQ(refused("voisin", {{"type", "certificate"},
                               {"person", "adjointe"},
                               {"issuer", "CN=A"},
                               {"serial", "1"},
                               {"key_sha256", std::string(64, 'a')},
                               {"destinations", {"accountant"}}}),
            std::nullopt);  // somebody who holds nothing yet
  ASSERT_TRUE(Add(As("manager"), Mandate()).ok());
  EXPECT_EQ(refused("voisin", {{"type", "certificate"},
                               {"person", "maire"},
                               {"issuer", "CN=A"},
                               {"serial", "1"},
                               {"key_sha256", std::string(64, 'a')},
                               {"destinations", {"accountant"}}}),
            R::kCallerNotAllowed);
  EXPECT_EQ(refused("voisin", {{"type", "budget"},
                               {"collectivite", "commune"},
                               {"siret", "99999999900022"},
                               {"cod_col", "1"},
                               {"cod_bud", "1"}}),
            R::kCallerNotAllowed);
  const auto seen = schemas::Inspect(card_.AsFile(document_));
  EXPECT_EQ(refused("voisin", {{"type", "budget"},
                               {"collectivite", "voisine"},
                               {"siret", seen->pes.collectivite.id_coll},
                               {"cod_col", "1"},
                               {"cod_bud", "1"}}),
            R::kCallerNotAllowed);
  EXPECT_EQ(ReasonOf(Revoke(As("voisin"), "mairie")), R::kCallerNotAllowed);
  EXPECT_EQ(ReasonOf(Revoke(As("auditor"), "m1")), R::kCallerNotAllowed);
  EXPECT_THAT(ReadFile(register_), Not(HasSubstr("arrêté n° 2026-40")));
  EXPECT_GT(ReadFile(register_).size(), before.size());
}

TEST_F(DelegationsByTheService, OneSeesOnesOwnAlone) {
  StartWithCallers();
  EXPECT_TRUE(Show(As("auditor"), "mairie").ok());
  EXPECT_EQ(ReasonOf(Show(As("auditor"), "mandat-voisine")), Reason::kDelegationUnknown);
  EXPECT_EQ(ReasonOf(Show(As("signer"), "mairie")), Reason::kCallerNotAllowed);
  const std::string seen = Lines(As("auditor"));
  EXPECT_THAT(seen, HasSubstr("\"mairie\""));
  EXPECT_THAT(seen, Not(HasSubstr("mandat-voisine")));
}

TEST_F(DelegationsByTheService, NobodysWordOfAVerifiedActIsTaken) {
  StartWithCallers();
  const Stub manager = As("manager");
  Json delegation = {{"type", "delegation"},         {"id", "d1"},
                     {"reference", "arrêté n° 1"},   {"signed_at", "2026-01-01"},
                     {"published_at", "2026-01-02"}, {"transmitted_at", "2026-01-02"},
                     {"delegator_office", "mairie"}, {"delegate", "adjointe"},
                     {"founding_text", "CGCT"},      {"matters", {"depense"}},
                     {"powers", {"service-fait"}},   {"act_verified", true}};
  ASSERT_TRUE(Add(manager, delegation).ok());
  EXPECT_THAT(ReadFile(register_), Not(HasSubstr("\"act_verified\":true")));
  delegation["id"] = "d2";
  grpc::ClientContext context;
  v1::AddRecordRequest request;
  v1::AddRecordResponse response;
  request.set_record(delegation.dump());
  request.set_strict(true);
  EXPECT_EQ(ReasonOf(client::FromGrpc(manager->AddRecord(&context, request, &response))),
            Reason::kDelegationActUnverified);
}

TEST_F(DelegationsByTheService, AnImportIsAllOrNothing) {
  StartWithCallers();
  const Stub manager = As("manager");
  const auto import = [&](const std::string& lines) {
    grpc::ClientContext context;
    v1::ImportRecordsRequest request;
    v1::ImportRecordsResponse response;
    request.set_lines(lines);
    return ReasonOf(client::FromGrpc(manager->ImportRecords(&context, request, &response)));
  };
  const std::string before = ReadFile(register_);
  const auto mandate = [](const std::string& office) {
    return Concat(R"({"version":1,"type":"mandate","id":"i-)", office, R"(","office":")", office,
                  R"(","person":"maire"})", "\n");
  };
  EXPECT_EQ(import(mandate("mairie") + mandate("voisine-mairie")), Reason::kCallerNotAllowed);
  EXPECT_EQ(import(mandate("mairie") + "{}\n"), Reason::kDelegationInvalid);
  EXPECT_EQ(ReadFile(register_), before);
  EXPECT_EQ(import(mandate("mairie")), std::nullopt);
  EXPECT_EQ(Sign(), std::nullopt);
}

TEST_F(DelegationsByTheService, ChangesAtTheSameTimeTakeTurns) {
  StartWithCallers();
  constexpr int kThreads = 4, kEach = 10;
  const Stub manager = As("manager");
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_TRUE(
            Add(manager, {{"type", "person"}, {"id", Concat("p", t, "-", i)}, {"name", "X"}}).ok());
      }
    });
  }
  for (std::thread& it : threads) it.join();
  const auto facts = policy::ReadRegisterFile(register_);
  ASSERT_TRUE(facts.ok()) << facts.status();
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < kEach; ++i) EXPECT_NE((*facts)->Find(Concat("p", t, "-", i)), nullptr);
  }
}

// The command at the service does what it does with a file here.
class DelegationsByTheCommand : public DelegationsByTheService {
 protected:
  ProcessResult As(const std::string& who, std::vector<std::string> arguments) const {
    const auto card = pki_.Issue(who, "URI:urn:example:" + who);
    for (const std::string& it : pki_.ArgumentsOf(card, appliance_.address())) {
      arguments.push_back(it);
    }
    return appliance_.Sceau(arguments);
  }
  ProcessResult Delegation(const std::string& who, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "delegation");
    arguments.push_back("--json");
    return As(who, std::move(arguments));
  }
  ProcessResult Explain(const std::string& who, const std::string& file) const {
    return Delegation(who, {"explain", file, "--cert", certificate_});
  }
  static std::vector<std::string> AnswersIn(const ProcessResult& run, const char* known) {
    std::vector<std::string> answers;
    const Json json = Json::parse(run.out, nullptr, false);
    if (!json.contains("elements")) return {run.out};
    for (const Json& it : json["elements"]) answers.push_back(it[known]["answer"]);
    return answers;
  }

  const std::string certificate_ = folder_.Write("maire.der", appliance_.signer());
};

TEST_F(DelegationsByTheCommand, ARecordIsAddedShownListedRevokedAndExported) {
  StartWithCallers();
  const ProcessResult added =
      Delegation("manager", {"add", "--type", "mandate", "id=m1", "office=mairie", "person=maire",
                             "valid_from=2026-01-01"});
  ASSERT_EQ(added.exit_code, 0) << added.out << added.err;
  EXPECT_EQ(Json::parse(added.out)["added"]["id"], "m1");
  EXPECT_EQ(Sign(), std::nullopt);
  const ProcessResult revoked =
      Delegation("manager", {"revoke", "m1", "--reference", "arrêté n° 2026-40"});
  ASSERT_EQ(revoked.exit_code, 0) << revoked.out << revoked.err;
  const std::string revocation = Json::parse(revoked.out)["added"]["id"];
  const Json shown = Json::parse(Delegation("auditor", {"show", "m1"}).out);
  EXPECT_EQ(shown["standing"], "REVOKED");
  EXPECT_EQ(shown["revokedBy"], Json::array({revocation}));
  const Json before =
      Json::parse(Delegation("auditor", {"show", "m1", "--at", "2026-01-02T00:00:00Z"}).out);
  EXPECT_EQ(before["standing"], "HOLDS");
  const Json listed = Json::parse(Delegation("auditor", {"list", "--type", "mandate"}).out);
  ASSERT_EQ(listed["records"].size(), 1u);
  EXPECT_EQ(listed["records"][0]["record"]["id"], "m1");
  // The export of what he may see can be imported elsewhere.
  const std::string extract = folder_.path() + "/extract.jsonl";
  ASSERT_EQ(Delegation("auditor", {"export", "-o", extract}).exit_code, 0);
  EXPECT_THAT(ReadFile(extract), testing::AllOf(HasSubstr("\"m1\""), HasSubstr(revocation),
                                                Not(HasSubstr("mandat-voisine"))));
  const ProcessResult imported =
      appliance_.Sceau({"delegation", "import", extract, "--register",
                        folder_.path() + "/copy.jsonl", "--keep-recorded", "--json"});
  EXPECT_EQ(imported.exit_code, 0) << imported.out << imported.err;
}

TEST_F(DelegationsByTheCommand, AnImportAtTheServiceIsAllOrNothing) {
  StartWithCallers();
  const std::string lines =
      folder_.Write("mandate.jsonl",
                    R"({"version":1,"type":"mandate","id":"m1","office":"mairie","person":"maire"})"
                    "\n");
  EXPECT_EQ(Delegation("voisin", {"import", lines}).exit_code, 77);
  EXPECT_EQ(Sign(), Reason::kCompetenceDenied);
  const ProcessResult imported = Delegation("manager", {"import", lines});
  ASSERT_EQ(imported.exit_code, 0) << imported.out << imported.err;
  EXPECT_EQ(Json::parse(imported.out)["imported"], 1);
  EXPECT_EQ(Sign(), std::nullopt);
}

TEST_F(DelegationsByTheCommand, ExplainSaysTheSameAsWithTheRegisterHere) {
  StartWithCallers();
  EXPECT_THAT(AnswersIn(Explain("manager", input_), "knownNow"), testing::Each("DENIED"));
  AddMandate();
  const ProcessResult there = Explain("manager", input_);
  ASSERT_EQ(there.exit_code, 0) << there.out << there.err;
  EXPECT_THAT(AnswersIn(there, "knownNow"),
              testing::AllOf(testing::SizeIs(3), testing::Each("PERMITTED")));
  const ProcessResult here = appliance_.Sceau(
      {"delegation", "explain", input_, "--cert", certificate_, "--register", register_, "--json"});
  Json one = Json::parse(here.out), other = Json::parse(there.out);
  one.erase("at");
  other.erase("at");
  EXPECT_EQ(one, other);
  // Nothing was signed, and nothing of it is in the audit log.
  EXPECT_THAT(AuditLog(), Not(HasSubstr("INTENT")));
}

TEST_F(DelegationsByTheCommand, ExplainTellsWhatWasKnownThen) {
  StartWithCallers();
  AddMandate();
  CompetenceWorld::Revoke("mandat");
  const ProcessResult then =
      Delegation("auditor", {"explain", input_, "--cert", certificate_, "--at",
                             policy::WriteInstant(absl::Now() - absl::Hours(1))});
  EXPECT_THAT(AnswersIn(then, "knownThen"), testing::Each("PERMITTED"));
  EXPECT_THAT(AnswersIn(Explain("auditor", input_), "knownNow"), testing::Each("DENIED"));
}

TEST_F(DelegationsByTheCommand, P62_NobodyAsksAboutAnothersDocuments) {
  StartWithCallers();
  AddMandate();
  for (const char* who : {"voisin", "signer"}) {
    const ProcessResult refused = Explain(who, input_);
    EXPECT_EQ(refused.exit_code, 77) << who << refused.out;
    EXPECT_THAT(refused.out, HasSubstr("CALLER_NOT_ALLOWED")) << who;
    EXPECT_THAT(refused.out, Not(HasSubstr("mandat"))) << who;
  }
  EXPECT_EQ(Explain("auditor", input_).exit_code, 0);
}

TEST_F(DelegationsByTheCommand, OfActsThatTheCallerMayNotSeeNothingIsTold) {
  StartWithCallers();
  // The mayor is mayor next door, too: of that mandate his own auditor learns nothing.
  Add({Since("mandat-ailleurs", policy::Mandate{"voisine-mairie", "maire"})});
  const ProcessResult here = appliance_.Sceau(
      {"delegation", "explain", input_, "--cert", certificate_, "--register", register_, "--json"});
  ASSERT_THAT(here.out, HasSubstr("mandat-ailleurs"));
  const ProcessResult there = Explain("auditor", input_);
  EXPECT_THAT(AnswersIn(there, "knownNow"), testing::Each("DENIED"));
  EXPECT_THAT(there.out, Not(HasSubstr("mandat-ailleurs")));
}

TEST_F(DelegationsByTheCommand, ABordereauThatIsNotThereOrACertificateThatIsNoneIsRefused) {
  StartWithCallers();
  const ProcessResult missing =
      Delegation("manager", {"explain", input_, "--cert", certificate_, "--bordereau", "NONE"});
  EXPECT_THAT(missing.out, HasSubstr("BORDEREAU_NOT_FOUND"));
  v1::ExplainRequest request;
  request.mutable_header()->set_certificate("no certificate");
  grpc::ClientContext context;
  const auto stream = DelegationsByTheService::As("manager")->Explain(&context);
  stream->Write(request);
  request.mutable_chunk()->assign(document_);
  stream->Write(request);
  request.mutable_end();
  stream->Write(request);
  stream->WritesDone();
  EXPECT_EQ(ReasonOf(client::FromGrpc(stream->Finish())), Reason::kCertificateNotValid);
}

}  // namespace
}  // namespace sceau::test
