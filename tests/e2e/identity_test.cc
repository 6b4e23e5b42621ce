// Who may call the real daemon, and what each caller may do and see.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <thread>

#include "base/strings.h"
#include "sceau/v1/signing.grpc.pb.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/caller_pki.h"
#include "tests/e2e/documents.h"
#include "tests/support/require.h"
#include "tools/client/channel.h"
#include "tools/client/client.h"
#include "tools/client/convert.h"

namespace sceau::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kFinances = "URI:urn:example:finances";
constexpr const char* kEcole = "URI:urn:example:ecole";

std::string Entry(const std::string& name, const std::string& proof, const std::string& rights) {
  return Concat("{name = \"", name, "\", ", proof, ", ", rights, "}, ");
}
std::string Named(const std::string& alternative_name) {
  return Concat("alternative_name = \"", alternative_name, "\"");
}

// Of the budget a PES is of.
std::string SirenIn(const std::string& pes) {
  constexpr std::string_view kBefore = "<IdColl V=\"";
  const size_t at = pes.find(kBefore);
  Require(at != std::string::npos, "IdColl");
  return pes.substr(at + kBefore.size(), 9);
}

constexpr const char* kAll =
    "roles = [\"signer\", \"verifier\"], keys = [\"*\"], collectivites = [\"*\"]";

class IdentityTest : public testing::Test {
 protected:
  void Start(const std::string& callers, const std::string& settings = "",
             bool with_revocation = false) {
    appliance_.SetIdentity(pki_.Identity(callers, with_revocation));
    appliance_.Start(settings);
    input_ = appliance_.Generate("in.xml", {});
  }
  void Reload(const std::string& callers, bool with_revocation = false) {
    appliance_.SetIdentity(pki_.Identity(callers, with_revocation));
    appliance_.Configure("");
    ASSERT_EQ(::kill(appliance_.daemon().pid(), SIGHUP), 0);
    ++reloads_;
    while (Reloads() < reloads_) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  size_t Reloads() const {
    const std::string log = appliance_.Log();
    size_t found = 0;
    for (size_t at = 0; (at = log.find("event=reload outcome=OK", at)) != std::string::npos; ++at) {
      ++found;
    }
    return found;
  }

  std::unique_ptr<client::Client> As(const CallerPki::Card& card) const {
    return client::Client::Create(pki_.OptionsOf(card, appliance_.address()));
  }
  std::optional<Reason> Verify(client::Client& client) const {
    return ReasonOf(client.Verify(*InputFile::Open(input_, 1 << 20), "in", std::nullopt).status());
  }
  StatusOr<client::SignAnswer> Sign(client::Client& client, const std::string& idempotency_key,
                                    OutputFile& output) const {
    client::SignOrder order{.idempotency_key = idempotency_key,
                            .role = "Maire",
                            .city = "Nouméa",
                            .postal_code = "98800",
                            .country = "NC"};
    order.selection.what = signer::Selection::What::kAll;
    return client.Sign(*InputFile::Open(input_, 1 << 20), order, {}, output);
  }
  std::optional<Reason> Sign(client::Client& client, const std::string& key = "key") const {
    OutputFile output = OutputFile::Unnamed();
    return ReasonOf(Sign(client, key, output).status());
  }
  std::string AuditLog() const {
    return ReadFile(std::filesystem::path(appliance_.root()).parent_path() / "state/audit/log");
  }

  CallerPki pki_;
  const CallerPki::Card finances_ = pki_.Issue("finances", kFinances);
  const CallerPki::Card ecole_ = pki_.Issue("ecole", kEcole);
  Appliance appliance_;
  std::string input_;
  size_t reloads_ = 0;
};

TEST_F(IdentityTest, P62_ACallerIsHisCertificateAndStandsInTheAuditLogByHisName) {
  Start(Entry("compta", Named(kFinances), kAll) +
        Entry("ecole", Concat("certificate = \"", ecole_.sha256, "\""), kAll));
  std::vector<std::string> sign = appliance_.SignHere(input_, appliance_.Path("out.xml"));
  for (const std::string& it : pki_.ArgumentsOf(finances_, appliance_.address()))
    sign.push_back(it);
  const ProcessResult done = appliance_.Sceau(sign);
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err << appliance_.Log();
  EXPECT_EQ(Verify(*As(ecole_)), std::nullopt);
  EXPECT_THAT(AuditLog(), HasSubstr("\"who\":\"compta\""));
}

TEST_F(IdentityTest, P62_ACertificateThatTheConfigurationDoesNotNameIsRefused) {
  Start(Entry("compta", Named(kFinances), kAll));
  const auto stranger = pki_.Issue("stranger", "URI:urn:example:finances:other");
  EXPECT_EQ(Verify(*As(stranger)), Reason::kCallerUnknown);
  EXPECT_EQ(Sign(*As(stranger)), Reason::kCallerUnknown);
  std::vector<std::string> verify = {"verify", input_};
  for (const std::string& it : pki_.ArgumentsOf(stranger, appliance_.address())) {
    verify.push_back(it);
  }
  EXPECT_EQ(appliance_.Sceau(verify).exit_code, 77);
}

// HealthCheckResponse: 1 is SERVING; the code when there is none.
std::pair<grpc::StatusCode, std::string> HealthFor(const client::Options& options) {
  const auto channel = client::NewChannel(options);
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::CompletionQueue queue;
  const grpc::Slice nothing;
  const auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check",
                                          grpc::ByteBuffer(&nothing, 1), &queue);
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->StartCall();
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool came = false;
  queue.Next(&tag, &came);
  grpc::Slice bytes;
  if (!status.ok() || !answer.DumpToSingleSlice(&bytes).ok()) return {status.error_code(), ""};
  return {status.error_code(), std::string(bytes.begin(), bytes.end())};
}

