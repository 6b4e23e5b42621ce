// What the verbs of `sceau delegation` share, and where each is added.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "policy/register.h"
#include "tools/client/client.h"
#include "tools/sceau/command.h"

namespace sceau::cli {

// Where the register is: a file here, or kept by the service.
struct RegisterOptions {
  std::string path;  // --register
  ServerOptions server;
};
void AddRegister(CLI::App* verb, const Command& command, RegisterOptions& options);
// --register; else `register` of the configuration. Error kUsage when there is neither.
StatusOr<std::string> RegisterPathOf(const std::string& given, const Config& config);
// Of --server. Errors: those of ClientOptionsOf.
StatusOr<client::Options> ServiceOf(const RegisterOptions& options, const Config& config);

// "2026-03-01" in the time zone of the collectivité, or RFC 3339. Error kUsage, naming the option.
StatusOr<absl::Time> ParseRegisterTime(std::string_view option, const std::string& text,
                                       const policy::Register& facts);

void AddDelegationAdd(CLI::App& group, Command& command);
void AddDelegationExplain(CLI::App& group, Command& command);
void AddDelegationImport(CLI::App& group, Command& command);

}  // namespace sceau::cli
