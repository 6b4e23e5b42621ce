// Which parts of a file are left out, and why.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "schemas/without.h"

namespace sceau::schemas {

struct Choice {
  std::vector<std::vector<Why>> pieces;  // by bordereau, then by piece
  std::vector<Why> documents;            // as the file's supporting documents
  std::vector<bool> still_referenced;    // the same, by a piece that stays

  bool Whole(size_t bordereau) const;    // nothing of it stays
  bool Changed(size_t bordereau) const;  // something of it goes
};

// `match`: of the acknowledgement, or null. Errors: see WriteWithout.
StatusOr<Choice> Choose(const PesParts& parts, const WithoutOptions& options,
                        const AcquitMatch* match);

}  // namespace sceau::schemas
