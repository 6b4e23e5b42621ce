// Signature profiles and signature policies: data with a history, not code.
//
// A profile says how a signature is made: policy, dialect, Ids, algorithms. Profiles are TOML
// (xades/profiles/*.toml, embedded; more from a configured folder). An issued profile never changes
// its meaning under its name. A new policy version is a new file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/status.h"

namespace sceau::xades {

// What a signature refers to as its policy (SignaturePolicyIdentifier, ETSI TS 101 903 §7.2.3, ETSI
// EN 319 132-1 §5.2.9).
struct PolicyReference {
  std::string id;           // "urn:oid:..."
  std::string description;  // may be empty
  DigestAlgorithm digest = DigestAlgorithm::kSha256;
  std::string hash;  // raw bytes
  std::string spuri;
};

struct Profile {
  std::string name;                    // "helios-v3"
  int version = 1;                     // of the profile file's format
  std::string description;             // one line, French
  std::vector<std::string> documents;  // kinds it applies to, e.g. "PES_ALLER"

  // Dialect
  std::string xades_namespace;     // XAdES namespace of QualifyingProperties
  bool default_namespace = false;  // also bound as default namespace there (dialect B)
  bool cert_digest_in_ds = false;  // ds:DigestMethod/Value instead of xad: in CertDigest and hash
  bool target_with_hash = true;    // Target="#id" or Target="id"
  std::string properties_type;     // Type of the SignedProperties reference; empty: none
  // SigningCertificateV2, SignatureProductionPlaceV2, SignerRoleV2 (ETSI EN 319 132-1 §5.2)
  bool properties_v2 = false;
  std::string mime_type;  // of what is signed, in DataObjectFormat (§5.2.4); empty: none there
  bool time_with_milliseconds = false;

  // Ids: {id} the signed element's Id, {time} YYMMDDhhmmss in UTC, {n} ordinal in the run from 1.
  std::string signature_id;
  std::string signature_value_suffix, key_info_suffix, object_suffix;  // empty: no Id there
  std::string signed_properties_suffix;
  std::string reference_suffix;  // of the reference to what is signed; needed with mime_type

  // What a signature of the whole refers to: the root by its Id, or the document (URI="").
  bool whole_document = false;

  // What is signed is a file beside the signature, named by the reference and taken byte for byte.
  // Its media type is then given by whoever signs, not by the profile.
  bool detached = false;

  // Algorithms
  std::vector<std::string> signature_methods;  // URIs admitted, the first that fits the key is used
  std::string canonicalization;                // URI, of SignedInfo and as last transform
  std::string digest_method;                   // URI
  bool certificate_lines = true;  // base64 of the certificate in lines of 76 characters

  std::optional<PolicyReference> policy;
  bool needs_role = true;
  bool needs_place = true;
};

class ProfileSet {
 public:
  // The embedded profiles. Error kProfileInvalid.
  static StatusOr<ProfileSet> BuiltIn();
  // Adds every *.toml of a folder. Errors: kProfileInvalid (with file, key and reason), also when a
  // name is taken.
  Status AddFolder(const std::string& folder);
  // Adds one profile from its text; `origin` names it in errors.
  Status Add(std::string_view text, std::string_view origin);

  // kProfileUnknown (the known names as detail) when there is none.
  StatusOr<std::shared_ptr<const Profile>> Find(std::string_view name) const;
  std::vector<std::string> Names() const;

 private:
  std::vector<std::shared_ptr<const Profile>> profiles_;
};

// A policy a verifier knows, with every hash it was published with.
struct KnownPolicy {
  std::string id;
  std::string name;
  struct Hash {
    DigestAlgorithm digest;
    std::string value;  // raw bytes
  };
  std::vector<Hash> hashes;
};
// From xades/policies.toml, embedded.
const std::vector<KnownPolicy>& KnownPolicies();
const KnownPolicy* FindPolicy(std::string_view id);

}  // namespace sceau::xades
