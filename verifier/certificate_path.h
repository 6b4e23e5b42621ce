// The chain from a signer's certificate to an anchor at an instant (ETSI EN 319 102-1 §5.2.6).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "verifier/path_validation.h"
#include "verifier/trust.h"
#include "xades/certificate.h"

namespace sceau::verifier {

struct PathResult {
  bool trusted() const { return fault.none(); }
  PathFault fault;
  // When trusted: the signer's certificate first, the anchor last.
  std::vector<std::shared_ptr<X509>> chain;
};

// Judges paths for one set of anchors and one instant; the same chain is judged once.
class PathJudge {
 public:
  PathJudge(std::shared_ptr<const TrustAnchors> trust, absl::Time at);

  const PathResult& Judge(const xades::Certificate& signer,
                          const std::vector<std::shared_ptr<const xades::Certificate>>& others);

 private:
  PathResult Find(const xades::Certificate& signer,
                  const std::vector<std::shared_ptr<const xades::Certificate>>& others) const;

  std::shared_ptr<const TrustAnchors> trust_;
  absl::Time at_;
  absl::flat_hash_map<std::string, std::unique_ptr<const PathResult>> known_;
};

}  // namespace sceau::verifier
