// Writes a XAdES-EPES signature (ETSI TS 101 903 v1.2.2 §6, §7) in the dialect of a profile.
//
// Everything that is inserted declares its own namespaces, so that it does not depend on what the
// document binds; exclusive canonical form makes the digests independent of where it stands.
#pragma once

#include <optional>
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
  // Id of the element the first reference names; "" for URI="". Of a detached signature the name of
  // the file.
  std::string reference_id;
  std::string signature_id;    // of the ds:Signature
  std::string element_digest;  // raw, of its canonical form, or of the file
};

// A canonical text made once, with gaps for what differs between signatures. Filling a gap with an
// escaped value and making the text canonical give the same octets in either order.
class CanonicalPattern {
 public:
  // `canonical` with a gap wherever one of `marks` stands; `gaps_` says which.
  CanonicalPattern(std::string_view canonical, const std::vector<std::string>& marks);
  // `values` in the order of the marks.
  std::string Filled(const std::vector<std::string_view>& values) const;

 private:
  std::vector<std::string> pieces_;  // around the gaps: one more than there are gaps
  std::vector<size_t> gaps_;         // index of the mark
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
  std::string SignedInfoOctets(const SignedElement& element) const;
  // The canonical form of SignedProperties.
  std::string SignedPropertiesOctets(const SignedElement& element) const;
  // The whole ds:Signature, UTF-8, on lines only where base64 breaks.
  std::string Signature(const SignedElement& element, std::string_view value) const;

 private:
  SignatureBuilder(const Profile& profile, SignerStatement statement, Certificate certificate,
                   const SignatureMethod* method)
      : profile_(profile),
        statement_(std::move(statement)),
        certificate_(std::move(certificate)),
        method_(method) {}

  // What stands in SignedInfo for one element, as text: Ids escaped, digests in base64.
  struct Named {
    std::string uri;  // of the first reference
    std::string signature_id;
    std::string element_digest, properties_digest;
    std::vector<std::string_view> Values() const {
      return {uri, signature_id, element_digest, properties_digest};
    }
  };

  Status MakePatterns();
  Named NamedFor(const SignedElement& element) const;
  std::string DigestElements(std::string_view digest_uri, std::string_view raw) const;
  std::string SignedProperties() const;
  std::string QualifyingProperties(std::string_view signature_id) const;
  std::string DataObjectProperties(std::string_view signature_id) const;
  std::string SignedInfo(const Named& named) const;
  std::string KeyInfo(std::string_view signature_id) const;

  Profile profile_;
  SignerStatement statement_;
  Certificate certificate_;
  const SignatureMethod* method_;
  std::string key_info_body_;      // X509Data, the same in every signature
  std::string signed_properties_;  // SignedSignatureProperties, the same
  std::optional<CanonicalPattern> properties_pattern_, info_pattern_;
};

}  // namespace sceau::xades
