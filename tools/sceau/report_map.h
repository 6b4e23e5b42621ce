// The parts of a file and what is known of each, for a picture of what signatures cover.
#pragma once

#include <string>
#include <vector>

#include "base/lang.h"
#include "verifier/report.h"

namespace sceau::cli {

enum class Shade { kOk, kUnsure, kBad, kNone };

Shade ShadeOf(verifier::Indication indication);
Shade ShadeOf(verifier::Verdict verdict);

struct FilePart {
  std::string name;  // as the document has it, or in words
  std::string what;  // "signature valide", "couvert par aucune signature"
  Shade shade = Shade::kNone;
};

struct FileMap {
  // Of a signature of the whole file; kNone: there is none.
  Shade whole = Shade::kNone;
  std::vector<FilePart> parts;  // in the order of the report
};
FileMap MapOf(const verifier::FileReport& report, Lang lang);

}  // namespace sceau::cli
