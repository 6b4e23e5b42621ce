// docs/examples/sceau_client.py, run as its reader would run it.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "tests/server/test_service.h"

extern char** environ;

namespace sceau::server {
namespace {

constexpr const char* kPython = "/usr/bin/python3";  // Debian's, which has its gRPC

struct Ran {
  int exit_code = -1;
  std::string out;  // standard output and error
};

class PythonClient : public ServiceTest {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / Concat("sceau-test-", RandomHex(8));
    std::filesystem::create_directory(folder_);
    Write("in.xml", "<document/>");
    Start();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(Path(name), std::ios::binary) << text;
  }
  std::string Read(const std::string& name) {
    const auto text = ReadSmallFile(Path(name));
    return text.ok() ? *text : "";
  }

  Ran Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {kPython, SCEAU_SOURCE_DIR "/docs/examples/sceau_client.py",
                                         "--server", address_, "--stubs", Path("stubs")});
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, Path("log").c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, kPython, &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    EXPECT_EQ(error, 0);
    int status = 0;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, Read("log")};
  }

  std::filesystem::path folder_;
};

TEST_F(PythonClient, SignsAndKeepsTheCheckedDocument) {
  const Ran ran = Run({"sign", Path("in.xml"), Path("out.xml"), "--idempotency-key", "k"});
  ASSERT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_EQ(Read("out.xml"), "<<signature/>document/<signature/>>");
  EXPECT_THAT(ran.out, ::testing::HasSubstr("BD2 2/2"));
}

TEST_F(PythonClient, VerifiesAndPrintsTheVerdict) {
  stand_in_.report.verdict = verifier::Verdict::kTotalFailed;
  verifier::SignatureReport signature;
  signature.of = "BORD1";
  signature.indication = verifier::Indication::kTotalFailed;
  signature.reasons = {{.code = "DIGEST_DIFFERS"}};
  stand_in_.report.signatures = {signature};
  const Ran ran = Run({"verify", Path("in.xml")});
  EXPECT_EQ(ran.exit_code, 1) << ran.out;
  EXPECT_THAT(ran.out, ::testing::HasSubstr("TOTAL_FAILED"));
  EXPECT_THAT(ran.out, ::testing::HasSubstr("BORD1"));
  EXPECT_THAT(ran.out, ::testing::HasSubstr("DIGEST_DIFFERS"));
}

TEST_F(PythonClient, PrintsTheReasonAndKeepsNothing) {
  stand_in_.failure = Error(Reason::kDoctypeRefused, "", {.line = 3, .column = 1});
  const Ran ran = Run({"sign", Path("in.xml"), Path("out.xml"), "--idempotency-key", "k"});
  EXPECT_NE(ran.exit_code, 0);
  EXPECT_THAT(ran.out, ::testing::HasSubstr("DOCTYPE_REFUSED"));
  EXPECT_THAT(ran.out, ::testing::HasSubstr("line=3"));
  EXPECT_FALSE(std::filesystem::exists(Path("out.xml")));
}

}  // namespace
}  // namespace sceau::server
