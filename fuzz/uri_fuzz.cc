// Any bytes as a PKCS#11 URI: an answer, and nothing dangerous admitted.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/hsm/uri_faults.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string fault =
      sceau::hsm::FaultOfUri({reinterpret_cast<const char*>(data), size});
  if (fault.empty()) return 0;
  std::fprintf(stderr, "%s\n", fault.c_str());
  std::abort();
}
