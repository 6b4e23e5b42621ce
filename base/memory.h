// How the process treats its memory. Each called once, early in main.
#pragma once

namespace sceau {

// Memory may hold a PIN or a document: no core dump, and no other process of the same user may look
// into this one (PR_SET_DUMPABLE 0, RLIMIT_CORE 0).
void KeepMemoryPrivate();

// Gives large blocks back to the system as soon as they are freed. glibc would raise its threshold
// with every such block and keep them: a file of 20 000 signatures then costs 2 KB for each of them
// instead of 1.3 KB.
void ReturnMemoryEarly();

}  // namespace sceau
