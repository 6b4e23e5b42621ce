// Reads one ds:Signature into what it says, without judging it (XML Signature §4, XAdES §7).
//
// The reader is strict on structure: what is not as the standard has it is a Fault, and a signature
// with a fault is not checked further. Field oddities that do not change the meaning are remarks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "xades/algorithms.h"
#include "xml/fragment.h"

namespace sceau::xades {

inline constexpr size_t kMaxTransforms = 4;              // of one reference
inline constexpr size_t kMaxReferences = 16;             // of one signature in a PES
inline constexpr size_t kMaxReferencesElsewhere = 1024;  // a CFU's signature has some 800
inline constexpr size_t kMaxPrefixes = 16;               // of one InclusiveNamespaces
inline constexpr size_t kMaxCertificates = 16;           // of one KeyInfo

// XML Signature 1.1 §4.4.3
struct Reference {
  bool has_uri = false;
  std::string uri;
  std::string type;
  bool transformed = false;         // it has Transforms
  bool enveloped = false;           // an enveloped-signature transform stands first
  bool base64 = false;              // the one transform: what is signed is decoded first
  bool canonicalised = false;       // a transform says how
  xml::CanonicalOptions canonical;  // inclusive 1.0 when no transform says otherwise
  const DigestMethod* digest = nullptr;
  std::string digest_value;  // raw
};

// X509IssuerSerial (XML Signature 1.1 §4.5.4)
struct IssuerSerial {
  std::string issuer_name;  // as written
  std::string serial;       // decimal, as written
};

// ETSI TS 101 903 §7.2.2, ETSI EN 319 132-1 §5.2.2
struct SigningCertificateReference {
  const DigestMethod* digest = nullptr;
  std::string value;                            // raw
  IssuerSerial issuer_serial;                   // empty: none
  std::optional<std::string> issuer_serial_v2;  // DER of IssuerSerial (RFC 5035 §5), if it is
};

// ETSI TS 101 903 §7.2.3, ETSI EN 319 132-1 §5.2.9
struct StatedPolicy {
  bool implied = false;
  std::string id;
  std::string digest_uri;
  std::string hash_text;  // base64 as written
  std::string spuri;
};

struct SignedStatement {  // the signed properties
  std::string xades_namespace;
  std::string id;
  std::string target;
  const xml::FragmentNode* node = nullptr;  // the SignedProperties element
  std::string signing_time;
  bool v2 = false;  // SigningCertificateV2 (ETSI EN 319 132-1 §5.2.2)
  std::vector<SigningCertificateReference> certificates;
  std::optional<StatedPolicy> policy;
  std::string city, postal_code, country;
  std::vector<std::string> roles;
};

// What is wrong with the structure: a stable code and the place.
struct Fault {
  std::string code;    // e.g. "ALGORITHM_REFUSED"
  std::string detail;  // language-neutral
};

struct SignatureModel {
  std::string id;
  Place place;
  const xml::FragmentNode* signed_info = nullptr;
  xml::CanonicalOptions signed_info_canonical;
  const SignatureMethod* method = nullptr;
  std::vector<Reference> references;
  std::string value;                                                 // raw
  std::vector<std::string> certificates;                             // DER
  std::vector<IssuerSerial> issuer_serials;                          // in X509Data
  std::optional<std::pair<std::string, std::string>> rsa_key_value;  // modulus, exponent, raw
  std::optional<SignedStatement> statement;
  bool sha1_certificate_digest = false;
  // Elements of other vocabularies outside the signed properties, where they are admitted: in an
  // enveloping signature they are what is signed. Each must be covered by a reference.
  std::vector<const xml::FragmentNode*> foreign;
  std::vector<Fault> faults;  // empty: the structure is sound
  std::vector<Fault> remarks;
};

// A ds:Manifest: a list of references as SignedInfo has it (XML Signature §5.1).
struct ManifestModel {
  std::vector<Reference> references;
  std::vector<Fault> faults;  // empty: all of it can be followed
};

// What a kind of document admits.
struct ReadRules {
  // A signature anywhere, of anything that stands in the document: the signature may hold what it
  // signs, and need not hold a certificate.
  bool any_document = false;
  bool parts_may_be_signed = false;  // a signature of a part says all that is to be said of it
  size_t max_references = kMaxReferences;
};

// `fragment` must outlive the model.
SignatureModel ReadSignature(const xml::Fragment& fragment, const ReadRules& rules);

// `manifest` is an element of the fragment.
ManifestModel ReadManifest(const xml::Fragment& fragment, const xml::FragmentNode& manifest,
                           const ReadRules& rules);

}  // namespace sceau::xades
