// The validation procedure of ETSI EN 319 102-1 §5, one signature at a time. Each building block
// has its file:
//   §5.2.2  format checking                       signature_check.h, xades/reader.h
//   §5.2.3  identification of the certificate     signature_check.h, issuer_name.h
//   §5.2.4  validation context                    verifier.h (VerifyOptions), trust.h
//   §5.2.5  revocation freshness                  crl_status.h, ocsp_status.h
//   §5.2.6  X.509 certificate validation          certificate_validation.h
//   §5.2.7  cryptographic verification            signature_check.h, scan.h (digests of content)
//   §5.2.8  signature acceptance                  signature_acceptance.h
//   §5.4    time-stamp validation                 time_stamp_validation.h
//   §5.6    past signature validation             past_validation.h
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "verifier/certificate_validation.h"
#include "verifier/scan.h"
#include "verifier/verifier.h"

namespace sceau::verifier {

class SignatureValidator {
 public:
  // Both must outlive the validator.
  SignatureValidator(Scan& scan, const VerifyOptions& options)
      : scan_(scan), options_(options), certificates_(options.trust, options.revocation) {}

  // The report on the signature of this index, with integrity, indication, sub-indication and all
  // reasons.
  SignatureReport Validate(size_t index);

 private:
  void Decide(Indication indication, std::string_view sub, std::string_view code,
              std::string_view detail);
  void Decide(const std::vector<Shortfall>& shortfalls);
  void Refuse(const std::vector<xades::Fault>& faults);
  bool VerifyCryptographically(const Evidence& signature, bool content_holds);
  void ValidateTrust(const Evidence& signature);
  std::optional<absl::Time> ProvenTime(const Evidence& signature);
  CertificateQuestion QuestionOf(const Evidence& signature) const;

  Scan& scan_;
  const VerifyOptions& options_;
  CertificateValidator certificates_;
  SignatureReport report_;
  bool decided_ = false;
};

}  // namespace sceau::verifier
