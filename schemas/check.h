// Schema and business rules: `sceau check`, and what is to be signed.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "schemas/acte_rules.h"
#include "schemas/agreement.h"
#include "schemas/compiled_schema.h"
#include "schemas/finding.h"
#include "schemas/inspection.h"
#include "schemas/sent_register.h"

namespace sceau::schemas {

struct CheckOptions {
  std::shared_ptr<const SchemaCatalog> catalog;
  std::string set;  // the one to check against; empty: every one that fits, newest first
  std::vector<Agreement> agreements;  // none: no local agreement is looked at
  std::shared_ptr<const SentRegister> sent;  // null: nothing is known of earlier files
  bool agreement_refuses = false;  // what lies outside the agreement is an error, else a warning
  std::string day;  // "2026-01-31": which sets are in force
  // What is to be signed: the signatures that are there already, and the rules on them, are passed
  // over. A verifier judges those; many that were accepted are not valid by the schema.
  bool before_signing = false;
  BudgetUse use = BudgetUse::kSending;          // of budget acts
  const std::atomic<bool>* unwanted = nullptr;  // once true, kCancelled
  std::optional<OpenOptions> open;  // look into the attachments
  // The files given with a message of @CTES; unset: the message is checked by itself.
  std::optional<std::vector<GivenFile>> given;
};

// The installed sets of a folder and the local agreements of a file; an empty name: none.
// Errors: those of SchemaCatalog::Load, kConfigInvalid of the agreements.
StatusOr<CheckOptions> LoadCheckOptions(const std::string& schema_folder,
                                        const std::string& agreement_file);

struct Check {
  Inspection inspection;           // schema_set: the set that matched; empty when none did
  std::vector<std::string> tried;  // in the order tried
  std::string nearest;             // the set whose errors are shown; empty when one matched
  std::vector<Finding> findings;   // of schema and rules, in the order of the document
  int64_t errors = 0;              // all of them, also those not shown

  bool passed() const { return errors == 0; }
};

// Reads the file once, once more when the newest set does not match, and once more for the paths
// when a rule is broken. Bounded memory, linear time.
// Errors: those of Inspect; kSchemaSetUnknown when `set` is not installed or does not know the
// document; kSchemaSetInvalid; kCancelled.
StatusOr<Check> CheckDocument(const InputFile& file, const CheckOptions& options);

// As Inspect, against the schema sets of `options` too: the set that matched, here and in each XML
// document of an attachment, and the errors of the nearest among the anomalies.
StatusOr<Inspection> InspectWithSchemas(const InputFile& file, const CheckOptions& options);

// The contract's JSON.
void WriteJson(const Check& check, Lang lang, const TextSink& sink);

}  // namespace sceau::schemas
