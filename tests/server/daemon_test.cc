// sceaud as it is run: a process with a command line, a configuration file and signals.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/file.h"
#include "base/random.h"
#include "base/strings.h"
#include "sceau/v1/signing.grpc.pb.h"
#include "server/config.h"
#include "tests/support/test_revocation.h"
#include "tests/verifier/forgery.h"
#include "tools/client/client.h"

extern char** environ;

namespace sceau::server {
namespace {

using ::testing::HasSubstr;

class Daemon : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / Concat("sceau-test-", RandomHex(8));
    std::filesystem::create_directories(folder_ / "work");
    ::setenv("XDG_STATE_HOME", folder_.c_str(), 1);  // its own, not the user's
  }
  void TearDown() override {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name), std::ios::binary) << text;
  }
  std::string Read(const std::string& name) const {
    const auto text = ReadSmallFile(Path(name));
    return text.ok() ? *text : "";
  }

  void Spawn(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), SCEAUD);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const auto& [fd, name] : {std::pair{STDOUT_FILENO, "out"}, {STDERR_FILENO, "err"}}) {
      posix_spawn_file_actions_addopen(&actions, fd, Path(name).c_str(),
                                       O_WRONLY | O_CREAT | O_TRUNC, 0600);
    }
    ASSERT_EQ(::posix_spawn(&pid_, SCEAUD, &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
  }

  int Wait() {
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  int Run(const std::vector<std::string>& arguments) {
    Spawn(arguments);
    return Wait();
  }

  // Starts the daemon and waits until it listens; empty when it ended instead.
  std::string StartListening(const std::string& settings = "") {
    Write("sceaud.toml", Concat("listen = \"127.0.0.1:0\"\nidentity.mode = "
                                "\"local-without-identity\"\nwork_folder = \"",
                                Path("work"), "\"\n", settings));
    Spawn({"--config", Path("sceaud.toml"), "--port-file", Path("port")});
    while (!std::filesystem::exists(Path("port"))) {
      if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
        pid_ = -1;
        return "";
      }
      std::this_thread::yield();
    }
    const std::string port = Read("port");
    return Concat("127.0.0.1:", port.substr(0, port.find('\n')));
  }

  std::filesystem::path folder_;
  pid_t pid_ = -1;
};

TEST_F(Daemon, PrintsItsDefaultConfiguration) {
  EXPECT_EQ(Run({"--print-default-config"}), 0);
  EXPECT_EQ(Read("out"), DefaultConfigText());
}

TEST_F(Daemon, ChecksAConfigurationWithoutStarting) {
  Write("good.toml",
        "identity.mode = \"local-without-identity\"\n[documents]\nmax_size = \"1 MiB\"\n");
  EXPECT_EQ(Run({"--config", Path("good.toml"), "--check-config"}), 0);
  Write("bad.toml", "[documents]\nmax_sise = \"1 MiB\"\n");
  EXPECT_EQ(Run({"--config", Path("bad.toml"), "--check-config", "--lang", "en"}), 78);
  EXPECT_THAT(Read("err"), HasSubstr("nearest: documents.max_size"));
  EXPECT_THAT(Read("err"), HasSubstr("Line 2"));
}

TEST_F(Daemon, P62_WithoutIdentityItMustBeSaidAndOnlyThisMachineReachesIt) {
  for (const char* settings :
       {"listen = \"127.0.0.1:0\"\n", "listen = \"0.0.0.0:0\"\n",
        "listen = \"0.0.0.0:0\"\nidentity.mode = \"local-without-identity\"\n",
        "listen = \"\"\n"}) {
    Write("open.toml", settings);
    EXPECT_EQ(Run({"--config", Path("open.toml"), "--lang", "en"}), 78) << settings;
  }
}

TEST_F(Daemon, WrongUseIs64) { EXPECT_EQ(Run({"--nonsense"}), 64); }

