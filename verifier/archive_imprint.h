// What an archive time stamp is over (ETSI EN 319 132-1 §5.5.2, TS 101 903 v1.4.2 §8.2.1, v1.3.2
// §7.7.1): what the signature signs, and the signature up to the time stamp itself. What stands in
// the signature is kept as octets; the rest is digested when the document passes again
// (imprint_pass.h).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/openssl.h"
#include "verifier/content_reference.h"
#include "verifier/unsigned_evidence.h"
#include "xades/reader.h"
#include "xml/fragment.h"

namespace sceau::verifier {

struct ImprintPart {
  std::shared_ptr<const std::string> octets;  // or
  std::optional<ContentReference> content;    // octets to be made: only what it names and how
};

struct ArchiveImprint {
  size_t stamp = 0;  // index among those of the signature
  const EVP_MD* digest = nullptr;
  std::string expected;  // raw
  std::vector<ImprintPart> parts;

  bool Complete() const;  // all of it stands in the signature
};

// The digest of an imprint in the making.
class ImprintDigest final : public xml::OctetSink {
 public:
  explicit ImprintDigest(const EVP_MD* digest);
  void Write(std::string_view octets) override;
  std::string Finish();  // raw; the object is then spent

 private:
  EvpMdCtxHandle context_;
};

// A reference of the signature, in the order of SignedInfo: to a part of the signature itself, or
// to something else, which is what `content` says.
struct ReferencedPart {
  const xades::Reference* reference = nullptr;
  const xml::FragmentNode* own = nullptr;
  size_t content = 0;  // index
};

struct ArchiveImprints {
  std::vector<ArchiveImprint> list;
  size_t octets = 0;  // that are held
};

// Of every archive time stamp of the signature; one whose octets cannot be made is not among them.
ArchiveImprints ImprintsOf(const xml::Fragment& fragment,
                           const std::vector<ReferencedPart>& references,
                           const std::vector<ContentReference>& content,
                           const UnsignedEvidence& evidence);

}  // namespace sceau::verifier
