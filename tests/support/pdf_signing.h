// PDF files that tests sign themselves, revision by revision (OpenSSL's CMS).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/openssl.h"

namespace sceau::test {

struct PdfSigner {
  std::string certificate;  // DER
  EVP_PKEY* key = nullptr;
  std::vector<std::string> chain;  // DER
  std::string sub_filter = "ETSI.CAdES.detached";
  const EVP_MD* digest = EVP_sha256();
  bool name_certificate = true;   // the signing-certificate attribute
  bool carry_certificate = true;  // beside the chain
  std::string date = "D:20260101120000Z";
  // Makes the token over the signature value; none: no time stamp.
  std::function<std::string(const std::string&)> stamp;
};

class SignedPdf {
 public:
  // One page with this content.
  explicit SignedPdf(std::string_view page);

  // Appends a revision that holds a signature over all that was there and itself.
  void Sign(const PdfSigner& signer);
  // Appends a revision with a time stamp over all that was there and itself.
  void StampDocument(const std::function<std::string(const std::string&)>& stamp);
  // Appends a revision in which the object has this content.
  void Update(int object, std::string_view content);

  const std::string& bytes() const { return bytes_; }
  std::string& bytes() { return bytes_; }
  // Offsets of the last signature's Contents: of '<', and behind '>'.
  size_t hole() const { return hole_; }
  size_t hole_end() const { return hole_end_; }

  static constexpr int kPageContent = 5;  // the object with the page's content stream

 private:
  // Appends the revision up to where Contents stand, with its ByteRange, and gives what it covers.
  std::string OpenHole(std::string_view dictionary);
  void Fill(const std::string& der);

  std::string bytes_;
  std::vector<int> fields_;
  size_t hole_ = 0, hole_end_ = 0;
};

}  // namespace sceau::test
