#include "verifier/archive_imprint.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/bytes.h"
#include "base/strings.h"
#include "schemas/pes.h"
#include "xades/unsigned_properties.h"

namespace sceau::verifier {
namespace {

using schemas::kDsNamespace;
using xml::FragmentNode;

class Maker {
 public:
  Maker(const xml::Fragment& fragment, const std::vector<ReferencedPart>& references,
        const std::vector<ContentReference>& content)
      : fragment_(fragment),
        references_(references),
        content_(content),
        properties_(xades::UnsignedPropertyNodes(fragment)) {}

  void Add(size_t index, const ArchiveStampEvidence& stamp) {
    ArchiveImprint imprint;
    imprint.stamp = index;
    imprint.digest = stamp.token.digest();
    imprint.expected = stamp.token.imprint();
    parts_ = &imprint.parts;
    canonical_ = &stamp.canonical;
    good_ = true;
    AddReferences();
    for (const std::string_view name : {"SignedInfo", "SignatureValue", "KeyInfo"}) {
      if (const FragmentNode* node = fragment_.root().Only(kDsNamespace, name)) AddWhole(*node);
    }
    for (size_t i = 0; i < std::min(stamp.properties_before, properties_.size()); ++i) {
      AddWhole(*properties_[i]);
    }
    AddObjects(stamp.earlier_form);
    if (good_) out_.list.push_back(std::move(imprint));
  }
  ArchiveImprints Take() { return std::move(out_); }

 private:
  void AddReferences() {
    for (const ReferencedPart& it : references_) {
      if (it.own == nullptr) {
        ContentReference content = content_[it.content];
        if (!it.reference->canonicalised && !content.detached) {
          content.canonical = *canonical_;
          content.canonical.with_comments = false;
        }
        parts_->push_back({nullptr, std::move(content)});
      } else if (it.reference->base64) {
        AddDecoded(*it.own);
      } else {
        // A same-document reference has no comments (XML Signature §4.4.3.3).
        xml::CanonicalOptions options =
            it.reference->canonicalised ? it.reference->canonical : *canonical_;
        options.with_comments = false;
        AddNode(*it.own, options);
      }
    }
  }

  // Those without the properties; XAdES 1.3.2 leaves out what a reference names as well.
  void AddObjects(bool earlier_form) {
    for (const FragmentNode* object : fragment_.root().Elements()) {
      if (!object->Is(kDsNamespace, "Object")) continue;
      const auto children = object->Elements();
      const bool properties =
          std::any_of(children.begin(), children.end(),
                      [](const FragmentNode* it) { return it->local == "QualifyingProperties"; });
      const bool referenced =
          std::any_of(references_.begin(), references_.end(),
                      [&](const ReferencedPart& it) { return it.own == object; });
      if (!properties && !(earlier_form && referenced)) AddWhole(*object);
    }
  }

  void AddDecoded(const FragmentNode& node) {
    const auto text = node.Text();
    auto bytes = text.ok() ? FromBase64(*text) : std::nullopt;
    good_ &= bytes.has_value();
    if (bytes) Keep({&node, "base64"}, *std::move(bytes));
  }
  void AddWhole(const FragmentNode& node) { AddNode(node, *canonical_); }

  // What several time stamps are over is kept once.
  void AddNode(const FragmentNode& node, const xml::CanonicalOptions& options) {
    std::string form = Concat(static_cast<int>(options.method), options.with_comments);
    for (const std::string& prefix : options.inclusive_prefixes) AppendTo(form, " ", prefix, ":");
    const Key key = {&node, std::move(form)};
    if (const auto found = kept_.find(key); found != kept_.end()) {
      parts_->push_back({found->second, std::nullopt});
      return;
    }
    xml::StringSink sink;
    good_ &= fragment_.Canonicalise(node, options, sink).ok();
    Keep(key, sink.text());
  }

  using Key = std::pair<const FragmentNode*, std::string>;
  void Keep(const Key& key, std::string octets) {
    out_.octets += octets.size();
    auto& kept = kept_[key] = std::make_shared<const std::string>(std::move(octets));
    parts_->push_back({kept, std::nullopt});
  }

  const xml::Fragment& fragment_;
  const std::vector<ReferencedPart>& references_;
  const std::vector<ContentReference>& content_;
  const std::vector<const FragmentNode*> properties_;
  std::map<Key, std::shared_ptr<const std::string>> kept_;
  std::vector<ImprintPart>* parts_ = nullptr;         // of the time stamp at hand
  const xml::CanonicalOptions* canonical_ = nullptr;  // likewise
  bool good_ = true;
  ArchiveImprints out_;
};

}  // namespace

bool ArchiveImprint::Complete() const {
  return std::none_of(parts.begin(), parts.end(),
                      [](const ImprintPart& it) { return it.content.has_value(); });
}

ImprintDigest::ImprintDigest(const EVP_MD* digest) : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(context_.get(), digest, nullptr);
}

void ImprintDigest::Write(std::string_view octets) {
  EVP_DigestUpdate(context_.get(), octets.data(), octets.size());
}

std::string ImprintDigest::Finish() {
  unsigned char value[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const bool made = EVP_DigestFinal_ex(context_.get(), value, &size) == 1;
  return made ? std::string(value, value + size) : std::string();
}

ArchiveImprints ImprintsOf(const xml::Fragment& fragment,
                           const std::vector<ReferencedPart>& references,
                           const std::vector<ContentReference>& content,
                           const UnsignedEvidence& evidence) {
  Maker maker(fragment, references, content);
  for (size_t i = 0; i < evidence.archive_time_stamps.size(); ++i) {
    maker.Add(i, evidence.archive_time_stamps[i]);
  }
  return maker.Take();
}

}  // namespace sceau::verifier