TEST_F(IdentityTest, P63_HealthAnswersCallersOnly) {
  Start(Entry("compta", Named(kFinances), "roles = []"));
  const auto told = HealthFor(pki_.OptionsOf(finances_, appliance_.address()));
  EXPECT_EQ(told.first, grpc::StatusCode::OK);
  EXPECT_EQ(told.second, "\x08\x01");
  const auto stranger = pki_.Issue("stranger", "URI:urn:example:stranger");
  const auto refused = HealthFor(pki_.OptionsOf(stranger, appliance_.address()));
  EXPECT_EQ(refused.first, grpc::StatusCode::CANCELLED);
  EXPECT_EQ(refused.second, "");
}

TEST_F(IdentityTest, P62_WhatACallSaysOfItselfCountsForNothing) {
  Start(Entry("compta", Named(kFinances), kAll));
  const auto channel = client::NewChannel(pki_.OptionsOf(ecole_, appliance_.address()));
  const auto stub = v1::SigningService::NewStub(channel);
  grpc::ClientContext context;
  for (const char* header : {"x-forwarded-client-cert", "x-caller", "authorization",
                             "x509_subject_alternative_name", "x509_pem_cert"}) {
    context.AddMetadata(header, "urn:example:finances");
  }
  v1::GetResultRequest request;
  request.set_idempotency_key("key");
  v1::GetResultResponse response;
  const auto stream = stub->GetResult(&context, request);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(ReasonOf(client::FromGrpc(stream->Finish())), Reason::kCallerUnknown);
}

TEST_F(IdentityTest, P62_ACertificateOfAnotherAuthorityOrNoneMakesNoConnection) {
  Start(Entry("compta", Named(kFinances), kAll));
  const CallerPki others;
  const auto forged = others.Issue("finances", kFinances);
  client::Options options = pki_.OptionsOf(forged, appliance_.address());
  EXPECT_EQ(Verify(*client::Client::Create(options)), Reason::kServiceUnavailable);
  options.certificate.clear();
  options.key.clear();
  EXPECT_EQ(Verify(*client::Client::Create(options)), Reason::kServiceUnavailable);
  EXPECT_EQ(Verify(*client::Client::Create({.address = appliance_.address()})),
            Reason::kServiceUnavailable);
  // And the client takes no other for the service.
  client::Options deceived = pki_.OptionsOf(finances_, appliance_.address());
  deceived.authority = ReadFile(others.authority());
  EXPECT_EQ(Verify(*client::Client::Create(deceived)), Reason::kServiceUnavailable);
}

