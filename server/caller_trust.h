// The certificates of callers: issued by the authority of the configuration, in force, not revoked.
//
// TLS has checked the first two when the connection was made; a connection may last for weeks, so
// each call is checked again, by what is known then.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/openssl.h"
#include "base/status.h"

namespace sceau::server {

class CallerTrust {
 public:
  // `authority`: a file of certificates; `revocation`: files or folders of CRLs, none: revocation
  // is not checked. Errors: kTrustUnreadable, kRevocationUnreadable.
  static StatusOr<std::unique_ptr<const CallerTrust>> Load(
      const std::string& authority, const std::vector<std::string>& revocation);

  // `chain`: DER, the caller's own first. From several threads. Errors: kCallerRevoked,
  // kCallerUnknown (detail: OpenSSL's reason; also for a CRL that is absent or past its
  // nextUpdate).
  Status Check(const std::vector<std::string>& chain, absl::Time now) const;

 private:
  CallerTrust() = default;
  X509StoreHandle store_;
};

}  // namespace sceau::server
