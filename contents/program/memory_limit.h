// What the program may hold at a time, counted by itself: the same whether the system's own limit
// (confinement.h) stands behind it or not.
#pragma once

#include <cstddef>

namespace sceau::contents {

// Of all that `new` has given and not taken back; bytes. What would pass it is not allocated: the
// new-handler runs, as when the system has no more. zlib and libarchive have their own small and
// bounded buffers, which are not counted.
inline constexpr size_t kMaxMemory = size_t{384} << 20;

}  // namespace sceau::contents
