#include "base/memory.h"

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace sceau {

void KeepMemoryPrivate() {
  (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
}

void ReturnMemoryEarly() {
  constexpr int kLarge = 128 * 1024;  // bytes; glibc's own value, which is now kept
  (void)::mallopt(M_MMAP_THRESHOLD, kLarge);
}

}  // namespace sceau
