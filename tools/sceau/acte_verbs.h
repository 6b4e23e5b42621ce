// sceau acte
#pragma once

#include "tools/sceau/command.h"

namespace sceau::cli {

void AddActe(CLI::App& app, Command& command);

}  // namespace sceau::cli
