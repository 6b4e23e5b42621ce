// A small valid PDF (ISO 32000-1) of an exact size: a page of French text, then a stream of noise
// that no page uses.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/gen/random.h"

namespace sceau::gen {

struct PdfText {
  std::string title;
  std::vector<std::string> lines;  // UTF-8; what ISO-8859-1 lacks becomes '?'
};

// Text and noise come apart, because only the text is worth compressing.
struct PdfSink {
  std::function<void(std::string_view)> text;
  std::function<void(std::string_view)> noise;
};

// Writes exactly `size` bytes, in pieces; `size` is at least kMinAttachmentSize (and the text short
// enough for it: about 400 characters).
void WritePdf(const PdfText& text, int64_t size, Random noise, const PdfSink& sink);

}  // namespace sceau::gen
