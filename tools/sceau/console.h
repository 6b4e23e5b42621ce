// What the command says to a person: messages and progress on standard error, questions on the
// terminal. Results go to standard output, through Print.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/lang.h"
#include "base/status.h"

namespace sceau::cli {

class Console {
 public:
  explicit Console(Lang lang) : lang_(lang) {}
  Lang lang() const { return lang_; }

  // A message, on a line of its own.
  void Say(std::string_view text) const;
  void Say(const Text& text) const { Say(text.In(lang_)); }
  // The failure, then what to do about it.
  void Say(const Status& error) const;

  // Whether somebody can be asked: standard input and standard error are a terminal.
  bool Interactive() const;
  // Asks on the controlling terminal; anything but a clear yes is no. Without a terminal: no.
  bool Ask(const Text& question) const;
  // "Signature 3/12", overwritten in place; nothing unless standard error is a terminal.
  void Progress(const Text& what, size_t done, size_t total) const;

 private:
  Lang lang_;
};

// "oui", "o", "yes", "y", in any case.
bool IsYes(std::string_view answer);

// Hands what `write` writes to standard output. Error: kOutputUnwritable.
Status Print(const std::function<void(const TextSink&)>& write);
// The same into the file of this name, which appears whole or not at all.
// Errors: kOutputExists, kOutputUnwritable.
Status PrintToFile(const std::string& path, bool force,
                   const std::function<void(const TextSink&)>& write);
// The document of a command that failed: {"error": {...}}, on standard output.
Status PrintError(const Status& error, Lang lang);

}  // namespace sceau::cli
