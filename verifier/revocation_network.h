// Revocation data from the addresses that certificates name: OCSP responders (authority information
// access) and CRL distribution points. Asked only about certificates whose path is good, so only at
// addresses that a trusted authority has written.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "verifier/http_exchange.h"
#include "verifier/ocsp_status.h"
#include "verifier/revocation_data.h"

namespace sceau::verifier {

struct RevocationNetworkOptions {
  // Of fetched CRLs that the certificate's issuer has signed, used until their nextUpdate; empty:
  // none is kept.
  std::string cache_folder;
  HttpLimits limits;
};

// May be used by several threads.
class RevocationNetwork {
 public:
  explicit RevocationNetwork(RevocationNetworkOptions options) : options_(std::move(options)) {}

  // What the responders answer about the first certificate of the path.
  // Undetermined with REVOCATION_UNREACHABLE when there is none or none answers.
  CertificateStatus AskResponders(const Path& path, const OcspDemands& demands) const;

  // The CRLs of the distribution points of the path's first certificate, current at `at` where one
  // is; `failure` says what could not be had.
  std::vector<X509CrlHandle> FetchCrls(const Path& path, absl::Time at, std::string& failure) const;

 private:
  StatusOr<X509CrlHandle> Crl(const std::string& url, X509* issuer, absl::Time at) const;

  const RevocationNetworkOptions options_;
};

}  // namespace sceau::verifier
