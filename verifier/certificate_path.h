// The chain from a certificate to an anchor at an instant (RFC 5280; ETSI EN 319 102-1 §5.2.6.4 a).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "verifier/path_validation.h"
#include "verifier/trust.h"

namespace sceau::verifier {

struct PathTask {
  X509* certificate = nullptr;
  std::vector<X509*> others;  // that came with it
  // What for: decides which anchors count and what the certificate must allow.
  TrustPurpose purpose = TrustPurpose::kSignature;
  schemas::Kind document = schemas::Kind::kOther;
  absl::Time at;
};

// What tells a task from every other.
std::string KeyOf(const PathTask& task);

struct PathResult {
  bool trusted() const { return fault.none(); }
  Path chain() const;
  PathFault fault;
  // When trusted: the certificate first, the anchor last.
  std::vector<X509Handle> certificates;
};

// Judges paths for one set of anchors; the same task is done once.
class PathJudge {
 public:
  explicit PathJudge(std::shared_ptr<const TrustAnchors> trust) : trust_(std::move(trust)) {}

  const PathResult& Judge(const PathTask& task);

 private:
  PathResult Find(const PathTask& task) const;
  PathResult FindTo(const Path& anchors, const PathTask& task) const;

  std::shared_ptr<const TrustAnchors> trust_;
  absl::flat_hash_map<std::string, std::unique_ptr<const PathResult>> known_;
};

}  // namespace sceau::verifier
