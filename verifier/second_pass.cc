#include "verifier/second_pass.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "xml/background_digest.h"
#include "xml/canonical.h"
#include "xml/ids.h"
#include "xml/parser.h"

namespace sceau::verifier {
namespace {

// Makes the digests that are not known yet while the document passes again. Each has memory only
// while its element passes.
class SecondPass final : public xml::CanonicalHandler {
 public:
  explicit SecondPass(Scan& scan) {
    for (ScannedSignature& signature : scan.signatures) {
      if (signature.contents == nullptr) continue;
      signature.content_holds = false;
      Asked& asked = *asked_.emplace_back(std::make_unique<Asked>(signature));
      for (const ContentReference& content : *signature.contents) {
        if (content.whole_document) {
          if (Run* run = Begin(asked, content, 0)) canonicaliser_.OpenDocument(run->form);
        } else if (content.elsewhere) {
          by_id_[content.id].push_back({&asked, &content});
        } else {
          by_apex_[signature.parent_offset].push_back({&asked, &content});
        }
      }
    }
  }

  Status OnStart(const xml::StartElement& element) override {
    if (auto found = by_apex_.find(element.bytes.offset); found != by_apex_.end()) {
      Open(found->second, element.depth);
    }
    for (size_t i = 0; !by_id_.empty() && i < element.attributes.size(); ++i) {
      const xml::Attribute& attribute = element.attributes[i];
      if (!xml::IsIdName(attribute.uri, attribute.local)) continue;
      const auto found = by_id_.find(std::string(attribute.value));
      if (found != by_id_.end()) Open(found->second, element.depth);
    }
    for (const auto& run : runs_) {
      const bool leaves_out =
          run->content.enveloped && run->asked.signature.signature_offset == element.bytes.offset;
      if (leaves_out) run->form.SkipNextElement();
      run->left_out |= leaves_out;
    }
    return canonicaliser_.Start(element);
  }
  Status OnEnd(const xml::EndElement& element) override {
    SCEAU_RETURN_IF_ERROR(canonicaliser_.End(element));
    Finish(element.depth);
    return OkStatus();
  }

  // The digests whose apex has this depth (0: the document) are made.
  void Finish(int depth) {
    for (const auto& run : runs_) {
      if (run->depth != depth) continue;
      const bool made = run->sink.octets() > 0;  // nothing is signed by the digest of nothing
      Asked& asked = run->asked;
      // An enveloped signature stands in what it signs: else it is another's that was carried here.
      if (run->content.enveloped && !run->left_out) {
        asked.signature.evidence.faults.push_back(
            {"REFERENCE_NOT_AT_ALLOWED_PATH", Concat("#", run->content.id)});
      }
      if (made && run->sink.Finish() == run->content.expected) ++asked.held;
      asked.signature.content_holds = asked.held == asked.signature.contents->size();
    }
    std::erase_if(runs_, [&](const auto& run) { return run->depth == depth; });
  }

 private:
  // A signature and how many of its references hold.
  struct Asked {
    explicit Asked(ScannedSignature& it) : signature(it) {}
    ScannedSignature& signature;
    size_t held = 0;
  };
  struct Wanted {
    Asked* asked;
    const ContentReference* content;
  };
  struct Run {
    Run(Asked& a, const ContentReference& c, int apex)
        : asked(a), content(c), depth(apex), sink(c.digest), form(c.canonical, sink) {}
    Asked& asked;
    const ContentReference& content;
    const int depth;
    bool left_out = false;  // its own signature was met
    xml::DigestSink sink;
    xml::CanonicalForm form;
  };

  void Open(const std::vector<Wanted>& wanted, int depth) {
    for (const Wanted& it : wanted) {
      if (Run* run = Begin(*it.asked, *it.content, depth)) canonicaliser_.Open(run->form);
    }
  }
  // nullptr when there are too many at the same time.
  Run* Begin(Asked& asked, const ContentReference& content, int depth) {
    if (runs_.size() >= kMaxOpenDigests) return nullptr;
    runs_.push_back(std::make_unique<Run>(asked, content, depth));
    return runs_.back().get();
  }

  std::vector<std::unique_ptr<Asked>> asked_;
  std::vector<std::unique_ptr<Run>> runs_;  // of elements that are open
  absl::flat_hash_map<int64_t, std::vector<Wanted>> by_apex_;
  absl::flat_hash_map<std::string, std::vector<Wanted>> by_id_;
};

}  // namespace

Status DigestTheRest(const InputFile& file, Scan& scan) {
  const auto known = [](const ScannedSignature& it) { return it.contents == nullptr; };
  if (std::all_of(scan.signatures.begin(), scan.signatures.end(), known)) return OkStatus();
  SecondPass runner(scan);
  xml::BackgroundDigest raw(DigestAlgorithm::kSha256, file.size());
  SCEAU_RETURN_IF_ERROR(xml::Parse(file, runner, {}, &raw).status());
  if (ToHex(raw.Finish()) != scan.sha256) return Error(Reason::kInputChanged);
  runner.Finish(0);
  return OkStatus();
}

}  // namespace sceau::verifier
