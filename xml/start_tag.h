// The bytes of a start tag: where the value of an attribute stands, for who edits it.
#pragma once

#include <optional>
#include <string_view>

#include "xml/events.h"

namespace sceau::xml {

// The value of the attribute written `qname` (ASCII), without its quotes, as a range of `tag`: the
// bytes from '<' to '>' of a well-formed start tag, in an encoding that has ASCII's.
std::optional<ByteRange> AttributeValue(std::string_view tag, std::string_view qname);

}  // namespace sceau::xml
