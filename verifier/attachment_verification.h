// The signatures inside the attachments of a PES: of PDF files, and of XML documents (a budget act).
#pragma once

#include "base/file.h"
#include "base/status.h"
#include "verifier/report.h"
#include "verifier/verifier.h"

namespace sceau::verifier {

// Reads the file once more and appends to `report.attachments` a report on every content that
// carries signatures or a seal. A content above kMaxSignedContent is a finding. Errors: those of
// the parser.
Status VerifyAttachments(const InputFile& file, const VerifyOptions& options, FileReport& report);

inline constexpr int64_t kMaxSignedContent = 256 << 20;  // bytes
inline constexpr size_t kMaxSignedContents = 1000;       // of one file

}  // namespace sceau::verifier
