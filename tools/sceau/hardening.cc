#include "tools/sceau/hardening.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace sceau::cli {

void KeepMemoryPrivate() {
  (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace sceau::cli
