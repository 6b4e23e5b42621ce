// The report as one HTML page that needs nothing else: no script, no font, no picture of its own.
// Everything that comes from a document is shown as text, whatever it holds.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/lang.h"
#include "tools/sceau/file_outcome.h"
#include "verifier/audit_evidence.h"
#include "verifier/report.h"

namespace sceau::cli {

// Signatures that say the same are shown once; at most this many different ones, and this many
// parts in the picture of the file. What is left out is counted.
inline constexpr size_t kMaxCards = 100;
inline constexpr size_t kMaxParts = 60;

// The page in its order: head, summary (of more than one file), audit log (where one was given),
// files, foot.
void WriteHtmlHead(Lang lang, const TextSink& sink);
void WriteHtmlSummary(const std::vector<FileOutcome>& files, Lang lang, const TextSink& sink);
void WriteHtmlLog(const verifier::LogAccount& log, Lang lang, const TextSink& sink);
void WriteHtmlFile(const verifier::FileReport& report, Lang lang, const TextSink& sink);
void WriteHtmlFoot(Lang lang, const TextSink& sink);

}  // namespace sceau::cli
