// The validation procedure of ETSI EN 319 102-1 §5, one signature at a time. Each building block
// has its file:
//   §5.2.2  format checking                       signature_check.h, xades/reader.h
//   §5.2.3  identification of the certificate     signature_check.h, issuer_name.h
//   §5.2.4  validation context                    verifier.h (VerifyOptions), trust.h
//   §5.2.5  revocation freshness                  crl_status.h, ocsp_status.h
//   §5.2.6  X.509 certificate validation          certificate_validation.h
//   §5.2.7  cryptographic verification            signature_check.h; digests of content: scan.h,
//                                                 second_pass.h
//   §5.2.8  signature acceptance                  signature_acceptance.h
//   §5.4    time-stamp validation                 time_stamp_validation.h
//           what archive time stamps are over     archive_imprint.h, imprint_pass.h
//   §5.6    past signature validation             past_validation.h
//   §5.6.3  proofs of existence                   time_stamp_validation.h, proof_of_existence.h
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "verifier/certificate_validation.h"
#include "verifier/past_validation.h"
#include "verifier/signature_check.h"
#include "verifier/verifier.h"

namespace sceau::verifier {

class SignatureValidator {
 public:
  // Of signatures in a document of this kind, in the file with this digest (hexadecimal). The
  // options must outlive the validator.
  SignatureValidator(schemas::Kind document, std::string_view sha256, const VerifyOptions& options)
      : document_(document),
        options_(options),
        proof_(EarliestProof(options.proofs, sha256, options.validation_time)),
        certificates_(options.trust, options.revocation) {}

  // Completes what the signature says of itself with integrity, indication, sub-indication and all
  // reasons. `content_holds`: the digest of what is signed is as the signature says.
  SignatureReport Validate(SignatureReport report, const Evidence& evidence, bool content_holds);

 private:
  void Decide(Indication indication, std::string_view sub, std::string_view code,
              std::string_view detail);
  void Decide(const std::vector<Shortfall>& shortfalls);
  void Refuse(const std::vector<xades::Fault>& faults);
  void DecideOnManifests(const Evidence& signature, bool broken);
  bool VerifyCryptographically(const Evidence& signature, bool content_holds);
  void ValidateTrust(const Evidence& signature);
  std::vector<ProvenInstant> ProvenInstants(const Evidence& signature);
  CertificateQuestion QuestionOf(const Evidence& signature) const;

  const schemas::Kind document_;
  const VerifyOptions& options_;
  const std::optional<ProofOfExistence> proof_;  // of the file, from outside
  CertificateValidator certificates_;
  SignatureReport report_;
  bool decided_ = false;
};

}  // namespace sceau::verifier
