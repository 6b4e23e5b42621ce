// What the token alone makes: C_SignInit and C_Sign in a loop, from some threads.
//
//   sceau-bench-token MODULE TOKEN-LABEL PIN-FILE THREADS SECONDS [--check]
//
// Prints {"threads", "signatures", "seconds", "rate"}. --check also verifies each signature with
// OpenSSL, as whoever must not release a wrong one does.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/bare_loop.h"

namespace sceau::bench {
namespace {

int Main(int argc, char** argv) {
  Require(argc >= 6, "MODULE TOKEN-LABEL PIN-FILE THREADS SECONDS [--check]");
  const BareToken token = OpenBareToken(argv[1], argv[2], argv[3]);
  const int threads = std::atoi(argv[4]);
  const bool check = argc > 6 && std::string_view(argv[6]) == "--check";
  const Rate rate = MeasureBare(token, threads, std::atof(argv[5]), check);
  token.p11->C_Finalize(nullptr);
  std::printf("{\"threads\": %d, \"signatures\": %zu, \"seconds\": %.3f, \"rate\": %.1f}\n",
              threads, rate.signatures, rate.seconds, rate.rate());
  return 0;
}

}  // namespace
}  // namespace sceau::bench

int main(int argc, char** argv) { return sceau::bench::Main(argc, argv); }
