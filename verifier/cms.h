// A detached CMS signature (RFC 5652 §5) with the attribute that names the signer's certificate
// (RFC 5035; ETSI EN 319 122-1 §5.2.2), as PDF signatures carry it. Judged by itself: what it says
// of the content is left to be compared.
#pragma once

#include <openssl/cms.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/c_handle.h"
#include "base/digest.h"
#include "base/status.h"
#include "verifier/signature_check.h"

namespace sceau::verifier {

class CmsSignature {
 public:
  // Error: kInputUnreadable when it is not detached signed data with one signer.
  static StatusOr<CmsSignature> Parse(std::string_view der);

  // Of the content; none: refused.
  std::optional<DigestAlgorithm> digest() const;
  // The digest of the content by its messageDigest attribute, raw; empty: none, or several.
  std::string message_digest() const;

  // Structure and algorithms, the certificate the attribute names, the value under that
  // certificate's key and no other.
  Evidence Check(CertificateCache& certificates) const;
  // Time stamps over its value (RFC 3161 appendix A) and revocation lists.
  UnsignedEvidence ReadUnsigned() const;

 private:
  void ChooseCertificate(CertificateCache& certificates, Evidence& out) const;

  CHandle<CMS_ContentInfo, CMS_ContentInfo_free> cms_;
  CMS_SignerInfo* signer_ = nullptr;  // within cms_
};

}  // namespace sceau::verifier
