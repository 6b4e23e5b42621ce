// Records of the register of competences as the command shows them.
#pragma once

#include <string>

#include "base/json.h"
#include "base/lang.h"
#include "policy/register.h"

namespace sceau::cli {

// The record as its line has it, and of a delegation always `act_verified`.
Json RecordJson(const policy::Record& record);
// {"record", "standing", "revokedBy"}
Json EntryJson(const policy::Register& facts, const policy::Record& record,
               const policy::When& when);
// One line: standing, type, id, what it says.
std::string EntryText(const policy::Register& facts, const policy::Record& record,
                      const policy::When& when, Lang lang);
// A line for each field.
std::string EntryPage(const policy::Register& facts, const policy::Record& record,
                      const policy::When& when, Lang lang);

}  // namespace sceau::cli
