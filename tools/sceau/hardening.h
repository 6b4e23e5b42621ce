// A process that will hold a PIN leaves no trace of its memory.
#pragma once

namespace sceau::cli {

// No core dump, and no other process of the same user may look into this one
// (PR_SET_DUMPABLE 0, RLIMIT_CORE 0).
void KeepMemoryPrivate();

}  // namespace sceau::cli
