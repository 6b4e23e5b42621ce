// Contents given to Debian's clamd, and to one that is not there, is silent, or refuses.
#include "contents/clamd.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/strings.h"
#include "tests/contents/content_file.h"
#include "tests/support/clamd.h"
#include "tests/support/pdf_document.h"

namespace sceau::contents {
namespace {

ScanResult Scan(std::string_view content, const std::string& address) {
  return ScanForViruses(AsFile(content), {.address = address});
}

TEST(Clamd, FindsCleansAndRefuses) {
  const test::TestClamd clamd;
  EXPECT_EQ(Scan("nothing to see", clamd.address()).state, ScanState::kClean);
  EXPECT_EQ(Scan("", clamd.address()).state, ScanState::kClean);
  const ScanResult found = Scan(Concat("before ", test::kInfected, " after"), clamd.address());
  EXPECT_EQ(found.state, ScanState::kInfected);
  EXPECT_EQ(found.detail, Concat(test::kInfection, ".UNOFFICIAL"));
  // More than one chunk, with the signature across two of them.
  std::string large(200'000, 'x');
  EXPECT_EQ(Scan(large, clamd.address()).state, ScanState::kClean);
  large.replace(65'530, test::kInfected.size(), test::kInfected);
  EXPECT_EQ(Scan(large, clamd.address()).state, ScanState::kInfected);
  // Inside an archive.
  EXPECT_EQ(Scan(test::ZipOf({{"a", std::string(test::kInfected)}}), clamd.address()).state,
            ScanState::kInfected);
  // Above clamd's own limit nothing is known.
  const ScanResult refused = Scan(std::string(test::kClamdStreamLimit + 1, 'x'), clamd.address());
  EXPECT_EQ(refused.state, ScanState::kUnavailable);
}

TEST(Clamd, IsReachedOverLoopbackToo) {
  const test::TestClamd clamd(/*tcp=*/true);
  EXPECT_EQ(Scan("clean", clamd.address()).state, ScanState::kClean);
  EXPECT_EQ(Scan(test::kInfected, clamd.address()).state, ScanState::kInfected);
}

TEST(Clamd, ThatIsNotThereHasNotScanned) {
  for (const char* address : {"unix:/nonexistent/socket", "127.0.0.1:1", "nowhere"}) {
    const ScanResult result = Scan("content", address);
    EXPECT_EQ(result.state, ScanState::kUnavailable) << address;
    EXPECT_NE(result.detail, "") << address;
  }
}

TEST(Clamd, ThatIsSilentHasNotScanned) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/socket";
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  path.copy(at.sun_path, sizeof at.sun_path - 1);
  const FileDescriptor listener(::socket(AF_UNIX, SOCK_STREAM, 0));
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  // Longer than what the system takes for a reader that does not read.
  const ScanResult result =
      ScanForViruses(AsFile(std::string(4 << 20, 'x')),
                     {.address = "unix:" + path, .deadline = std::chrono::milliseconds(100)});
  EXPECT_EQ(result.state, ScanState::kUnavailable);
  EXPECT_EQ(result.detail, "deadline");
}

TEST(Clamd, IsOnThisMachineOnly) {
  EXPECT_TRUE(CheckClamdAddress("unix:/run/clamav/clamd.ctl").ok());
  EXPECT_TRUE(CheckClamdAddress("127.0.0.1:3310").ok());
  for (const char* address : {"", "unix:", "unix:relative", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:x",
                              "127.0.0.1:70000", "192.0.2.1:3310", "localhost:3310"}) {
    EXPECT_EQ(ReasonOf(CheckClamdAddress(address)), Reason::kConfigInvalid) << address;
  }
}

}  // namespace
}  // namespace sceau::contents
