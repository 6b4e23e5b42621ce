// The accountant's acknowledgement (PES_ACQUIT) of a generated file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tools/gen/generator.h"
#include "tools/gen/plan.h"
#include "tools/gen/spec.h"

namespace sceau::gen {

struct AcquitSpec {
  // What is refused; all the rest is accepted.
  struct Refusal {
    Domain domain = Domain::kDepense;
    int64_t bordereau = 0;  // from 0, in its domain
    int64_t piece = -1;     // from 0, in the bordereau; -1: the bordereau as such
  };
  std::vector<Refusal> refusals;
  std::vector<int64_t> refused_attachments;  // from 0
};

// Adds "D2/3" (third piece of the second bordereau of mandats), "R1" (the first bordereau of
// titres) or "PJ4" (the fourth attachment). Error: kUsage.
Status AddRefusal(std::string_view text, AcquitSpec& spec);

Status WriteAcquit(const PesSpec& pes, const AcquitSpec& acquit, const Sink& sink);
StatusOr<std::string> AcquitText(const PesSpec& pes, const AcquitSpec& acquit);

}  // namespace sceau::gen
