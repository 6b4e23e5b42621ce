// What the program that reads unknown contents takes away from itself before it looks at them.
#pragma once

namespace sceau::contents {

// From here on this process opens no file, makes no process, no connection and no executable
// memory, writes no file, gains no right, leaves no core, and ends when its limits or its parent
// do: at most 512 MiB of data and 10 s of processor time. Reading and writing what is open remains.
// False when the system refused any of it. Under the sanitizers, which need all these, only the
// limits that they bear are set.
bool Confine();

}  // namespace sceau::contents
