// The verbs under `sceau pes` that have a file of their own.
#pragma once

#include "tools/sceau/command.h"

namespace sceau::cli {

void AddWithout(CLI::App& group, Command& command);
void AddAnswers(CLI::App& group, Command& command);

}  // namespace sceau::cli
