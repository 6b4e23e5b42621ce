// Judges one signature by itself: its structure, its own references, its certificate, its value.
// What it says of the rest of the document (the signed element's digest) is left to be compared.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "verifier/algorithm_limits.h"
#include "verifier/archive_imprint.h"
#include "verifier/content_reference.h"
#include "verifier/manifest_check.h"
#include "verifier/report.h"
#include "verifier/unsigned_evidence.h"
#include "xades/certificate.h"
#include "xades/reader.h"
#include "xml/fragment.h"

namespace sceau::verifier {

// Certificates met in a file, each parsed once.
class CertificateCache {
 public:
  // nullptr when it is not a certificate.
  std::shared_ptr<const xades::Certificate> Get(const std::string& der);

 private:
  absl::flat_hash_map<std::string, std::shared_ptr<const xades::Certificate>> by_der_;
};

// Where a signature stands.
struct SignaturePlacement {
  schemas::Scope scope = schemas::Scope::kOther;
  std::string of;
  std::string parent_id;         // the Id of the parent element; empty: none
  int64_t parent_offset = 0;     // of the parent's start tag: the apex of what is signed
  int64_t signature_offset = 0;  // of the signature's start tag: left out of it
  bool crowded = false;          // the parent holds more signatures than are judged
  xades::ReadRules rules;
  // Where any document is judged: its root, and certificates that may be the signer's of a
  // signature that names none.
  std::string root_name, root_id;
  bool is_root = false;  // the signature is the document element
  // It may be of a file beside the document: `file` when the document says which.
  bool may_be_detached = false;
  std::string file;
  std::vector<std::shared_ptr<const xades::Certificate>> signers;
};

// What the verdict is made from, once the digest of the content is known and the whole document has
// been read.
struct Evidence {
  // Every Id its references name: none may stand twice. Each ends with NUL, which XML does not
  // have.
  std::string named_ids;
  std::vector<xades::Fault> faults;  // not empty: not checked further
  bool own_digests_hold = false;
  // A digest of SignedProperties holds only as some producers read enveloped-signature there (it
  // removes nothing); by the letter of XML Signature §6.6.4 nothing would be left to digest. That
  // reading counts only where the signature value vouches for it.
  bool own_digests_lenient = false;
  bool value_holds = false;
  bool content_missing = false;  // what it signs is a file that was not given
  DigestSet digests;             // of its references and under the value
  // What leaves an intact signature of any document indeterminate.
  std::vector<xades::Fault> constraints;
  std::shared_ptr<const xades::Certificate> certificate;
  std::vector<std::shared_ptr<const xades::Certificate>> others;
  std::shared_ptr<const UnsignedEvidence> unsigned_evidence;  // null: none
  // Of each archive time stamp in it, whether it is over this signature; nullopt: not checked.
  std::vector<std::optional<bool>> archive_imprints;
  std::vector<ManifestEntry> manifest;  // what the manifests that it signs name
};

struct CheckedSignature : Evidence {
  SignaturePlacement placement;
  SignatureReport report;  // complete but for integrity, indication and trust
  std::vector<ContentReference> content;
  // That are still to be compared: of archive time stamps, of entries of manifests.
  ArchiveImprints imprints;
  std::vector<ArchiveImprint> manifest_digests;
};

// As the report names it.
SignerCertificate SignerOf(const xades::Certificate& certificate);

CheckedSignature CheckSignature(const xml::Fragment& fragment, const SignaturePlacement& placement,
                                CertificateCache& certificates);

}  // namespace sceau::verifier
