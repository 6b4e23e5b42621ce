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

// At `offset` of the input, `removed` is taken out and `inserted` put in its place (either may be
// empty). Bytes in the file's own encoding.
struct Edit {
  int64_t offset = 0;
  std::string removed;
  std::string inserted;
};

// An edit whose inserted bytes are made when its turn comes, so that a thousand signatures need
// not be in memory at once.
struct PlannedEdit {
  int64_t offset = 0;
  std::string removed;
  std::function<StatusOr<std::string>()> inserted;
};

// Copies `input` to `output` with the edits (in order of offset; two at one offset keep theirs).
// `removed` must be what stands in the input, else kInputChanged.
// `report`, when given, sees each edit as it was made.
Status Splice(const InputFile& input, const std::vector<PlannedEdit>& edits, OutputFile& output,
              const std::function<void(const Edit&)>& report = {});

// The SHA-256 (raw) of what Splice's output was made from: the output with every edit undone.
StatusOr<std::string> DigestWithoutEdits(const InputFile& output, const std::vector<Edit>& edits);

// UTF-8 to the file's encoding; what ISO-8859-1 lacks becomes a character reference. Only for
// character data and attribute values (never for names).
std::string Encode(std::string_view utf8, Encoding encoding);

}  // namespace sceau::xml
