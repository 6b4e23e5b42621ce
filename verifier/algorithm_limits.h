// Until when algorithms and key sizes may be relied on: data (algorithm_limits.toml), after
// ETSI TS 119 312; the check is ETSI EN 319 102-1 §5.2.7.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/digest.h"
#include "base/openssl.h"
#include "base/status.h"

namespace sceau::verifier {

struct Algorithm {
  std::string name;  // "SHA1", "RSA 1024", "P-256"
  absl::Time until;  // not relied on from here; InfiniteFuture: no limit, InfinitePast: never
};

// The digests that a signature and its references are made with.
class DigestSet {
 public:
  void Add(DigestAlgorithm digest) { bits_ |= Bit(digest); }
  void Add(DigestSet others) { bits_ |= others.bits_; }
  bool Has(DigestAlgorithm digest) const { return (bits_ & Bit(digest)) != 0; }
  unsigned bits() const { return bits_; }  // tells one set from another

 private:
  static unsigned Bit(DigestAlgorithm digest) { return 1U << static_cast<unsigned>(digest); }
  unsigned bits_ = 0;
};

class AlgorithmLimits {
 public:
  // The embedded ones.
  static const AlgorithmLimits& BuiltIn();
  // Error: kConfigInvalid with file, line and key.
  static StatusOr<AlgorithmLimits> FromToml(std::string_view text, std::string_view origin);

  Algorithm OfDigest(const EVP_MD* digest) const;
  std::vector<Algorithm> OfDigests(DigestSet digests) const;
  // The digest under a signature of a certificate, a CRL or an OCSP response, RSASSA-PSS included;
  // none for Ed25519 and Ed448, which have theirs in them.
  std::optional<Algorithm> OfSignature(const X509_ALGOR* method) const;
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
