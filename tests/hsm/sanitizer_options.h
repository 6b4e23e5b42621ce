// What the sanitizers are told of modules that are not ours.
#pragma once

namespace sceau::hsm {

// SoftHSM2 2.6 loses the parameters of Ed25519 keys, in whatever thread calls it, and other modules
// of the machine what they please: a process that used one is not asked for leaks. (Under ctest every
// case is a process.)
inline bool module_has_leaked = false;

}  // namespace sceau::hsm
