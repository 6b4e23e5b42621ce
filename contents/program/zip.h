// The members of a ZIP archive.
#pragma once

#include <string_view>

#include "contents/facts.h"

namespace sceau::contents {

// Every member is decompressed and counted; kTooLarge above kMaxMembers or kMaxZipBytes together.
Facts ReadZip(std::string_view content);

inline constexpr int64_t kMaxZipBytes = 256 << 20;

}  // namespace sceau::contents
