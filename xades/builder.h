// Writes a XAdES-EPES signature (ETSI TS 101 903 v1.2.2 §6, §7) in the dialect of a profile.
//
// Everything that is inserted declares its own namespaces, so that it does not depend on what the
// document binds; exclusive canonical form makes the digests independent of where it stands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "xades/certificate.h"
#include "xades/profile.h"

namespace sceau::xades {

// What is the same for every signature of one run.
struct SignerStatement {
  absl::Time signing_time;
  std::string role;
  std::string city, postal_code, country;
};

// What differs from one signature to the next.
struct SignedElement {
  std::string reference_id;    // Id of the element the first reference names; "" for URI=""
  std::string signature_id;    // of the ds:Signature
  std::string element_digest;  // raw, of its canonical form
};

class SignatureBuilder {
 public:
  // `certificates`: the signer's first. Errors: kAlgorithmRefused when the profile has no method
  // for the key, kUsage when a text of the statement cannot stand in XML.
  static StatusOr<SignatureBuilder> Create(const Profile& profile, SignerStatement statement,
                                           const std::vector<std::string>& certificates_der);

  const SignatureMethod& method() const { return *method_; }
  const Certificate& certificate() const { return certificate_; }

  // The octets to be signed: the canonical form of SignedInfo.
  StatusOr<std::string> SignedInfoOctets(const SignedElement& element) const;
  // The canonical form of SignedProperties.
  StatusOr<std::string> SignedPropertiesOctets(const SignedElement& element) const;
  // The whole ds:Signature, UTF-8, on lines only where base64 breaks.
  StatusOr<std::string> Signature(const SignedElement& element, std::string_view value) const;

 private:
  SignatureBuilder(const Profile& profile, SignerStatement statement, Certificate certificate,
                   const SignatureMethod* method)
      : profile_(profile),
        statement_(std::move(statement)),
        certificate_(std::move(certificate)),
        method_(method) {}

  std::string DigestElements(std::string_view digest_uri, std::string_view raw) const;
  std::string SignedProperties(const SignedElement& element) const;
  std::string QualifyingProperties(const SignedElement& element) const;
  StatusOr<std::string> SignedInfo(const SignedElement& element) const;
  std::string KeyInfo(const SignedElement& element) const;

  Profile profile_;
  SignerStatement statement_;
  Certificate certificate_;
  const SignatureMethod* method_;
  std::string key_info_body_;  // X509Data, the same in every signature
};

}  // namespace sceau::xades
