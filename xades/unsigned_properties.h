// What was added to a signature after it was made, and that it does not sign: time stamps,
// certificates, revocation data (XAdES, ETSI TS 101 903 §7.3 to §7.6, ETSI EN 319 132-1 §5.3,
// §5.4).
#pragma once

#include <string>
#include <vector>

#include "xml/fragment.h"

namespace sceau::xades {

inline constexpr size_t kMaxUnsignedValues = 64;  // of each kind
// Each is over all that stands before it.
inline constexpr size_t kMaxArchiveTimeStamps = 16;

// A time stamp on the signature value.
struct SignatureTimeStamp {
  std::string token;                // DER of the RFC 3161 token
  xml::CanonicalOptions canonical;  // of the SignatureValue element that is stamped
};

// How many of each kind stand before a point, in document order.
struct UnsignedExtent {
  size_t properties = 0;  // children of UnsignedSignatureProperties
  size_t time_stamps = 0, crls = 0, ocsp_responses = 0;
};

// A time stamp over the whole signature up to itself and what it signs: xadesv141:ArchiveTimeStamp
// (ETSI EN 319 132-1 §5.5.2) or XAdES 1.3.2's own (TS 101 903 v1.3.2 §7.7).
struct ArchiveTimeStamp {
  std::string token;
  xml::CanonicalOptions canonical;  // of what is no octets yet
  bool earlier_form = false;        // XAdES 1.3.2's own
  UnsignedExtent before;            // what it covers of the unsigned properties
};

struct UnsignedProperties {
  std::vector<SignatureTimeStamp> time_stamps;
  std::vector<ArchiveTimeStamp> archive_time_stamps;
  std::vector<std::string> certificates, crls, ocsp_responses;  // DER
  // Properties that are there and cannot be read, by name.
  std::vector<std::string> unreadable;
  bool empty() const {
    return time_stamps.empty() && archive_time_stamps.empty() && certificates.empty() &&
           crls.empty() && ocsp_responses.empty() && unreadable.empty();
  }
};

// The unsigned properties of the signature, as they stand in it.
std::vector<const xml::FragmentNode*> UnsignedPropertyNodes(const xml::Fragment& fragment);

// Of the ds:Signature that is the fragment's root; its structure has been found sound
// (ReadSignature).
UnsignedProperties ReadUnsignedProperties(const xml::Fragment& fragment);

}  // namespace sceau::xades
