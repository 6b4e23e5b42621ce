// Whether one person holds one power over one element, and by which act.
//
// A need is founded by one act or not at all: two delegations are never put together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/decision.h"
#include "policy/register.h"

namespace sceau::policy {

// One power that signing an element takes.
struct Need {
  std::string element;                        // named in the findings
  std::optional<Power> power;                 // none: the matter alone (a budget act)
  std::string matter;                         // empty: any
  std::vector<std::string> kinds;             // kExecutory: all of them
  const BordereauFacts* bordereau = nullptr;  // whose type and sums count
};

// Where the document belongs.
struct Setting {
  std::string collectivite, budget;  // ids
  const Collectivite* rules = nullptr;
  const std::vector<std::string>* acts = nullptr;  // sha256 of those that travel or are cited
};

struct Foundation {
  bool founded = false;
  bool act_missing = false;  // founded, but the act neither travels nor is cited
  std::vector<Finding> findings;
  const Office* office = nullptr;          // that the signer holds, or acts for
  const Delegation* delegation = nullptr;  // null: by the signer's own mandate
};

Foundation FindFoundation(const Register& facts, std::string_view person, const Need& need,
                          const Setting& setting, const When& when);

}  // namespace sceau::policy
