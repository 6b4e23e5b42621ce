// Where the schema sets of this machine lie.
#pragma once

#include <string>

#include "tools/sceau/command.h"

namespace sceau::cli {

// --schemas DIR
void AddSchemaFolder(CLI::App* verb, const Command& command, std::string& folder);

// `named` (--schemas), else `schemas` of the configuration, else $XDG_DATA_HOME/sceau/schemas, else
// ~/.local/share/sceau/schemas; empty when there is no home.
std::string SchemaFolder(const std::string& named, const Config& config);

}  // namespace sceau::cli
