#include "tests/support/shim.h"

#include <dlfcn.h>

#include <new>

#include "tests/support/require.h"

namespace sceau::test {

std::string ShimPath() { return SCEAU_SHIM; }

Shim& FreshShim() {
  // Kept loaded, so that p11-kit gets the same copy.
  void* module = ::dlopen(SCEAU_SHIM, RTLD_NOW | RTLD_LOCAL);
  Require(module != nullptr, SCEAU_SHIM);
  using Switches = Shim* (*)();
  const auto switches = reinterpret_cast<Switches>(::dlsym(module, "SceauTestShim"));
  Require(switches != nullptr, "SceauTestShim");
  Shim* shim = switches();
  Require(shim->hanging == 0, "a call of an earlier test still hangs");
  shim->~Shim();
  return *new (shim) Shim;
}

}  // namespace sceau::test
