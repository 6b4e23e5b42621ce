#include "tools/sceau/console.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/strings.h"
#include "tools/sceau/display.h"

namespace sceau::cli {
namespace {

bool OnTerminal(int fd) { return ::isatty(fd) == 1; }

std::string ReadLine(int fd) {
  constexpr size_t kMaxAnswer = 64;
  std::string line;
  for (char c = 0; line.size() < kMaxAnswer;) {
    const ssize_t got = ::read(fd, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') break;
    line += c;
  }
  return line;
}

}  // namespace

void Console::Say(std::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fputc('\n', stderr);
}

void Console::Say(const Status& error) const {
  Say(Concat("sceau: ", Printable(Describe(error, lang_))));
  Say(Concat("  ", InfoOf(ReasonOf(error).value_or(Reason::kInternal)).remedy.In(lang_)));
}

bool Console::Interactive() const { return OnTerminal(STDIN_FILENO) && OnTerminal(STDERR_FILENO); }

bool Console::Ask(const Text& question) const {
  const FileDescriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
  if (!terminal) return false;
  // A key pressed before the question was shown answers nothing.
  (void)::tcflush(terminal.get(), TCIFLUSH);
  const std::string text = Concat(question.In(lang_), " ");
  if (::write(terminal.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return false;
  }
  return IsYes(ReadLine(terminal.get()));
}

void Console::Progress(const Text& what, size_t done, size_t total) const {
  if (!OnTerminal(STDERR_FILENO)) return;
  constexpr size_t kWidth = 30;
  const size_t filled = total == 0 ? kWidth : kWidth * done / total;
  const std::string line =
      Concat("\r", what.In(lang_), " [", std::string(filled, '#'),
             std::string(kWidth - filled, '.'), "] ", done, "/", total, done >= total ? "\n" : "");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

bool IsYes(std::string_view answer) {
  std::string word;
  for (char c : answer) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  constexpr std::string_view kYes[] = {"o", "oui", "y", "yes"};
  return std::find(std::begin(kYes), std::end(kYes), word) != std::end(kYes);
}

Status Print(const std::function<void(const TextSink&)>& write) {
  write([](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); });
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    return Error(Reason::kOutputUnwritable, Concat("-: ", std::strerror(errno)));
  }
  return OkStatus();
}

Status PrintToFile(const std::string& path, bool force,
                   const std::function<void(const TextSink&)>& write) {
  SCEAU_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path, force));
  Status result;
  write([&](std::string_view text) {
    if (result.ok()) result = file.Append(text);
  });
  SCEAU_RETURN_IF_ERROR(result);
  return file.Publish();
}

Status PrintError(const Status& error, Lang lang) {
  return Print([&](const TextSink& sink) {
    JsonStream json(sink);
    json.Field("error", ErrorJson(error, lang));
    json.Finish();
  });
}

}  // namespace sceau::cli
