// Reads the seal of a file, and seals one.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "base/file.h"
#include "base/status.h"
#include "schemas/seal.h"
#include "xml/splice.h"

namespace sceau::schemas {

// Of a budget act or a CFU. Errors: those of the parser; kDocumentUnknown for any other document.
StatusOr<Seal> ReadSeal(const InputFile& file);

struct Sealed {
  Seal seal;              // as it was read from the output
  xml::Edit edit;         // the one that was made
  bool replaced = false;  // there was a seal already
};

// Copies a budget act to `output` with its seal, and reads it there; the caller publishes. Every
// other byte stays as it was. A seal that is there is replaced.
// Errors: those of ReadSeal; kDocumentNotSupported for a CFU, which others seal; kAlreadySigned:
// sealing a signed document would break its signatures; kElementMalformed when there is no
// EnTeteDocBudgetaire or more than one seal; kInputChanged, kOutputUnwritable, kOutputCheckFailed.
StatusOr<Sealed> WriteSeal(const InputFile& input, absl::Time time, OutputFile& output);

}  // namespace sceau::schemas
