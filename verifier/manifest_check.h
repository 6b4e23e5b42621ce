// Manifests (XML Signature §5.1): lists of references that a signature signs. What such a list
// names is looked at too, in the document and in files that were given: what is broken breaks the
// signature, what cannot be looked at leaves it indeterminate.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verifier/algorithm_limits.h"
#include "verifier/archive_imprint.h"
#include "xades/reader.h"
#include "xml/fragment.h"

namespace sceau::verifier {

// Of all manifests of a signature; those beyond are not followed.
inline constexpr size_t kMaxManifestEntries = 1024;

// A reference of a manifest.
struct ManifestEntry {
  std::string uri;
  bool followed = true;       // false: it names something in a way that is not followed
  std::optional<bool> holds;  // nullopt: it has not been looked at
};

struct Manifests {
  std::vector<ManifestEntry> entries;
  std::vector<ArchiveImprint> pending;  // `stamp`: index of the entry
  std::string named_ids;                // as Evidence::named_ids
  DigestSet digests;
};

// Of the manifests in these parts of the signature, which it signs, and of those they lead to.
Manifests FollowManifests(const xml::Fragment& fragment,
                          std::vector<const xml::FragmentNode*> signed_parts,
                          const xades::ReadRules& rules);

}  // namespace sceau::verifier