TEST_F(IdentityTest, P62_NothingOlderThanTls13IsSpoken) {
  Start(Entry("compta", Named(kFinances), kAll));
  const auto handshake = [&](const std::vector<std::string>& version) {
    std::vector<std::string> command = {
        "openssl", "s_client",       "-connect", appliance_.address(),
        "-CAfile", pki_.authority(), "-cert",    finances_.certificate,
        "-key",    finances_.key,    "-alpn",    "h2"};
    command.insert(command.end(), version.begin(), version.end());
    return RunProcess(command);
  };
  const ProcessResult good = handshake({"-tls1_3"});
  EXPECT_THAT(good.out, HasSubstr("TLSv1.3")) << good.err;
  EXPECT_THAT(good.out, HasSubstr("Verify return code: 0"));
  for (const char* older : {"-tls1_2", "-tls1_1"}) {
    const ProcessResult refused = handshake({older, "-cipher", "ALL:@SECLEVEL=0"});
    EXPECT_NE(refused.exit_code, 0) << older;
    EXPECT_THAT(refused.out, HasSubstr("Cipher is (NONE)")) << older;
  }
}

TEST_F(IdentityTest, P62_ARevokedCallerIsRefusedOnTheConnectionHeHas) {
  const std::string callers =
      Entry("compta", Named(kFinances), kAll) + Entry("ecole", Named(kEcole), kAll);
  Start(callers, "", /*with_revocation=*/true);
  const auto finances = As(finances_);
  const auto ecole = As(ecole_);
  EXPECT_EQ(Verify(*finances), std::nullopt);
  EXPECT_EQ(Verify(*ecole), std::nullopt);
  pki_.WriteRevocation({finances_});
  Reload(callers, /*with_revocation=*/true);
  EXPECT_EQ(Verify(*finances), Reason::kCallerRevoked);
  EXPECT_EQ(Verify(*ecole), std::nullopt);
}

TEST_F(IdentityTest, P62_WhoIsTakenOutOfTheConfigurationIsRefusedOnTheConnectionHeHas) {
  Start(Entry("compta", Named(kFinances), kAll) + Entry("ecole", Named(kEcole), kAll));
  const auto finances = As(finances_);
  EXPECT_EQ(Verify(*finances), std::nullopt);
  Reload(Entry("ecole", Named(kEcole), kAll));
  EXPECT_EQ(Verify(*finances), Reason::kCallerUnknown);
}

TEST_F(IdentityTest, P62_WhatIsNotGrantedIsRefused) {
  // The collectivité of the generated file, and the key of the appliance, each but one.
  const std::string key = "keys = [\"ordonnateur\"]";
  Start("");
  const std::string siren = SirenIn(ReadFile(input_));
  const std::string collectivite = Concat("collectivites = [\"", siren, "\"]");
  const struct {
    std::string rights;
    std::optional<Reason> refused;
  } cases[] = {
      {Concat("roles = [\"signer\"], ", key, ", ", collectivite), std::nullopt},
      {Concat("roles = [\"verifier\"], ", key, ", ", collectivite), Reason::kCallerNotAllowed},
      {Concat("roles = [], ", key, ", ", collectivite), Reason::kCallerNotAllowed},
      {Concat("roles = [\"signer\"], keys = [\"adjoint\"], ", collectivite),
       Reason::kCallerNotAllowed},
      {Concat("roles = [\"signer\"], ", collectivite), Reason::kCallerNotAllowed},
      {Concat("roles = [\"signer\"], ", key), Reason::kCallerNotAllowed},
      {Concat("roles = [\"signer\"], ", key, ", collectivites = [\"000000000\"]"),
       Reason::kCallerNotAllowed},
  };
  for (const auto& it : cases) {
    Reload(Entry("compta", Named(kFinances), it.rights));
    EXPECT_EQ(Sign(*As(finances_), it.rights), it.refused) << it.rights;
  }
  Reload(Entry("compta", Named(kFinances), "roles = [\"signer\"]"));
  EXPECT_EQ(Verify(*As(finances_)), Reason::kCallerNotAllowed);
}

