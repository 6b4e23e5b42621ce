// sceau-contents pdf|zip: reads the content on standard input, says what is in it on standard
// output (contents/facts.h). Not made to be called by hand.
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

#include "contents/facts.h"
#include "contents/program/confinement.h"
#include "contents/program/pdf.h"
#include "contents/program/zip.h"

namespace sceau::contents {
namespace {

using FormatReader = Facts (*)(std::string_view);

// libqpdf makes of some a warning.
bool memory_was_short = false;

[[noreturn]] void OnShortMemory() {
  memory_was_short = true;
  throw std::bad_alloc();
}

Facts ReadWithin(FormatReader read, std::string_view content) {
  std::set_new_handler(OnShortMemory);
  try {
    Facts facts = read(content);
    if (memory_was_short) return {Outcome::kTooLarge};
    return facts;
  } catch (const std::bad_alloc&) {
    return {Outcome::kTooLarge};
  } catch (const std::exception&) {
    return {memory_was_short ? Outcome::kTooLarge : Outcome::kUnreadable};
  }
}

int Main(std::string_view what) {
  const FormatReader read = what == "pdf" ? ReadPdf : what == "zip" ? ReadZip : nullptr;
  struct stat info {};
  if (read == nullptr || ::fstat(STDIN_FILENO, &info) != 0 || info.st_size <= 0) return 64;
  const auto size = static_cast<size_t>(info.st_size);
  void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
  if (mapped == MAP_FAILED || !Confine()) return 70;
  const std::string answer = Write(ReadWithin(read, {static_cast<const char*>(mapped), size}));
  for (size_t at = 0; at < answer.size();) {
    const ssize_t written = ::write(STDOUT_FILENO, answer.data() + at, answer.size() - at);
    if (written <= 0) return 70;
    at += static_cast<size_t>(written);
  }
  return 0;
}

}  // namespace
}  // namespace sceau::contents

int main(int argc, char** argv) {
  // Without its cleaning up: the answer is given, and what is left is not worth a fault.
  std::_Exit(sceau::contents::Main(argc == 2 ? argv[1] : ""));
}
