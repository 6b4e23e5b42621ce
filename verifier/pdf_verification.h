// Judges the signatures of a PDF (PAdES B and T, ETSI EN 319 142-1; a plain CMS signature too). The
// signature dictionaries are found in a confined process (contents/reader.h); the certificate, its
// chain, revocation and time are judged as those of any signature.
#pragma once

#include <string>

#include "base/file.h"
#include "verifier/report.h"
#include "verifier/verifier.h"

namespace sceau::verifier {

// As Verify, for a file that begins as a PDF does.
FileReport VerifyPdf(const InputFile& file, const std::string& name, const VerifyOptions& options);

}  // namespace sceau::verifier
