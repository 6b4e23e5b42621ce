// The files that a command line names, folders included.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"

namespace sceau::cli {

struct InputFiles {
  std::vector<std::string> files;  // those named as they are named; of a folder, in order of name
  size_t left_out = 0;             // files in folders that are neither XML nor PDF by their content
};

// A folder stands for the XML and PDF files in it and in its folders, told by their first bytes;
// links in it are not followed. A file that is named is taken whatever it is.
// Error: kInputUnreadable for a folder that cannot be read or has none.
StatusOr<InputFiles> ExpandFolders(const std::vector<std::string>& named);

}  // namespace sceau::cli
