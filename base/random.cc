#include "base/random.h"

#include <openssl/rand.h>

#include <cstdlib>
#include <vector>

#include "base/bytes.h"

namespace sceau {

std::string RandomHex(size_t bytes) {
  std::vector<unsigned char> buffer(bytes);
  if (RAND_bytes(buffer.data(), static_cast<int>(bytes)) != 1) std::abort();
  return ToHex(std::string(buffer.begin(), buffer.end()));
}

}  // namespace sceau
