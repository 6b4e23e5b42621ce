// Where PINs come from: read straight into locked memory, never through a string.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/strings.h"
#include "hsm/tokens.h"

namespace sceau::hsm {
namespace {

constexpr char kInterrupt = 3;  // Ctrl-C

// Reads up to and with the end of a line; 0 bytes or less than a line at the end of the file.
// Returns the number of bytes read, or -1 with errno.
ssize_t ReadLine(int fd, Secret& into, std::string_view ends) {
  size_t size = 0;
  while (size < Secret::kMaxSize) {
    const ssize_t got = ::read(fd, into.Buffer() + size, Secret::kMaxSize - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    size += static_cast<size_t>(got);
    into.Resize(size);
    if (into.Reveal().find_first_of(ends) != std::string_view::npos) break;
  }
  into.Resize(size);
  return static_cast<ssize_t>(size);
}

void CutAtLineEnd(Secret& secret) {
  const size_t end = secret.Reveal().find_first_of("\r\n");
  if (end == std::string_view::npos) return;
  std::memset(secret.Buffer() + end, 0, secret.size() - end);  // the file's other lines
  secret.Resize(end);
}

// systemd makes the files of its credentials anew at each start of the service: their time says
// nothing of the PIN in them (systemd.exec, CREDENTIALS).
bool IsCredential(const std::string& path) {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr || *folder == '\0') return false;
  std::error_code ignored;
  const std::string below = std::filesystem::weakly_canonical(folder, ignored).string() + "/";
  return path.rfind(below, 0) == 0;
}

class FilePin final : public PinSource {
 public:
  explicit FilePin(std::string path) : path_(std::move(path)) {}

  std::optional<PinOrigin> Origin() const override {
    struct stat info {};
    const bool there = ::stat(path_.c_str(), &info) == 0;
    std::error_code ignored;
    const std::string path = std::filesystem::weakly_canonical(path_, ignored).string();
    const bool dated = there && !IsCredential(path);
    return PinOrigin{path.empty() ? path_ : path,
                     dated ? absl::TimeFromTimespec(info.st_mtim) : absl::Time()};
  }

  StatusOr<Secret> Read(std::string_view token_label) override {
    const FileDescriptor fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    Secret pin;
    if (!fd || ReadLine(fd.get(), pin, "\n") < 0) {
      return Error(Reason::kPinSourceUnreadable, Concat(path_, ": ", std::strerror(errno)));
    }
    const bool too_long = pin.size() == Secret::kMaxSize;
    CutAtLineEnd(pin);
    if (too_long && pin.size() == Secret::kMaxSize) {
      return Error(Reason::kPinSourceUnreadable, Concat(path_, ": > ", Secret::kMaxSize - 1));
    }
    if (pin.empty()) return Error(Reason::kPinMissing, token_label);
    return pin;
  }

 private:
  const std::string path_;
};

// Echo off until the end of the scope. Ctrl-C ends the line instead of the process, which would
// leave the terminal mute.
class SilentTerminal {
 public:
  explicit SilentTerminal(int fd) : fd_(fd) {
    if (::tcgetattr(fd_, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ISIG);
    silent.c_lflag |= ICANON;
    silent.c_cc[VEOL] = static_cast<cc_t>(kInterrupt);
    silent_ = ::tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (silent_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  explicit operator bool() const { return silent_; }

 private:
  const int fd_;
  termios before_{};
  bool silent_ = false;
};

void Write(int fd, std::string_view text) {
  // A terminal that cannot show the prompt can still be typed on.
  if (::write(fd, text.data(), text.size()) < 0) return;
}

std::string Printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) out += c;
  }
  return out;
}

class TerminalPin final : public PinSource {
 public:
  // The question is `before`, the label, `after`.
  TerminalPin(std::string_view before, std::string_view after) : before_(before), after_(after) {}

  StatusOr<Secret> Read(std::string_view token_label) override {
    const FileDescriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (!terminal) return Error(Reason::kPinMissing, token_label);
    const SilentTerminal silent(terminal.get());
    if (!silent) return Error(Reason::kPinMissing, token_label);
    Write(terminal.get(), Concat(before_, Printable(token_label), after_));
    Secret pin;
    constexpr char kEnds[] = {'\n', kInterrupt};
    const ssize_t got = ReadLine(terminal.get(), pin, {kEnds, sizeof kEnds});
    Write(terminal.get(), "\n");
    if (got < 0) return Error(Reason::kPinSourceUnreadable, std::strerror(errno));
    if (pin.Reveal().find(kInterrupt) != std::string_view::npos) {
      return Error(Reason::kRefusedByUser);
    }
    CutAtLineEnd(pin);
    if (pin.empty()) return Error(Reason::kPinMissing, token_label);
    return pin;
  }

 private:
  const std::string_view before_, after_;
};

std::unique_ptr<PinSource> FromTerminal(const Text& before, Lang lang) {
  constexpr Text kAfter = {") : ", "): "};
  return std::make_unique<TerminalPin>(before.In(lang), kAfter.In(lang));
}

}  // namespace

std::unique_ptr<PinSource> PinFromFile(std::string path) {
  return std::make_unique<FilePin>(std::move(path));
}

std::unique_ptr<PinSource> PinFromTerminal(Lang lang) {
  return FromTerminal({"Code PIN (", "PIN ("}, lang);
}

std::unique_ptr<PinSource> PassphraseFromTerminal(Lang lang) {
  return FromTerminal({"Phrase secrète (", "Passphrase ("}, lang);
}

}  // namespace sceau::hsm
