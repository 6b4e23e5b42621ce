#include "proto/tls13.h"

#include <cstdlib>

namespace sceau::wire {
namespace {

// The list is for TLS 1.2 and may not be empty; OpenSSL has TLS 1.3 suites of its own. This one
// needs a key that both sides share beforehand, which neither has: TLS 1.2 finds no suite.
constexpr const char* kNoneOfTls12 = "PSK-AES256-GCM-SHA384";

}  // namespace

void KeepToTls13() {
  // Once: other threads may read the environment later.
  static const int done = ::setenv("GRPC_SSL_CIPHER_SUITES", kNoneOfTls12, /*overwrite=*/1);
  (void)done;
}

}  // namespace sceau::wire
