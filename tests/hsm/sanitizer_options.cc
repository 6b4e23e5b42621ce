// What the sanitizers are told of modules that are not ours.
extern "C" {
const char* __tsan_default_suppressions();
const char* __tsan_default_suppressions() {
  // SoftHSM2 2.6 uses gmtime's static buffer in C_GetTokenInfo.
  return "called_from_lib:libsofthsm2.so\n";
}
}
