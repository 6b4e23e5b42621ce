// Until when algorithms and key sizes may be relied on: data (algorithm_limits.toml), after
// ETSI TS 119 312; the check is ETSI EN 319 102-1 §5.2.7.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/openssl.h"
#include "base/status.h"

namespace sceau::verifier {

struct Algorithm {
  std::string name;  // "SHA1", "RSA 1024", "P-256"
  absl::Time until;  // not relied on from here; InfiniteFuture: no limit, InfinitePast: never
};

class AlgorithmLimits {
 public:
  // The embedded ones.
  static const AlgorithmLimits& BuiltIn();
  // Error: kConfigInvalid with file, line and key.
  static StatusOr<AlgorithmLimits> FromToml(std::string_view text, std::string_view origin);

  Algorithm OfDigest(const EVP_MD* digest) const;
  Algorithm OfKey(const EVP_PKEY* key) const;
  // What a chain rests on: the key of each certificate, and the digest under each but the anchor.
  std::vector<Algorithm> OfChain(const std::vector<X509*>& chain) const;

 private:
  struct Row {
    std::string type;  // of a key; empty: the name says all
    std::string name;
    int bits = 0;
    absl::Time until = absl::InfiniteFuture();
  };
  std::vector<Row> digests_, keys_, curves_;
};

// The first that is not to be relied on at this instant; none when all are.
std::optional<Algorithm> FindUnreliable(const std::vector<Algorithm>& algorithms, absl::Time at);

}  // namespace sceau::verifier
