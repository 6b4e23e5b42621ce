// CRLs and OCSP responses that are at hand: from a folder, from a signature, from the network.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/openssl.h"
#include "base/status.h"
#include "verifier/ocsp_status.h"

namespace sceau::verifier {

class RevocationData {
 public:
  static constexpr size_t kMaxFile = 64 << 20;  // bytes; a national CRL takes some 10 MB

  // Files or folders (every file in them that is a CRL or an OCSP response, PEM or DER).
  // Errors: kRevocationUnreadable with the path, also for one that holds neither.
  static StatusOr<std::shared_ptr<const RevocationData>> Load(
      const std::vector<std::string>& paths);

  // False when it is none.
  bool AddCrl(std::string_view der);
  bool AddOcspResponse(std::string_view der);

  bool empty() const { return crls_.empty() && responses_.empty(); }
  const std::vector<X509CrlHandle>& crls() const { return crls_; }
  const std::vector<OcspResponseHandle>& responses() const { return responses_; }

 private:
  bool AddFile(const std::string& content);

  std::vector<X509CrlHandle> crls_;
  std::vector<OcspResponseHandle> responses_;
};

}  // namespace sceau::verifier
