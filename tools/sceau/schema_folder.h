// Where the schema sets of this machine lie.
#pragma once

#include <memory>
#include <string>

#include "schemas/check.h"
#include "tools/sceau/command.h"

namespace sceau::cli {

// --schemas DIR
void AddSchemaFolder(CLI::App* verb, const Command& command, std::string& folder);

// `named` (--schemas), else `schemas` of the configuration, else $XDG_DATA_HOME/sceau/schemas, else
// ~/.local/share/sceau/schemas; empty when there is no home.
std::string SchemaFolder(const std::string& named, const Config& config);

// The sets, the local agreements (`agreements`, else the configuration's) and, where state_folder is
// configured, the register of what was sent.
StatusOr<schemas::CheckOptions> CheckOptionsOf(const std::string& schema_folder,
                                               const std::string& agreements, const Config& config);
// The register, or null when no state folder is configured. Error: kSentRegisterUnusable.
StatusOr<std::shared_ptr<schemas::SentRegister>> SentRegisterOf(const Config& config);

}  // namespace sceau::cli
