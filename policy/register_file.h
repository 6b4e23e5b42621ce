// The register of competences as a file: one record a line (policy/record_json.h), only added to.
//
// A line is on the disk before Append returns; a last line that a crash cut short was never
// acknowledged, and goes with the next Append. Any other line that cannot be read makes the whole
// file unreadable (DELEGATION_INVALID with its number), so that no revocation is ever skipped.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "policy/register.h"

namespace sceau::policy {

// Of a file that does not exist: COMPETENCE_UNAVAILABLE.
StatusOr<std::shared_ptr<const Register>> ReadRegisterFile(const std::string& path);

// Adds all of them or none, and answers the register as it then is; a file that does not exist is
// made, for its owner alone. What the register would refuse is not written. Processes that append
// at the same time take turns. COMPETENCE_UNAVAILABLE when it cannot be written.
StatusOr<std::shared_ptr<const Register>> AppendToRegisterFile(const std::string& path,
                                                               const std::vector<Record>& records);

}  // namespace sceau::policy
