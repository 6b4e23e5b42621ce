// The cases of tests/policy/cases: facts, a question, the answer expected and its reasons.
//
// facts.toml holds the world that every case shares: [[record]], [signer.NAME], [document.NAME].
// A [[case]] of another file says what it adds ("facts"), what differs in the delegation of the
// world ("delegation") or in the document ("with"), who signs what and when.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "policy/decision.h"
#include "policy/register.h"

namespace sceau::policy {

struct Case {
  std::string name;
  std::shared_ptr<const Register> facts;
  Signer signer;
  DocumentFacts document;
  Element element;
  absl::Time at, known_at;
  std::string answer, role;
  std::vector<std::string> reasons;  // "CODE element act", "-" for what there is none of
};

// Throws what is wrong with the file, so that a case that cannot be read is a failed test.
std::vector<Case> ReadCases(const std::string& folder);
std::vector<std::string> ReasonsOf(const Decision& decision);

}  // namespace sceau::policy
