// `sceau check`: schema and business rules, before signing or sending.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "schemas/agreement.h"
#include "schemas/compiled_schema.h"
#include "schemas/finding.h"
#include "schemas/inspection.h"

namespace sceau::schemas {

struct CheckOptions {
  std::shared_ptr<const SchemaCatalog> catalog;
  std::string set;  // the one to check against; empty: every one that fits, newest first
  std::vector<Agreement> agreements;  // none: no local agreement is looked at
  std::string day;  // "2026-01-31": which sets are in force
};

struct Check {
  Inspection inspection;           // schema_set: the set that matched; empty when none did
  std::vector<std::string> tried;  // in the order tried
  std::string nearest;             // the set whose errors are shown; empty when one matched
  std::vector<Finding> findings;   // of schema and rules, in the order of the document
  int64_t errors = 0;              // all of them, also those not shown

  bool passed() const { return errors == 0; }
};

// Reads the file once, and once more when the newest set does not match. Bounded memory, linear time.
// Errors: those of Inspect; kSchemaSetUnknown when `set` is not installed or does not know the
// document; kSchemaSetInvalid.
StatusOr<Check> CheckDocument(const InputFile& file, const CheckOptions& options);

// The contract's JSON.
void WriteJson(const Check& check, Lang lang, const TextSink& sink);

}  // namespace sceau::schemas
