// The JSON of verification reports, written as it is made.
#pragma once

#include <vector>

#include "base/json.h"
#include "verifier/report.h"

namespace sceau::verifier {

// As ToJson, but at most one signature is in memory at a time.
//
// A refused file carries "error", and the document carries the first of them as its own "error",
// as every document of a command that fails does.
void WriteJson(const std::vector<FileReport>& reports, Lang lang, const TextSink& sink);

}  // namespace sceau::verifier