// A file of any kind names no collectivité: only who may sign for every one may have it signed.
TEST_F(IdentityTest, P62_AFileThatNamesNoCollectiviteIsNobodysButHisWhoHasAll) {
  Start("");
  const std::string signer = "roles = [\"signer\"], keys = [\"*\"], collectivites = [\"";
  const auto sign_detached = [this](const std::string& key) {
    const client::SignOrder order{.idempotency_key = key,
                                  .detached_name = "in.xml",
                                  .role = "Maire",
                                  .city = "Nouméa",
                                  .postal_code = "98800",
                                  .country = "NC"};
    OutputFile output = OutputFile::Unnamed();
    return ReasonOf(
        As(finances_)->Sign(*InputFile::Open(input_, 1 << 20), order, {}, output).status());
  };
  Reload(Entry("compta", Named(kFinances), Concat(signer, SirenIn(ReadFile(input_)), "\"]")));
  EXPECT_EQ(sign_detached("one"), Reason::kCallerNotAllowed);
  Reload(Entry("compta", Named(kFinances), Concat(signer, "*\"]")));
  EXPECT_EQ(sign_detached("all"), std::nullopt);
}

TEST_F(IdentityTest, P43_P62_AnothersResultsAndPreparationsAreUnknown) {
  Start(Entry("compta", Named(kFinances), kAll) + Entry("ecole", Named(kEcole), kAll),
        Concat("[desk]\nfolder = \"", appliance_.Path("prepared"), "\"\n"));
  const auto finances = As(finances_);
  const auto ecole = As(ecole_);
  OutputFile output = OutputFile::Unnamed();
  const auto answer = Sign(*finances, "key", output);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto fetch = [&](client::Client& client, const client::ResultName& name) {
    OutputFile fetched = OutputFile::Unnamed();
    return ReasonOf(client.GetResult(name, fetched).status());
  };
  EXPECT_EQ(fetch(*finances, {.request_id = answer->request_id}), std::nullopt);
  EXPECT_EQ(fetch(*finances, {.idempotency_key = "key"}), std::nullopt);
  EXPECT_EQ(fetch(*ecole, {.request_id = answer->request_id}), Reason::kResultUnknown);
  EXPECT_EQ(fetch(*ecole, {.idempotency_key = "key"}), Reason::kResultUnknown);
  // The same key is another's own: neither a conflict nor the other's answer.
  OutputFile own = OutputFile::Unnamed();
  const auto second = Sign(*ecole, "key", own);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_FALSE(second->replayed);

  client::SignOrder order{.idempotency_key = "desk",
                          .role = "Maire",
                          .city = "Nouméa",
                          .postal_code = "98800",
                          .country = "NC",
                          .certificates = {appliance_.signer()}};
  order.selection.what = signer::Selection::What::kAll;
  const auto prepared = finances->Prepare(*InputFile::Open(input_, 1 << 20), order);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_EQ(ReasonOf(ecole->Decline(prepared->id, "no")), Reason::kPreparationUnknown);
  EXPECT_EQ(ReasonOf(ecole->Complete(prepared->id, {"value"}).status()),
            Reason::kPreparationUnknown);
  EXPECT_TRUE(finances->Decline(prepared->id, "no").ok());
}

// --- the Unix socket
// -------------------------------------------------------------------------------

