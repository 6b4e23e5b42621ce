// Trust anchors: certificates from PEM files and folders, an immutable set.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/openssl.h"
#include "base/status.h"

namespace sceau::verifier {

class TrustAnchors {
 public:
  // Files or folders (every *.pem, *.crt, *.cer in them), PEM or DER.
  // Errors: kTrustUnreadable with the path, also for a path without any certificate.
  static StatusOr<std::shared_ptr<const TrustAnchors>> Load(const std::vector<std::string>& paths);
  static std::shared_ptr<const TrustAnchors> None();

  bool empty() const { return anchors_.empty(); }
  const std::vector<X509Handle>& anchors() const { return anchors_; }

 private:
  std::vector<X509Handle> anchors_;
};

}  // namespace sceau::verifier
