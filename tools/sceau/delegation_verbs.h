// What the verbs of `sceau delegation` share, and where each is added.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "policy/register.h"
#include "tools/sceau/command.h"

namespace sceau::cli {

// --register; else `register` of the configuration. Error kUsage when there is neither.
void AddRegister(CLI::App* verb, const Command& command, std::string& path);
StatusOr<std::string> RegisterPathOf(const std::string& given, const Config& config);

// The instant and what was known at it: --at, --known-at; else now.
StatusOr<policy::When> WhenOf(const std::string& at, const std::string& known_at, absl::Time now);
// "2026-03-01" in the time zone of the collectivité, or RFC 3339. Error kUsage, naming the option.
StatusOr<absl::Time> ParseRegisterTime(std::string_view option, const std::string& text,
                                       const policy::Register& facts);

void AddDelegationAdd(CLI::App& group, Command& command);
void AddDelegationExplain(CLI::App& group, Command& command);
void AddDelegationImport(CLI::App& group, Command& command);

}  // namespace sceau::cli