class SocketTest : public IdentityTest {
 protected:
  SocketTest() {
    std::filesystem::create_directory(folder());
    ::chmod(folder().c_str(), 0750);
  }
  std::string folder() const { return pki_.folder() + "/run"; }
  std::string socket() const { return folder() + "/sceaud.sock"; }
  void StartSocket(const std::string& callers) {
    appliance_.SetIdentity(Concat("callers = [", callers, "]"));
    appliance_.SetSocket(socket());
    appliance_.Start();
    input_ = appliance_.Generate("in.xml", {});
  }
  ProcessResult VerifyAs(uid_t user) const {
    return RunProcess({"setpriv", "--reuid", Concat(user), "--regid", Concat(::getegid()),
                       "--clear-groups", SCEAU, "verify", input_, "--server",
                       Concat("unix:", socket()), "--lang", "en"});
  }
};

TEST_F(SocketTest, P62_OfTheSocketTheKernelNamesTheUser) {
  StartSocket(Entry("local-tool", Concat("user = ", ::getuid()), kAll));
  const auto own = client::Client::Create({.address = Concat("unix:", socket())});
  EXPECT_EQ(Verify(*own), std::nullopt);
  EXPECT_EQ(Sign(*own), std::nullopt);
  EXPECT_THAT(AuditLog(), HasSubstr("\"who\":\"local-tool\""));
  struct stat made {};
  ASSERT_EQ(::stat(socket().c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 07777, 0660u);
}

TEST_F(SocketTest, P62_AnotherUserOfTheSocketIsAnotherCaller) {
  if (::getuid() != 0) GTEST_SKIP() << "only root can call as another user";
  constexpr uid_t kKnown = 61234, kUnknown = 61235;
  StartSocket(Entry("tool", Concat("user = ", kKnown), "roles = [\"verifier\"]"));
  std::filesystem::permissions(input_, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  for (std::filesystem::path at = input_; at.has_relative_path(); at = at.parent_path()) {
    if (at != input_ && at != "/tmp") {
      std::filesystem::permissions(at, std::filesystem::perms::group_exec,
                                   std::filesystem::perm_options::add);
    }
  }
  std::filesystem::permissions(pki_.folder(), std::filesystem::perms::group_exec,
                               std::filesystem::perm_options::add);
  const ProcessResult known = VerifyAs(kKnown);
  EXPECT_THAT(known.err + known.out, Not(HasSubstr("CALLER_UNKNOWN")));
  EXPECT_EQ(known.exit_code, 3) << known.out << known.err;  // no signature
  const ProcessResult unknown = VerifyAs(kUnknown);
  EXPECT_EQ(unknown.exit_code, 77) << unknown.out << unknown.err;
  // The daemon's own user is none of the callers either.
  const auto own = client::Client::Create({.address = Concat("unix:", socket())});
  EXPECT_EQ(Verify(*own), Reason::kCallerUnknown);
}

TEST_F(SocketTest, P62_ASocketInAFolderThatOthersEnterIsNotMade) {
  ::chmod(folder().c_str(), 0755);
  const TemporaryFolder other;
  const std::string config =
      other.Write("sceaud.toml", Concat("listen = \"\"\nsocket = \"", socket(),
                                        "\"\n[tokens]\nstate_folder = \"", other.path(), "\"\n"));
  const ProcessResult refused = RunProcess({SCEAUD, "--config", config});
  EXPECT_EQ(refused.exit_code, 78) << refused.err;
  EXPECT_FALSE(std::filesystem::exists(socket()));
}

TEST_F(SocketTest, ASocketLeftByAKilledDaemonIsReplaced) {
  const std::string callers = Entry("local-tool", Concat("user = ", ::getuid()), kAll);
  StartSocket(callers);
  appliance_.daemon().Stop(SIGKILL);
  EXPECT_TRUE(std::filesystem::exists(socket()));
  appliance_.Start();
  EXPECT_EQ(Verify(*client::Client::Create({.address = Concat("unix:", socket())})), std::nullopt);
  EXPECT_EQ(appliance_.daemon().Stop(SIGTERM), 0);
  EXPECT_FALSE(std::filesystem::exists(socket()));
}

}  // namespace
}  // namespace sceau::test
