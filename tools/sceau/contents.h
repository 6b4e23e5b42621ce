// --content: the files beside a document, which detached signatures are of and messages name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/sceau/command.h"
#include "verifier/verifier.h"

namespace sceau::cli {

void AddContents(CLI::App* verb, const Command& command, std::vector<std::string>& contents);

// Errors: those of InputFile::Open; kUsage when two have the same name.
StatusOr<std::vector<verifier::GivenContent>> OpenContents(const std::vector<std::string>& paths,
                                                           int64_t max_size);

}  // namespace sceau::cli
