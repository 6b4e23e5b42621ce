#include "verifier/manifest_check.h"

#include <set>
#include <utility>

#include "schemas/pes.h"
#include "verifier/own_part.h"
#include "xades/file_name.h"

namespace sceau::verifier {
namespace {

using xml::FragmentNode;

class Follower {
 public:
  Follower(const xml::Fragment& fragment, const xades::ReadRules& rules)
      : fragment_(fragment), rules_(rules) {}

  Manifests Run(std::vector<const FragmentNode*> parts) {
    // The list grows while manifests lead to others; each part is gone through once.
    parts_ = std::move(parts);
    for (size_t i = 0; i < parts_.size(); ++i) FindIn(*parts_[i]);
    return std::move(out_);
  }

 private:
  void FindIn(const FragmentNode& node) {
    if (!visited_.insert(&node).second) return;
    if (node.Is(schemas::kDsNamespace, "Manifest")) Follow(node);
    for (const FragmentNode* child : node.Elements()) FindIn(*child);
  }

  void Follow(const FragmentNode& manifest) {
    const xades::ManifestModel model = xades::ReadManifest(fragment_, manifest, rules_);
    for (const xades::Fault& fault : model.faults) {
      out_.entries.push_back({fault.detail, false, std::nullopt});
    }
    if (!model.faults.empty()) return;
    if (out_.entries.size() + model.references.size() > kMaxManifestEntries) {
      out_.entries.push_back({"TOO_MANY_REFERENCES", false, std::nullopt});
      return;
    }
    for (const xades::Reference& it : model.references) Add(it);
  }

  void Add(const xades::Reference& reference) {
    ManifestEntry entry;
    entry.uri = reference.uri;
    entry.followed = reference.has_uri && !(reference.uri.empty() && !reference.enveloped);
    if (entry.followed) {
      out_.digests.Add(reference.digest->digest);
      Resolve(reference, entry);
    }
    out_.entries.push_back(std::move(entry));
  }

  void Resolve(const xades::Reference& reference, ManifestEntry& entry) {
    ContentReference content;
    content.enveloped = reference.enveloped;
    content.canonical = reference.canonical;
    content.canonical.with_comments = false;
    if (reference.uri.empty()) {
      content.whole_document = true;
    } else if (reference.uri[0] == '#') {
      content.id = reference.uri.substr(1);
      entry.followed =
          !content.id.empty() && content.id.find_first_of("()'\"") == std::string::npos;
      out_.named_ids.append(content.id).push_back('\0');
      const auto own = fragment_.WithId(content.id);
      if (!own.empty()) return AddOwn(reference, own, entry);
      content.elsewhere = true;
      entry.followed &= !reference.base64;
    } else {
      const auto name = xades::FileNameOfUri(reference.uri);
      entry.followed = rules_.any_document && name && !reference.transformed;
      content.detached = true;
      content.enveloped = false;
      content.id = name.value_or("");
    }
    if (!entry.followed) return;
    ArchiveImprint pending;
    pending.stamp = out_.entries.size();
    pending.digest = EvpOf(reference.digest->digest);
    pending.expected = reference.digest_value;
    pending.parts.push_back({nullptr, std::move(content)});
    out_.pending.push_back(std::move(pending));
  }

  void AddOwn(const xades::Reference& reference, const std::vector<const FragmentNode*>& own,
              ManifestEntry& entry) {
    entry.followed &= own.size() == 1 && !reference.enveloped;
    if (!entry.followed) return;
    entry.holds = OwnDigestHolds(fragment_, reference, *own.front());
    parts_.push_back(own.front());
  }

  const xml::Fragment& fragment_;
  const xades::ReadRules& rules_;
  std::vector<const FragmentNode*> parts_;
  std::set<const FragmentNode*> visited_;
  Manifests out_;
};

}  // namespace

Manifests FollowManifests(const xml::Fragment& fragment,
                          std::vector<const FragmentNode*> signed_parts,
                          const xades::ReadRules& rules) {
  return Follower(fragment, rules).Run(std::move(signed_parts));
}

}  // namespace sceau::verifier
