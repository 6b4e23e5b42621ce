// Candidate certification paths from a certificate to an anchor (RFC 4158): every way that names
// allow, the shortest first, so that a decoy or an expired cross-certificate does not hide a good
// one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/openssl.h"

namespace sceau::verifier {

// From the target to the anchor, both included; an anchor that is the target stands alone.
using Path = std::vector<X509*>;

inline constexpr size_t kMaxPathLength = 10;  // certificates
inline constexpr size_t kMaxPaths = 64;       // that are tried

// A name for messages (RFC 4514), cut after 200 bytes.
std::string ShownName(const X509_NAME* name);
std::string ShownSubject(const X509* certificate);

class PathBuilder {
 public:
  // The certificates must outlive the builder.
  PathBuilder(std::vector<X509*> anchors, std::vector<X509*> others);

  // Gives paths to `visit` until it says true, at most kMaxPaths; whether it did.
  bool Visit(X509* target, const std::function<bool(const Path&)>& visit);

  // How many paths the last visit tried.
  size_t tried() const { return tried_; }
  // Of the last visit: the name (as ShownName) of the issuer that is missing, at the end of the
  // longest chain that did not reach an anchor. Empty when a path was found.
  const std::string& missing_issuer() const { return missing_issuer_; }

 private:
  bool Extend(const std::function<bool(const Path&)>& visit);
  bool Within(const X509* certificate) const;

  std::vector<X509*> anchors_, others_;
  Path path_;
  size_t length_ = 0;  // of the paths looked for at present
  size_t tried_ = 0;
  size_t steps_ = 0;
  size_t furthest_ = 0;
  std::string missing_issuer_;
};

}  // namespace sceau::verifier
