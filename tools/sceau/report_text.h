// `sceau verify` for a person: the verdict, who signed what, what is claimed and what is not
// covered.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/lang.h"
#include "tools/sceau/file_outcome.h"
#include "verifier/report.h"

namespace sceau::cli {

// Written signature by signature.
void WriteReportText(const verifier::FileReport& report, Lang lang, const TextSink& sink);

// A table of many files: one line each, then how many have which verdict.
void WriteSummaryText(const std::vector<FileOutcome>& files, Lang lang, const TextSink& sink);

}  // namespace sceau::cli
