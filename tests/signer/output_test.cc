// An output appears whole or not at all, and never in the place of something else unasked.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/signer/signing_support.h"

namespace sceau::test {
namespace {

namespace fs = std::filesystem;

std::string ReadAll(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

class Output : public testing::Test {
 protected:
  Output() : folder_(signing_.folder().path() + "/out") {
    fs::create_directory(folder_);
    document_ = Generate({});
  }

  // Signs `document_` from `input` into `path` and publishes it.
  Status SignTo(const std::string& input_path, const std::string& path, bool force) {
    SCEAU_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(input_path, 1 << 26));
    SCEAU_ASSIGN_OR_RETURN(OutputFile output, OutputFile::Create(path, force));
    SCEAU_ASSIGN_OR_RETURN(const auto prepared, signer::Prepare(input, signing_.Parameters()));
    SCEAU_RETURN_IF_ERROR(signer::Complete(input, prepared, signing_.Key(), {}, output).status());
    return output.Publish();
  }
  std::string Input() const { return signing_.folder().Write("input.xml", document_); }
  bool IsSigned(const std::string& path) const {
    return signing_.VerifyTrusted(ReadAll(path)).verdict == verifier::Verdict::kTotalPassed;
  }
  size_t Entries() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }

  Signing signing_;
  std::string folder_;
  std::string document_;
};

TEST_F(Output, OverItsOwnInputIsWholeOrLeavesTheInput) {
  const std::string path = folder_ + "/same.xml";
  std::ofstream(path, std::ios::binary) << document_;
  EXPECT_EQ(ReasonOf(SignTo(path, path, false)), Reason::kOutputExists);
  EXPECT_EQ(ReadAll(path), document_);
  EXPECT_TRUE(SignTo(path, path, true).ok());
  EXPECT_TRUE(IsSigned(path));
  EXPECT_EQ(Entries(), 1u);
}

TEST_F(Output, ForceReplacesASymbolicLinkAndNotWhatItNames) {
  const std::string target = folder_ + "/target.xml";
  const std::string link = folder_ + "/link.xml";
  std::ofstream(target) << "precious";
  fs::create_symlink(target, link);
  EXPECT_EQ(ReasonOf(SignTo(Input(), link, false)), Reason::kOutputExists);
  EXPECT_TRUE(SignTo(Input(), link, true).ok());
  EXPECT_EQ(ReadAll(target), "precious");
  EXPECT_FALSE(fs::is_symlink(link));
  EXPECT_TRUE(IsSigned(link));
}

TEST_F(Output, LinkThatLeadsNowhereIsRefusedBeforeAnythingIsSigned) {
  const std::string link = folder_ + "/dangling.xml";
  fs::create_symlink(folder_ + "/nowhere", link);
  EXPECT_EQ(ReasonOf(OutputFile::Create(link, false).status()), Reason::kOutputExists);
  EXPECT_TRUE(fs::is_symlink(link));
}

TEST_F(Output, FileThatAppearsMeanwhileIsNotOverwritten) {
  const std::string path = folder_ + "/late.xml";
  auto output = OutputFile::Create(path, false);
  ASSERT_TRUE(output.ok());
  ASSERT_TRUE(output->Append("ours").ok());
  std::ofstream(path) << "theirs";
  EXPECT_EQ(ReasonOf(output->Publish()), Reason::kOutputExists);
  EXPECT_EQ(ReadAll(path), "theirs");
  EXPECT_EQ(Entries(), 1u);
}

TEST_F(Output, FailedSigningLeavesNothing) {
  const std::string path = folder_ + "/none.xml";
  document_ += "<broken";
  EXPECT_FALSE(SignTo(Input(), path, false).ok());
  EXPECT_EQ(Entries(), 0u);
}

TEST_F(Output, SizeLimitLeavesNothingAndKeepsTheOldFile) {
  gen::PesSpec spec;
  spec.attachments = 1;
  spec.attachment_size = 2 << 20;
  document_ = Generate(spec);
  const std::string input = Input();
  const std::string path = folder_ + "/limited.xml";
  std::ofstream(path) << "old";
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{1 << 20, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status status = SignTo(input, path, true);
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(ReasonOf(status), Reason::kOutputUnwritable) << status;
  EXPECT_EQ(ReadAll(path), "old");
  EXPECT_EQ(Entries(), 1u);
}

TEST_F(Output, FullDiskLeavesNothingAndKeepsTheOldFile) {
  if (::mount("sceau-test", folder_.c_str(), "tmpfs", 0, "size=1m") != 0) {
    GTEST_SKIP() << "a file system cannot be mounted here";
  }
  gen::PesSpec spec;
  spec.attachments = 1;
  spec.attachment_size = 2 << 20;
  document_ = Generate(spec);
  const std::string path = folder_ + "/full.xml";
  std::ofstream(path) << "old";
  const Status status = SignTo(Input(), path, true);
  EXPECT_EQ(ReasonOf(status), Reason::kOutputUnwritable) << status;
  EXPECT_EQ(ReadAll(path), "old");
  EXPECT_EQ(Entries(), 1u);
  EXPECT_EQ(::umount(folder_.c_str()), 0);
}

// Values that cannot be written yet (the first is missing) are not made without end.
TEST_F(Output, SignersStayNearTheWriter) {
  constexpr int kThreads = 2;
  // 32 for each thread, less those that were taken together with the one that is held up.
  constexpr int kMostAhead = 64 - 15;
  gen::PesSpec spec;
  spec.depense = 200;
  spec.pieces = 1;
  const InputFile input = signing_.AsFile(Generate(spec));
  const auto prepared = signer::Prepare(input, signing_.Parameters());
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  const std::string first = prepared->targets.front().id;
  std::atomic<int> made = 0;
  const auto sign = OneByOne([&](const SignatureScheme& scheme, const std::string& message) {
    if (message.find("\"#" + first + "\"") != std::string_view::npos) {
      while (made < kMostAhead - 1) std::this_thread::yield();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      EXPECT_EQ(made, kMostAhead - 1);
    }
    ++made;
    return signing_.Value(scheme, message);
  });
  OutputFile output = OutputFile::Unnamed();
  const auto outcome = signer::Complete(input, *prepared, sign, {.parallelism = kThreads}, output);
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(static_cast<size_t>(made), prepared->targets.size());
}

}  // namespace
}  // namespace sceau::test
