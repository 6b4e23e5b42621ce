// CRLs and OCSP responses that are at hand: from a folder, from a signature, from the network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/openssl.h"
#include "base/status.h"
#include "verifier/ocsp_status.h"

namespace sceau::verifier {

// The CRL in DER, or every one of a PEM text; nullopt when a block of it cannot be read.
std::optional<std::vector<X509CrlHandle>> CrlsOf(std::string_view bytes);

// The first so many of each kind, in the order in which they were added.
struct RevocationExtent {
  size_t crls = 0, responses = 0;
  static constexpr RevocationExtent All() { return {SIZE_MAX, SIZE_MAX}; }
  bool none() const { return crls == 0 && responses == 0; }
};

class RevocationData {
 public:
  static constexpr size_t kMaxFile = 64 << 20;  // bytes; a national CRL takes some 10 MB

  // Files or folders (every file in them that is a CRL or an OCSP response, PEM or DER).
  // Errors: kRevocationUnreadable with the path, also for one that holds neither and for a PEM
  // bundle with a block that cannot be read.
  static StatusOr<std::shared_ptr<const RevocationData>> Load(
      const std::vector<std::string>& paths);

  // False when it is none.
  bool AddCrl(std::string_view der);
  bool AddOcspResponse(std::string_view der);

  bool empty() const { return crls_.empty() && responses_.empty(); }
  const std::vector<X509CrlHandle>& crls() const { return crls_; }
  const std::vector<OcspResponseHandle>& responses() const { return responses_; }

 private:
  // Whether it holds any. Error: it is a bundle with a block that cannot be read.
  StatusOr<bool> AddFile(const std::string& path);

  std::vector<X509CrlHandle> crls_;
  std::vector<OcspResponseHandle> responses_;
};

}  // namespace sceau::verifier
