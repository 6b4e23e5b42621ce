// What a PDF is and holds (libqpdf).
#pragma once

#include <string_view>

#include "contents/facts.h"

namespace sceau::contents {

// kTooLarge above kMaxPages, or when content streams decompress to more than kMaxDecoded together.
// May throw what libqpdf and the standard library throw.
Facts ReadPdf(std::string_view content);

inline constexpr size_t kMaxPages = 20'000;
inline constexpr size_t kMaxDecoded = 256 << 20;  // bytes

}  // namespace sceau::contents
