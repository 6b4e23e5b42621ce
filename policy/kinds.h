// The kinds of a supporting document, by the collectivité's rules.
#pragma once

#include <string_view>
#include <vector>

#include "policy/decision.h"
#include "policy/register.h"

namespace sceau::policy {

// '*' any text, '?' one byte; ASCII letters without case. Time is the product of the lengths.
bool MatchesPattern(std::string_view pattern, std::string_view text);

// Every rule that recognises the piece; none: its kind is unknown.
std::vector<const KindRule*> RulesFor(const Register& facts, std::string_view collectivite,
                                      const PieceFacts& piece, const When& when);

}  // namespace sceau::policy
