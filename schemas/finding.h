// What is wrong or remarkable in a document: a stable rule, a place, and the value concerned.
#pragma once

#include <string>
#include <string_view>

#include "base/lang.h"
#include "base/status.h"

namespace sceau::schemas {

enum class Severity { kError, kWarning, kInfo };
std::string_view NameOf(Severity severity);  // "ERROR", "WARNING", "INFO"

struct Finding {
  Severity severity = Severity::kError;
  std::string rule;  // stable name, e.g. "INFO_DEMATERIALISEE_MISSING"
  Place place;
  std::string detail;  // language-neutral: the value, the Id, what a schema asks
  std::string value;   // of the place, where a value is what is wrong
};

// The sentence of the rule, then the detail.
std::string Describe(const Finding& finding, Lang lang);

}  // namespace sceau::schemas
