// `sceau verify` for a person: the verdict, who signed what, what is claimed and what is not
// covered.
#pragma once

#include "base/json.h"
#include "base/lang.h"
#include "verifier/report.h"

namespace sceau::cli {

// Written file by file, signature by signature.
void WriteReportText(const std::vector<verifier::FileReport>& reports, Lang lang,
                     const TextSink& sink);

}  // namespace sceau::cli
