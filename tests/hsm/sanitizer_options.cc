#include "tests/hsm/sanitizer_options.h"

#include <dlfcn.h>

#include "tests/support/soft_token.h"

namespace sceau::hsm {
namespace {

// ThreadSanitizer gives up when a library that it was told of below is unloaded.
[[maybe_unused]] const bool kept_loaded =
    dlopen(test::SoftTokens::ModulePath().c_str(), RTLD_LAZY | RTLD_NODELETE) != nullptr;

}  // namespace
}  // namespace sceau::hsm

extern "C" {

const char* __tsan_default_suppressions();
const char* __tsan_default_suppressions() {
  // SoftHSM2 2.6 uses gmtime's static buffer in C_GetTokenInfo.
  return "called_from_lib:libsofthsm2.so\n";
}

int __lsan_is_turned_off();
int __lsan_is_turned_off() { return sceau::hsm::module_has_leaked ? 1 : 0; }

}  // extern "C"
