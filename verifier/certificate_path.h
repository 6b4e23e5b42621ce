// The chain from a signer's certificate to an anchor at an instant (RFC 5280 §6, by OpenSSL).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "verifier/trust.h"
#include "xades/certificate.h"

namespace sceau::verifier {

struct PathResult {
  bool trusted = false;
  std::string reason;          // code of a SignatureReason when not trusted
  std::string sub_indication;  // ETSI EN 319 102-1
  std::string detail;
};

// Judges paths for one set of anchors and one instant; the same chain is judged once.
class PathJudge {
 public:
  PathJudge(std::shared_ptr<const TrustAnchors> trust, absl::Time at);

  PathResult Judge(const xades::Certificate& signer,
                   const std::vector<std::shared_ptr<const xades::Certificate>>& others);

 private:
  PathResult Build(const xades::Certificate& signer,
                   const std::vector<std::shared_ptr<const xades::Certificate>>& others) const;

  std::shared_ptr<const TrustAnchors> trust_;
  absl::Time at_;
  X509StoreHandle store_;
  absl::flat_hash_map<std::string, PathResult> known_;
};

}  // namespace sceau::verifier