TEST_F(Daemon, ServesUntilSigtermThenEndsWithZero) {
  const std::string address = StartListening("[competence]\nmode = \"not-enforced\"\n");
  ASSERT_FALSE(address.empty()) << Read("err");
  OutputFile file = OutputFile::Unnamed();
  ASSERT_TRUE(file.Append("<a/>").ok());
  const auto inspection = client::Client::Create({.address = address})->Inspect(*file.Reread());
  EXPECT_TRUE(inspection.ok()) << inspection.status();
  ASSERT_EQ(::kill(pid_, SIGTERM), 0);
  EXPECT_EQ(Wait(), 0);
  EXPECT_THAT(Read("err"), HasSubstr("event=competence enforced=no"));
  EXPECT_THAT(Read("err"), HasSubstr("event=stopped"));
}

TEST_F(Daemon, P34_WithoutAnAnchorItIsNotReadyToVerify) {
  ASSERT_FALSE(StartListening().empty()) << Read("err");
  EXPECT_THAT(Read("err"), HasSubstr("verification=degraded"));
}

TEST_F(Daemon, AnchorsAndRevocationListsOfTheConfigurationDecide) {
  test::Signing signing;
  const std::string document =
      *signing.Sign(test::Generate(test::SmallSpec()), signing.Parameters());
  const absl::Time revoked = test::kSigningTime + absl::Hours(1);
  test::CrlOptions crl;
  crl.this_update = test::kSigningTime + absl::Hours(2);
  crl.next_update = crl.this_update + absl::Hours(24);
  crl.revoked = {{signing.certificate(), revoked, 1}};
  Write("issuing.crl", test::MakeCrl(signing.pki().issuing(), signing.pki().issuing_key(), crl));
  const std::string address = StartListening(
      Concat("[trust]\nanchors = [\"", signing.folder().path(),
             "/issuing.pem\"]\n[revocation]\ndata = [\"", Path("issuing.crl"), "\"]\n"));
  ASSERT_FALSE(address.empty()) << Read("err");
  // The anchor is there, but of what is revoked today nothing is known.
  EXPECT_THAT(Read("err"), HasSubstr("revocation=REVOCATION_OUTDATED"));
  EXPECT_THAT(Read("err"), HasSubstr("verification=degraded"));
  const auto report =
      client::Client::Create({.address = address})
          ->Verify(signing.AsFile(document), "flux", test::kSigningTime + absl::Hours(3));
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->signatures.size(), 1u);
  EXPECT_EQ(report->signatures[0].sub_indication, "REVOKED_NO_POE");
  EXPECT_THAT(test::Codes(report->signatures[0]), ::testing::Contains("CERTIFICATE_REVOKED"));
}

TEST_F(Daemon, P54_AnAbsentTokenLeavesItDegradedAndVerifying) {
  const std::string address = StartListening(
      "[[keys]]\nname = \"maire\"\nuri = \"pkcs11:token=absent-token;object=none\"\n");
  ASSERT_FALSE(address.empty()) << Read("err");
  EXPECT_THAT(Read("err"), HasSubstr("signing=degraded"));
  OutputFile file = OutputFile::Unnamed();
  ASSERT_TRUE(file.Append("<a/>").ok());
  EXPECT_TRUE(
      client::Client::Create({.address = address})->Verify(*file.Reread(), "a", std::nullopt).ok());
  ASSERT_EQ(::kill(pid_, SIGINT), 0);
  EXPECT_EQ(Wait(), 0);
}

TEST_F(Daemon, P67_KilledInAnUploadItLeavesNothingBehind) {
  const std::string address = StartListening();
  ASSERT_FALSE(address.empty()) << Read("err");
  const auto stub =
      v1::SigningService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  const auto stream = stub->Inspect(&context);
  v1::InspectRequest request;
  request.mutable_header();
  ASSERT_TRUE(stream->Write(request));
  request.set_chunk(std::string(1 << 20, 'x'));
  // More than flow control lets wait on the way: part of it is in the folder by now.
  for (int i = 0; i < 32; ++i) ASSERT_TRUE(stream->Write(request));
  ASSERT_EQ(::kill(pid_, SIGKILL), 0);
  EXPECT_EQ(Wait(), -1);
  EXPECT_TRUE(std::filesystem::is_empty(Path("work")));
  (void)stream->Finish();
}

}  // namespace
}  // namespace sceau::server
