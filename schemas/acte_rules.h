// What @CTES refuses: names, number and types of the files of a message, and their contents.
#pragma once

#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "schemas/acte.h"
#include "schemas/attachment_contents.h"
#include "schemas/finding.h"

namespace sceau::schemas {

// Of the message by itself, in the order of the document; for AnomalieActe what it reports.
std::vector<Finding> CheckActe(const ActeFacts& facts);

// One of its files, at the place where the message names it: its type by content, and what is in
// it (a PDF that is locked, a virus). What was found goes to `findings`.
StatusOr<ContentType> CheckActeFile(const InputFile& file, const std::string& name,
                                    const Place& place, const OpenOptions& open,
                                    std::vector<Finding>& findings);

}  // namespace sceau::schemas
