// Detached signatures: of a file beside the document, which whoever asks has given.
#pragma once

#include <vector>

#include "base/status.h"
#include "verifier/report.h"
#include "verifier/scan.h"
#include "verifier/verifier.h"

namespace sceau::verifier {

// Compares each detached signature with its file, or notes that it was not given. Each file is
// digested once for each algorithm. Error: kInputUnreadable.
Status CompareDetached(const std::vector<GivenContent>& contents, Scan& scan);

// The file that this signature is of, by its name or because it is the only one; nullptr: it was
// not given.
const GivenContent* FindContent(const std::vector<GivenContent>& contents,
                                const ScannedSignature& signature, const ContentReference& content);

// What no signature of a file says anything of: the message of @CTES that names it, and the files
// that it names without a signature.
void DescribeMessage(const Scan& scan, FileReport& report);

}  // namespace sceau::verifier
