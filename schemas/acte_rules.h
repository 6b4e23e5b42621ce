// What @CTES refuses: names, number and types of the files of a message, and their contents.
#pragma once

#include <memory>
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
// it (a PDF that is locked, a virus). What was found goes to `findings`. Error kInputUnreadable.
StatusOr<ContentType> CheckActeFile(const InputFile& file, const std::string& name,
                                    const Place& place, const OpenOptions& open,
                                    std::vector<Finding>& findings);

// A file that travels beside a message.
struct GivenFile {
  std::string name;  // in its folder
  std::shared_ptr<const InputFile> file;
};

// The files of a message against those given: each that it names is checked as above or said to be
// not given, each that it does not name is said at its root. Error kInputUnreadable.
Status CheckActeFiles(const ActeFacts& facts, const std::vector<GivenFile>& given,
                      const OpenOptions& open, std::vector<Finding>& findings);

}  // namespace sceau::schemas
