// The only function that opens XML: the gates, then one pass of events with byte offsets (Expat).
//
// Memory is bounded whatever the file's size: one read buffer, the open elements' names, the
// namespaces in scope. Entities do not exist (a DOCTYPE never passes); nothing but the file is
// read. Errors: those of xml/gate.h, kNotXml with the place, kXmlLimitExceeded, and whatever the
// handler returns.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/file.h"
#include "xml/canonical.h"
#include "xml/events.h"
#include "xml/gate.h"

namespace sceau::xml {

// Far above any real document of the field, far below what costs (docs/security.md, P-27).
struct Limits {
  int max_depth = 512;
  int max_attributes = 1024;             // of one element, declarations included
  int64_t max_markup = 4 * 1024 * 1024;  // bytes of one tag, comment or instruction
};

// Reads the whole file once. The gate's findings are returned. `raw`, when given, receives the very
// bytes that were parsed.
StatusOr<Gate> Parse(const InputFile& file, Handler& handler, const Limits& limits = {},
                     OctetSink* raw = nullptr);

// The same for a text that the program made itself or has in memory (UTF-8, no declaration).
Status ParseText(std::string_view text, Handler& handler, const Limits& limits = {});

}  // namespace sceau::xml
