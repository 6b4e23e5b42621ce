// What the sanitizers are told of modules that are not ours.
extern "C" {

const char* __tsan_default_suppressions();
const char* __tsan_default_suppressions() {
  // SoftHSM2 2.6 uses gmtime's static buffer in C_GetTokenInfo.
  return "called_from_lib:libsofthsm2.so\n";
}

const char* __asan_default_options();
const char* __asan_default_options() {
  // Whole stacks through OpenSSL, so that the suppression below finds who asked for the memory.
  return "fast_unwind_on_malloc=0";
}

const char* __lsan_default_suppressions();
const char* __lsan_default_suppressions() {
  // SoftHSM2 2.6 loses the parameters of Ed25519 keys.
  return "leak:libsofthsm2.so\n";
}

}  // extern "C"
