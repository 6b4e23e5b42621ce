// Any bytes: what we read and canonicalise must have the forms that libxml2 makes of it.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/xml/comparison.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view document(reinterpret_cast<const char*>(data), size);
  const std::string fault =
      sceau::test::FaultOf(sceau::test::CompareWithLibxml2(document, size, 3));
  if (fault.empty()) return 0;
  std::fprintf(stderr, "%s\n", fault.c_str());
  std::abort();
}
