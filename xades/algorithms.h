// The algorithms of XML Signature (1.1 §6; RFC 6931) that are admitted, as tables. What is not here
// is refused.
#pragma once

#include <string_view>

#include "base/signature_scheme.h"
#include "xml/canonical.h"

namespace sceau::xades {

inline constexpr std::string_view kEnveloped =
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

// Only of a ds:Object of the signature itself, where a document of any kind is judged.
inline constexpr std::string_view kBase64 = "http://www.w3.org/2000/09/xmldsig#base64";

enum class KeyFamily { kRsa, kEc };

struct SignatureMethod {
  std::string_view uri;
  KeyFamily family;
  SignatureScheme scheme;
  bool sound;  // false: SHA-1, only ever checked in old signatures, and until a date
};
// §4.4.2. This one and the next two: null for what is not admitted.
const SignatureMethod* FindSignatureMethod(std::string_view uri);

struct DigestMethod {
  std::string_view uri;
  DigestAlgorithm digest;
  bool sound;
};
// §4.4.3.5
const DigestMethod* FindDigestMethod(std::string_view uri);
std::string_view UriOf(DigestAlgorithm digest);

struct CanonicalizationMethod {
  std::string_view uri;
  xml::CanonicalMethod method;
  bool with_comments;
};
// §4.4.1
const CanonicalizationMethod* FindCanonicalization(std::string_view uri);

}  // namespace sceau::xades
