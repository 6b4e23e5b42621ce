#include "tests/hsm/sanitizer_options.h"

extern "C" {

const char* __tsan_default_suppressions();
const char* __tsan_default_suppressions() {
  // SoftHSM2 2.6 uses gmtime's static buffer in C_GetTokenInfo.
  return "called_from_lib:libsofthsm2.so\n";
}

int __lsan_is_turned_off();
int __lsan_is_turned_off() { return sceau::hsm::module_has_leaked ? 1 : 0; }

}  // extern "C"
