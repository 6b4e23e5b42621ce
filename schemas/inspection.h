// `sceau inspect` and the Inspect call: what a file is and what is in it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/lang.h"
#include "base/status.h"
#include "schemas/acquit.h"
#include "schemas/acte.h"
#include "schemas/attachment_contents.h"
#include "schemas/budget.h"
#include "schemas/budget_rules.h"
#include "schemas/finding.h"
#include "schemas/pes.h"

namespace sceau::schemas {

struct Inspection {
  Kind kind = Kind::kOther;
  std::string schema_set;  // empty: not checked (InspectWithSchemas), or none matched
  std::string encoding;    // "ISO-8859-1", "UTF-8"; empty when it is not XML
  int64_t size = 0;        // bytes
  std::string sha256;      // of the file, lower-case hexadecimal
  // Of a PES_Aller; of a Chorus pivot the attachments; of any other document only the signatures.
  PesFacts pes;
  // Of a budget act and of the one in a CFU.
  std::optional<BudgetFacts> budget;
  // Of a PDF.
  std::shared_ptr<const OpenedContent> opened;
  std::optional<Acquit> acquit;   // of a PES_ACQUIT
  std::optional<ActeFacts> acte;  // of a message of @CTES
  std::vector<Finding> anomalies;
};

struct InspectOptions {
  // Whether what only a sender must keep is an error.
  BudgetUse use = BudgetUse::kReading;
  // Receives the same events, when given.
  xml::Handler* also = nullptr;
  // Look into PDF and ZIP contents; unset: only their type, size and digest.
  std::optional<OpenOptions> open;
};

// Reads the whole file once, in bounded memory, attachments included.
// Errors: those of the gates and of the parser.
StatusOr<Inspection> Inspect(const InputFile& file, const InspectOptions& options = {});

// The contract's JSON (one document, two-space indent, a final newline).
std::string ToJson(const Inspection& inspection, Lang lang);

}  // namespace sceau::schemas
