#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "base/file.h"
#include "hsm/tokens.h"
#include "tests/support/temporary_folder.h"

namespace sceau::hsm {
namespace {

class PinFile : public testing::Test {
 protected:
  StatusOr<Secret> Read(std::string_view content) {
    return PinFromFile(folder.Write("pin", content))->Read("mairie");
  }
  test::TemporaryFolder folder;
};

TEST_F(PinFile, TheFirstLineIsThePin) {
  for (const std::string_view content : {"1234", "1234\n", "1234\r\n", "1234\nsecond line\n"}) {
    const auto pin = Read(content);
    ASSERT_TRUE(pin.ok()) << pin.status();
    EXPECT_EQ(pin->Reveal(), "1234") << content;
  }
}

TEST_F(PinFile, OtherLinesAreWipedFromTheBuffer) {
  auto pin = Read("1234\nsecond");
  ASSERT_TRUE(pin.ok()) << pin.status();
  EXPECT_EQ(std::string(pin->Buffer(), 12), std::string("1234\0\0\0\0\0\0\0\0", 12));
}

TEST_F(PinFile, ALongFileHasAPinAndALongLineHasNone) {
  EXPECT_TRUE(Read("1234\n" + std::string(100000, 'x')).ok());
  EXPECT_TRUE(Read(std::string(Secret::kMaxSize - 1, '1')).ok());
  EXPECT_EQ(ReasonOf(Read(std::string(Secret::kMaxSize, '1')).status()),
            Reason::kPinSourceUnreadable);
}

TEST_F(PinFile, AnEmptyLineIsNoPin) {
  EXPECT_EQ(ReasonOf(Read("").status()), Reason::kPinMissing);
  EXPECT_EQ(ReasonOf(Read("\n1234\n").status()), Reason::kPinMissing);
}

TEST_F(PinFile, WhatCannotBeReadIsNamed) {
  for (const std::string& path : {folder.path() + "/absent", folder.path()}) {
    const auto pin = PinFromFile(path)->Read("mairie");
    EXPECT_EQ(ReasonOf(pin.status()), Reason::kPinSourceUnreadable);
    EXPECT_NE(DetailOf(pin.status()).find(path), std::string::npos);
  }
}

TEST(SecretTest, AMovedFromSecretIsEmpty) {
  Secret first(std::string_view("1234"));
  Secret second(std::move(first));
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is the subject
  EXPECT_EQ(first.Reveal(), "");
  Secret third;
  third = std::move(second);
  EXPECT_TRUE(second.empty());
  EXPECT_EQ(third.Reveal(), "1234");
}

// A child with a terminal of its own reads the PIN; the exit code says what it got.
class Terminal : public testing::Test {
 protected:
  struct Outcome {
    std::string shown;
    int code = -1;
  };

  static constexpr int kGotPin = 10;

  // Types `keys` after the prompt has appeared.
  static Outcome Type(const std::string& keys) {
    const FileDescriptor master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    EXPECT_TRUE(::grantpt(master.get()) == 0 && ::unlockpt(master.get()) == 0);
    const std::string name = ::ptsname(master.get());
    // Held open here, so that what the child writes stays readable after it has ended.
    const FileDescriptor slave(::open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    const pid_t child = ::fork();
    if (child == 0) ::_exit(ReadInNewSession(name));
    Outcome outcome;
    ReadUntil(master.get(), ": ", outcome.shown);
    EXPECT_EQ(::write(master.get(), keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    ReadUntil(master.get(), "\n", outcome.shown);
    termios after{};
    EXPECT_EQ(::tcgetattr(slave.get(), &after), 0);
    EXPECT_NE(after.c_lflag & ECHO, 0U) << "the terminal stayed mute";
    return outcome;
  }

 private:
  static int ReadInNewSession(const std::string& terminal) {
    ::setsid();
    const int fd = ::open(terminal.c_str(), O_RDWR);
    if (::ioctl(fd, TIOCSCTTY, 0) != 0) return 1;
    const auto pin = PinFromTerminal(Lang::kFr)->Read("mai\x1brie");
    if (pin.ok()) return pin->Reveal() == "canary" ? kGotPin : 2;
    return 20 + static_cast<int>(*ReasonOf(pin.status()) == Reason::kRefusedByUser);
  }

  static void ReadUntil(int fd, std::string_view end, std::string& into) {
    char byte = 0;
    while (!into.ends_with(end) && ::read(fd, &byte, 1) == 1) into += byte;
  }
};

TEST_F(Terminal, ThePinIsReadWithoutEcho) {
  const Outcome outcome = Type("canary\n");
  EXPECT_EQ(outcome.code, kGotPin);
  EXPECT_EQ(outcome.shown, "Code PIN (mairie) : \r\n");
}

TEST_F(Terminal, ControlCDeclinesAndGivesTheTerminalBack) {
  const Outcome outcome = Type("can\x03");
  EXPECT_EQ(outcome.code, 21);
  EXPECT_EQ(outcome.shown.find("can"), std::string::npos);
}

TEST_F(Terminal, AnEmptyLineIsNoPin) { EXPECT_EQ(Type("\n").code, 20); }

TEST(NoTerminal, ThePinIsMissing) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::setsid();  // a session without a controlling terminal
    const auto pin = PinFromTerminal(Lang::kEn)->Read("mairie");
    ::_exit(ReasonOf(pin.status()) == Reason::kPinMissing ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace sceau::hsm
