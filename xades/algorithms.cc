#include "xades/algorithms.h"

namespace sceau::xades {
namespace {

const SignatureMethod kSignatureMethods[] = {
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", KeyFamily::kRsa, DigestAlgorithm::kSha256,
     true},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", KeyFamily::kRsa, DigestAlgorithm::kSha384,
     true},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", KeyFamily::kRsa, DigestAlgorithm::kSha512,
     true},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", KeyFamily::kEc,
     DigestAlgorithm::kSha256, true},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", KeyFamily::kEc,
     DigestAlgorithm::kSha384, true},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", KeyFamily::kEc,
     DigestAlgorithm::kSha512, true},
    // RFC 6931 §2.3.10
    {"http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
     KeyFamily::kRsa,
     {DigestAlgorithm::kSha256, RsaPadding::kPss},
     true},
    // RFC 6931 §2.3.10
    {"http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1",
     KeyFamily::kRsa,
     {DigestAlgorithm::kSha384, RsaPadding::kPss},
     true},
    // RFC 6931 §2.3.10
    {"http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1",
     KeyFamily::kRsa,
     {DigestAlgorithm::kSha512, RsaPadding::kPss},
     true},
    {"http://www.w3.org/2000/09/xmldsig#rsa-sha1", KeyFamily::kRsa, DigestAlgorithm::kSha1, false},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", KeyFamily::kEc, DigestAlgorithm::kSha1,
     false},
};

constexpr DigestMethod kDigestMethods[] = {
    {"http://www.w3.org/2001/04/xmlenc#sha256", DigestAlgorithm::kSha256, true},
    {"http://www.w3.org/2001/04/xmldsig-more#sha384", DigestAlgorithm::kSha384, true},
    {"http://www.w3.org/2001/04/xmlenc#sha512", DigestAlgorithm::kSha512, true},
    {"http://www.w3.org/2001/04/xmldsig-more#sha224", DigestAlgorithm::kSha224, true},
    {"http://www.w3.org/2000/09/xmldsig#sha1", DigestAlgorithm::kSha1, false},
};

using xml::CanonicalMethod;
constexpr CanonicalizationMethod kCanonicalizations[] = {
    {"http://www.w3.org/2001/10/xml-exc-c14n#", CanonicalMethod::kExclusive, false},
    {"http://www.w3.org/2001/10/xml-exc-c14n#WithComments", CanonicalMethod::kExclusive, true},
    {"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", CanonicalMethod::kInclusive10, false},
    {"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", CanonicalMethod::kInclusive10,
     true},
    {"http://www.w3.org/2006/12/xml-c14n11", CanonicalMethod::kInclusive11, false},
    {"http://www.w3.org/2006/12/xml-c14n11#WithComments", CanonicalMethod::kInclusive11, true},
};

template <typename Entry, size_t N>
const Entry* Find(const Entry (&table)[N], std::string_view uri) {
  for (const Entry& entry : table) {
    if (entry.uri == uri) return &entry;
  }
  return nullptr;
}

}  // namespace

const SignatureMethod* FindSignatureMethod(std::string_view uri) {
  return Find(kSignatureMethods, uri);
}

const DigestMethod* FindDigestMethod(std::string_view uri) { return Find(kDigestMethods, uri); }

std::string_view UriOf(DigestAlgorithm digest) {
  for (const DigestMethod& method : kDigestMethods) {
    if (method.digest == digest) return method.uri;
  }
  return {};
}

const CanonicalizationMethod* FindCanonicalization(std::string_view uri) {
  return Find(kCanonicalizations, uri);
}

}  // namespace sceau::xades
