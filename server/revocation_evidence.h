// Keeps the revocation data that the appliance had, so that what it signed can be judged when that
// data is no longer published: each list and response once, in a folder beside the audit log, by
// its SHA-256. The folder only grows.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"
#include "verifier/revocation_data.h"

namespace sceau::server {

class RevocationEvidence {
 public:
  explicit RevocationEvidence(std::string folder) : folder_(std::move(folder)) {}

  // Names of the files ("<SHA-256>.crl", "<SHA-256>.ocsp") that speak of certificates of this chain
  // (DER); all of `data` is kept and on the disk when it returns. `data` may be null: none.
  // Error kAuditUnavailable.
  StatusOr<std::vector<std::string>> Keep(
      const std::shared_ptr<const verifier::RevocationData>& data,
      const std::vector<std::string>& chain);

 private:
  struct Kept {
    std::string name;
    std::string issuer;                // of a list: DER of the name; else empty
    std::vector<std::string> serials;  // of a response: of whom it speaks, DER
  };
  Status KeepAll(const verifier::RevocationData& data);
  Status KeepFile(const std::string& der, std::string_view extension, Kept kept);

  const std::string folder_;
  std::mutex mutex_;
  std::shared_ptr<const verifier::RevocationData> data_;  // that is kept
  std::vector<Kept> kept_;                                // of data_
};

}  // namespace sceau::server
