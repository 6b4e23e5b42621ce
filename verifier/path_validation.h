// One certification path, judged at one instant (RFC 5280 §6.1, by OpenSSL, and path_rules.h).
// Revocation and the strength of algorithms (algorithm_limits.h) are judged apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "verifier/path_building.h"

namespace sceau::verifier {

// The inputs (c), (e), (f), (g) of RFC 5280 §6.1.1.
struct PathPolicies {
  std::vector<std::string> acceptable;  // OIDs; empty: any policy
  bool explicit_policy = false;
  bool inhibit_mapping = false;
  bool inhibit_any = false;
};

struct PathDemands {
  absl::Time at;
  PathPolicies policies;
  // What the first certificate's extended key usage must allow if it has any: an OpenSSL NID;
  // NID_undef: nothing.
  int extended_key_usage = 0;
};

struct PathFault {
  bool none() const { return reason.empty(); }
  std::string reason;          // code of a SignatureReason
  std::string sub_indication;  // ETSI EN 319 102-1 §5.2.6
  std::string detail;
};

PathFault ValidatePath(const Path& path, const PathDemands& demands);

// The fault of the best of several paths: one that reaches an anchor says more than one that does
// not.
bool SaysMore(const PathFault& fault, const PathFault& than);

}  // namespace sceau::verifier
