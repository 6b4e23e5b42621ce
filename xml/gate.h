// The gates before the parser: nothing is parsed that has not passed them.
//
// Refused: an encoding other than ISO-8859-1 or UTF-8, declared or by its byte-order mark
// (kEncodingRefused); a DOCTYPE (kDoctypeRefused); a first byte that is not the start of an XML
// document, or a prolog longer than kMaxProlog (kNotXml). At most kMaxProlog bytes are read.
#pragma once

#include <cstddef>

#include "base/file.h"
#include "base/status.h"

namespace sceau::xml {

enum class Encoding { kUtf8, kLatin1 };

std::string_view NameOf(Encoding encoding);  // "UTF-8", "ISO-8859-1"

inline constexpr size_t kMaxProlog = 64 * 1024;  // bytes before the document element

struct Gate {
  Encoding encoding = Encoding::kUtf8;
  bool byte_order_mark = false;
};

// Also kInputUnreadable.
StatusOr<Gate> PassGate(const InputFile& file);

}  // namespace sceau::xml
