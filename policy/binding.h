// Whose certificate it is, and which offices that person holds.
#pragma once

#include <string_view>
#include <vector>

#include "policy/decision.h"
#include "policy/register.h"

namespace sceau::policy {

using Findings = std::vector<Finding>;

// The one binding of the certificate that holds; null, and why in `findings`.
const Record* FindBinding(const Register& facts, const Signer& signer, const When& when,
                          Findings& findings);

// By a mandate of the office.
bool HoldsOffice(const Register& facts, std::string_view person, std::string_view office,
                 const When& when);

}  // namespace sceau::policy
