// Revocation of a chain (ETSI EN 319 102-1 §5.2.5, §5.2.6.4), from every source there is.
#pragma once

#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "verifier/path_building.h"
#include "verifier/revocation_data.h"
#include "verifier/revocation_network.h"
#include "verifier/revocation_status.h"

namespace sceau::verifier {

// Where revocation data comes from beside the signature itself. With none of them, and none in the
// signature, revocation is not checked, and the report says so.
struct RevocationSources {
  std::shared_ptr<const RevocationData> given;       // null: none
  std::shared_ptr<const RevocationNetwork> network;  // null: offline
  bool any() const { return (given != nullptr && !given->empty()) || network != nullptr; }
};

struct RevocationQuestion {
  const Path& chain;                         // good, the anchor last
  const RevocationData* embedded = nullptr;  // in the signature
  RevocationExtent extent = RevocationExtent::All();  // of it
  // Certificates that are at hand, among which signers of CRLs may be.
  std::vector<X509*> others;
  absl::Time at;
  Outdated outdated = Outdated::kRefused;
};

// Of each certificate of the chain but the anchor, in its order.
std::vector<CertificateStatus> StatusesOf(const RevocationQuestion& question,
                                          const RevocationSources& sources);

}  // namespace sceau::verifier
