#include "base/random.h"

#include <openssl/rand.h>

#include <cstdlib>

#include "base/bytes.h"

namespace sceau {

std::string RandomBytes(size_t bytes) {
  std::string buffer(bytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(buffer.data()), static_cast<int>(bytes)) != 1) {
    std::abort();
  }
  return buffer;
}

std::string RandomHex(size_t bytes) { return ToHex(RandomBytes(bytes)); }

}  // namespace sceau
