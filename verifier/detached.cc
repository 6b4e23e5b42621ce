#include "verifier/detached.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/file_digest.h"
#include "base/strings.h"

namespace sceau::verifier {
namespace {

using schemas::Severity;

class Comparison {
 public:
  Comparison(const std::vector<GivenContent>& contents, Scan& scan)
      : contents_(contents), scan_(scan) {}

  Status Run() {
    for (ScannedSignature& signature : scan_.signatures) {
      if (signature.contents == nullptr || !signature.contents->front().detached) continue;
      const auto contents = std::move(signature.contents);
      if (NameIsDoubtful(signature)) {
        signature.evidence.faults.push_back(
            {"REFERENCE_NOT_AT_ALLOWED_PATH", contents->front().id});
        continue;
      }
      const GivenContent* given = FindContent(contents_, signature, contents->front());
      signature.evidence.content_missing = given == nullptr;
      signature.content_holds = false;
      if (given == nullptr) continue;
      signature.named_otherwise = given->name != contents->front().id;
      SCEAU_ASSIGN_OR_RETURN(const std::string digest, DigestOf(*given, contents->front().digest));
      signature.content_holds = digest == contents->front().expected;
    }
    return OkStatus();
  }

 private:
  // The message names the file again behind the signature: which one is meant?
  bool NameIsDoubtful(const ScannedSignature& signature) const {
    return signature.acte_file && scan_.acte.facts().files[*signature.acte_file].names != 1;
  }

  StatusOr<std::string> DigestOf(const GivenContent& given, DigestAlgorithm algorithm) {
    const auto [known, is_new] = digests_.try_emplace({&given, algorithm});
    if (is_new) {
      SCEAU_ASSIGN_OR_RETURN(known->second, sceau::DigestOfFile(*given.file, algorithm));
    }
    return known->second;
  }

  const std::vector<GivenContent>& contents_;
  Scan& scan_;
  std::map<std::pair<const GivenContent*, DigestAlgorithm>, std::string> digests_;  // raw
};

}  // namespace

const GivenContent* FindContent(const std::vector<GivenContent>& contents,
                                const ScannedSignature& signature,
                                const ContentReference& content) {
  const auto found = std::find_if(contents.begin(), contents.end(),
                                  [&](const GivenContent& it) { return it.name == content.id; });
  if (found != contents.end()) return &*found;
  const bool alone = !signature.acte_file && contents.size() == 1;
  return alone ? &contents.front() : nullptr;
}

Status CompareDetached(const std::vector<GivenContent>& contents, Scan& scan) {
  return Comparison(contents, scan).Run();
}

void DescribeMessage(const Scan& scan, FileReport& report) {
  if (!schemas::IsActes(scan.kind)) return;
  const bool whole = std::any_of(
      report.signatures.begin(), report.signatures.end(), [](const SignatureReport& it) {
        return it.scope == schemas::Scope::kWhole && it.integrity == Integrity::kIntact;
      });
  if (!whole) report.not_covered.push_back(Concat("/", scan.pes.facts().root_qname));
  for (const schemas::ActeFile& it : scan.acte.facts().files) {
    if (it.has_signature) continue;
    report.findings.push_back({Severity::kInfo, "ACTE_FILE_NOT_SIGNED", it.place, it.name});
  }
}

}  // namespace sceau::verifier
