// Writes valid PES V2 files (PES_Aller) of any size.
//
// The same specification gives the same bytes. Memory does not depend on the size of the file:
// nothing is held but a buffer of about 100 KiB and the place reached.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "tools/gen/spec.h"

namespace sceau::gen {

// Takes the next bytes of the file; an error ends the generation and is returned unchanged.
using Sink = std::function<Status(std::string_view bytes)>;

struct PesSummary {
  int64_t bytes = 0;
  int64_t bordereaux = 0;
  int64_t pieces = 0;
  int64_t lines = 0;
  int64_t attachments = 0;
};

// Errors: those of CheckSpec and of the sink.
StatusOr<PesSummary> WritePes(const PesSpec& spec, const Sink& sink);
// A small file, in memory.
StatusOr<std::string> PesText(const PesSpec& spec);

}  // namespace sceau::gen
