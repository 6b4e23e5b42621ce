// What the verbs share: the language, the configuration, and how a verb hands over its work.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "base/lang.h"
#include "base/status.h"
#include "tools/sceau/config.h"
#include "tools/sceau/remote.h"

namespace sceau::cli {

struct Command {
  Lang lang = Lang::kFr;
  std::string lang_name;    // --lang, read before anything else (see main.cc)
  std::string config_path;  // --config
  bool json = false;        // --json
  // Set by the verb that was called: does the work and gives the exit code.
  std::function<StatusOr<int>()> run;

  std::string_view In(const Text& text) const { return text.In(lang); }
};

// A verb under `parent`, with --help, --lang and --config; `example` ends its help.
CLI::App* AddVerb(CLI::App& parent, Command& command, const std::string& name,
                  const Text& description, const Text& example);
// An option with a value, shown as `value` in the help.
template <typename T>
CLI::Option* AddValue(CLI::App* verb, const Command& command, const std::string& name, T& target,
                      const Text& value, const Text& description) {
  return verb->add_option(name, target, std::string(command.In(description)))
      ->option_text(std::string(command.In(value)));
}
// A positional argument: a file.
template <typename T>
CLI::Option* AddFile(CLI::App* verb, const Command& command, T& target, const Text& description) {
  return verb->add_option("FILE", target, std::string(command.In(description)))
      ->type_name("")
      ->required();
}
CLI::Option* AddFlag(CLI::App* verb, const Command& command, const std::string& name, bool& target,
                     const Text& description);
void AddJson(CLI::App* verb, Command& command);
// What the verb does when it is called.
template <typename Options>
void OnCall(CLI::App* verb, Command& command, const std::shared_ptr<Options>& options,
            StatusOr<int> (*work)(const Options&, const Command&)) {
  verb->callback([&command, options, work] {
    command.run = [&command, options, work] { return work(*options, command); };
  });
}

// --server and --tls-*; the TLS files default to the configuration's.
struct ServerOptions {
  std::string server, ca, certificate, key;
  bool given() const { return !server.empty(); }
};
void AddServer(CLI::App* verb, const Command& command, ServerOptions& options);
Connection ConnectionOf(const ServerOptions& options, const Config& config);

// RFC 3339, as in 2026-01-01T00:00:00Z. Error kUsage, naming the option.
StatusOr<absl::Time> ParseTime(std::string_view option, const std::string& text);

// One per file of this folder.
void AddInspect(CLI::App& app, Command& command);
void AddCheck(CLI::App& app, Command& command);
void AddSign(CLI::App& app, Command& command);
void AddVerify(CLI::App& app, Command& command);
void AddKey(CLI::App& app, Command& command);
void AddToken(CLI::App& app, Command& command);
void AddTokenPins(CLI::App& app, Command& command);  // after AddToken
void AddTrust(CLI::App& app, Command& command);
void AddTrustRefresh(CLI::App& app, Command& command);  // after AddTrust
void AddSchemas(CLI::App& app, Command& command);
void AddProfile(CLI::App& app, Command& command);
void AddBudget(CLI::App& app, Command& command);
void AddPes(CLI::App& app, Command& command);
void AddDelegation(CLI::App& app, Command& command);
void AddAudit(CLI::App& app, Command& command);
void AddAccess(CLI::App& app, Command& command);

}  // namespace sceau::cli
