// A record of the register of competences, and how it stands at an instant.
#pragma once

#include <string>
#include <vector>

#include "policy/register.h"

namespace sceau::delegations {

struct Entry {
  policy::Record record;
  policy::Standing standing = policy::Standing::kUnknown;
  std::vector<std::string> revoked_by;  // ids of revocations that were known then
};

Entry EntryOf(const policy::Register& facts, const policy::Record& record,
              const policy::When& when);

}  // namespace sceau::delegations
