#include "verifier/imprint_pass.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "base/bytes.h"
#include "verifier/archive_imprint.h"
#include "verifier/detached.h"
#include "xml/background_digest.h"
#include "xml/ids.h"
#include "xml/parser.h"

namespace sceau::verifier {
namespace {

// One time stamp or entry of a manifest, its digest made part after part in the order the standard
// says.
struct Job {
  Job(ScannedSignature& its_signature, const ArchiveImprint& its_imprint, bool of_manifest)
      : signature(its_signature),
        imprint(its_imprint),
        manifest(of_manifest),
        digest(its_imprint.digest) {}

  bool Done() const { return given_up || next == imprint.parts.size(); }
  const ContentReference& Content() const { return *imprint.parts[next].content; }
  std::optional<bool>& Result() const {
    Evidence& evidence = signature.evidence;
    return manifest ? evidence.manifest[imprint.stamp].holds
                    : evidence.archive_imprints[imprint.stamp];
  }

  ScannedSignature& signature;
  const ArchiveImprint& imprint;
  const bool manifest;
  ImprintDigest digest;
  size_t next = 0;  // part
  bool given_up = false;
  // While the element of the next part passes:
  std::optional<xml::CanonicalForm> form;
  int depth = 0;
  bool left_out = false;  // the signature itself was met
};
using Jobs = std::vector<std::unique_ptr<Job>>;

Status WriteFile(const InputFile& file, xml::OctetSink& sink) {
  std::string buffer(1 << 16, '\0');
  for (int64_t at = 0; at < file.size();) {
    SCEAU_ASSIGN_OR_RETURN(const size_t got, file.ReadAt(at, buffer.data(), buffer.size()));
    if (got == 0) return Error(Reason::kInputChanged);
    sink.Write(std::string_view(buffer).substr(0, got));
    at += static_cast<int64_t>(got);
  }
  return OkStatus();
}

// What needs no document: parts of the signature, files that were given.
Status Advance(const std::vector<GivenContent>& contents, Job& job) {
  while (!job.Done()) {
    const ImprintPart& part = job.imprint.parts[job.next];
    if (part.octets != nullptr) {
      job.digest.Write(*part.octets);
    } else if (part.content->detached) {
      // A manifest may name several files: only the name tells which.
      const GivenContent* given = FindContent(contents, job.signature, *part.content);
      job.given_up = given == nullptr || (job.manifest && given->name != part.content->id);
      if (job.given_up) break;
      SCEAU_RETURN_IF_ERROR(WriteFile(*given->file, job.digest));
    } else {
      break;
    }
    ++job.next;
  }
  return OkStatus();
}

class ImprintPass final : public xml::CanonicalHandler {
 public:
  ImprintPass(const std::vector<GivenContent>& contents, const Jobs& jobs) : contents_(contents) {
    for (const auto& job : jobs) Await(*job, true);
  }

  bool progressed() const { return progressed_; }

  Status OnStart(const xml::StartElement& element) override {
    if (const auto found = by_apex_.find(element.bytes.offset); found != by_apex_.end()) {
      Open(found->second, element.depth);
    }
    for (size_t i = 0; !by_id_.empty() && i < element.attributes.size(); ++i) {
      const xml::Attribute& attribute = element.attributes[i];
      if (!xml::IsIdName(attribute.uri, attribute.local)) continue;
      const auto found = by_id_.find(std::string(attribute.value));
      if (found != by_id_.end()) Open(found->second, element.depth);
    }
    for (Job* job : open_) {
      const bool itself =
          job->Content().enveloped && job->signature.signature_offset == element.bytes.offset;
      if (itself) job->form->SkipNextElement();
      job->left_out |= itself;
    }
    return canonicaliser_.Start(element);
  }
  Status OnEnd(const xml::EndElement& element) override {
    SCEAU_RETURN_IF_ERROR(canonicaliser_.End(element));
    return Close(element.depth);
  }

  // Those whose element has this depth (0: the document) have their part.
  Status Close(int depth) {
    std::vector<Job*> closed;
    std::copy_if(open_.begin(), open_.end(), std::back_inserter(closed),
                 [&](const Job* it) { return it->depth == depth; });
    std::erase_if(open_, [&](const Job* it) { return it->depth == depth; });
    for (Job* job : closed) {
      // An enveloped signature stands in what it signs.
      job->given_up = job->Content().enveloped && !job->left_out;
      if (job->given_up) job->Result() = false;
      job->form.reset();
      ++job->next;
      progressed_ = true;
      SCEAU_RETURN_IF_ERROR(Advance(contents_, *job));
      Await(*job, false);
    }
    return OkStatus();
  }

 private:
  // The element of the next part; where it has passed already, it does so again in another pass.
  void Await(Job& job, bool at_start) {
    if (job.Done()) return;
    const ContentReference& content = job.Content();
    if (content.whole_document) {
      if (at_start && Begin(job, 0)) canonicaliser_.OpenDocument(*job.form);
    } else if (content.elsewhere) {
      by_id_[content.id].push_back(&job);
    } else {
      by_apex_[job.signature.parent_offset].push_back(&job);
    }
  }

  void Open(std::vector<Job*>& waiting, int depth) {
    std::erase_if(waiting, [&](Job* job) {
      if (!Begin(*job, depth)) return false;
      canonicaliser_.Open(*job->form);
      return true;
    });
  }
  // False when there are too many at the same time.
  bool Begin(Job& job, int depth) {
    if (open_.size() >= kMaxOpenImprints) return false;
    job.form.emplace(job.Content().canonical, job.digest);
    job.depth = depth;
    job.left_out = false;
    open_.push_back(&job);
    return true;
  }

  const std::vector<GivenContent>& contents_;
  std::vector<Job*> open_;
  absl::flat_hash_map<int64_t, std::vector<Job*>> by_apex_;
  absl::flat_hash_map<std::string, std::vector<Job*>> by_id_;
  bool progressed_ = false;
};

}  // namespace

Status CompareImprints(const InputFile& file, const std::vector<GivenContent>& contents,
                       Scan& scan) {
  Jobs jobs;
  for (ScannedSignature& signature : scan.signatures) {
    for (const bool manifest : {false, true}) {
      for (const auto& it : manifest ? signature.manifest_digests : signature.imprints) {
        jobs.push_back(std::make_unique<Job>(signature, it, manifest));
        SCEAU_RETURN_IF_ERROR(Advance(contents, *jobs.back()));
      }
    }
  }
  const auto done = [](const auto& job) { return job->Done(); };
  bool progressed = true;
  for (int i = 0; i < kMaxImprintPasses && progressed; ++i) {
    if (std::all_of(jobs.begin(), jobs.end(), done)) break;
    ImprintPass pass(contents, jobs);
    xml::BackgroundDigest raw(DigestAlgorithm::kSha256, file.size());
    SCEAU_RETURN_IF_ERROR(xml::Parse(file, pass, {}, &raw).status());
    if (ToHex(raw.Finish()) != scan.sha256) return Error(Reason::kInputChanged);
    SCEAU_RETURN_IF_ERROR(pass.Close(0));
    progressed = pass.progressed();
  }
  for (const auto& job : jobs) {
    if (job->given_up) continue;
    if (job->Done()) {
      job->Result() = job->digest.Finish() == job->imprint.expected;
    } else if (!progressed) {
      job->Result() = false;  // what it names is not in the document
    }
  }
  return OkStatus();
}

}  // namespace sceau::verifier
