// The output is the input after a list of edits; nothing is ever re-serialised.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "xml/gate.h"

namespace sceau::xml {

// An edit that was made: at `offset` of the input, `removed` (mostly empty) was taken out, and the
// output's bytes [output_offset, output_offset + inserted_size) were put in its place.
struct Edit {
  int64_t offset = 0;
  std::string removed;
  int64_t output_offset = 0;
  int64_t inserted_size = 0;
};

// An edit to be made. Bytes in the file's own encoding; the inserted ones are made when its turn
// comes, so that a thousand signatures need not be in memory at once.
struct PlannedEdit {
  int64_t offset = 0;
  std::string removed;
  std::function<StatusOr<std::string>()> inserted;
  int64_t cut = 0;  // more bytes taken out, after `removed`, that nobody keeps
};

// Copies `input` to `output` with the edits (in order of offset; two at one offset keep theirs).
// Errors: kInputChanged when `removed` is not what stands in the input, kInputUnreadable,
// kOutputUnwritable; those of `inserted`.
struct Spliced {
  std::vector<Edit> edits;   // as they were made; undoing them gives the input back
  std::string input_sha256;  // raw, of the bytes that were copied and removed
};
StatusOr<Spliced> Splice(const InputFile& input, const std::vector<PlannedEdit>& edits,
                         OutputFile& output);

// UTF-8 to the file's encoding; what ISO-8859-1 lacks becomes a character reference. Only for
// character data and attribute values (never for names).
std::string Encode(std::string_view utf8, Encoding encoding);

}  // namespace sceau::xml
