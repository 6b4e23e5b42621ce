// What was added to a signature after it was made, and that it does not sign: time stamps,
// certificates, revocation data (XAdES, ETSI TS 101 903 §7.3 to §7.6, ETSI EN 319 132-1 §5.3,
// §5.4).
#pragma once

#include <string>
#include <vector>

#include "xml/fragment.h"

namespace sceau::xades {

inline constexpr size_t kMaxUnsignedValues = 64;  // of each kind

// A time stamp on the signature value.
struct SignatureTimeStamp {
  std::string token;                // DER of the RFC 3161 token
  xml::CanonicalOptions canonical;  // of the SignatureValue element that is stamped
};

struct UnsignedProperties {
  std::vector<SignatureTimeStamp> time_stamps;
  std::vector<std::string> certificates, crls, ocsp_responses;  // DER
  // Properties that are there and cannot be read, by name.
  std::vector<std::string> unreadable;
  bool empty() const {
    return time_stamps.empty() && certificates.empty() && crls.empty() && ocsp_responses.empty() &&
           unreadable.empty();
  }
};

// Of the ds:Signature that is the fragment's root; its structure has been found sound
// (ReadSignature).
UnsignedProperties ReadUnsignedProperties(const xml::Fragment& fragment);

}  // namespace sceau::xades
