// Records of the register of competences as the command shows them.
#pragma once

#include <string>

#include "base/json.h"
#include "base/lang.h"
#include "delegations/entry.h"

namespace sceau::cli {

// The record as its line has it, and of a delegation always `act_verified`.
Json RecordJson(const policy::Record& record);
// {"record", "standing", "revokedBy"}
Json EntryJson(const delegations::Entry& entry);
// One line: standing, type, id, what it says.
std::string EntryText(const delegations::Entry& entry, Lang lang);
// A line for each field.
std::string EntryPage(const delegations::Entry& entry, Lang lang);

}  // namespace sceau::cli
