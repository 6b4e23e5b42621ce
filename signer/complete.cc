#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "signer/signer.h"
#include "verifier/verifier.h"
#include "xades/builder.h"

namespace sceau::signer {
namespace {

xades::SignedElement ElementOf(const Target& target) {
  return {target.id, target.signature_id, target.element_digest};
}

StatusOr<xades::SignatureBuilder> BuilderOf(const Prepared& prepared) {
  const SignatureParameters& p = prepared.parameters;
  return xades::SignatureBuilder::Create(
      *p.profile, {p.signing_time, p.role, p.city, p.postal_code, p.country}, p.certificates);
}

// Signs the targets from several threads; the first error stops all.
class SigningRun {
 public:
  SigningRun(const Prepared& prepared, const xades::SignatureBuilder& builder,
             const SignFunction& sign, const CompleteOptions& options)
      : prepared_(prepared), builder_(builder), sign_(sign), options_(options) {
    values_.resize(prepared.targets.size());
  }

  StatusOr<std::vector<std::string>> Run() {
    const size_t wanted = std::min<size_t>(static_cast<size_t>(std::max(1, options_.parallelism)),
                                           prepared_.targets.size());
    std::vector<std::thread> threads;
    for (size_t i = 1; i < wanted; ++i) threads.emplace_back([this] { Work(); });
    Work();
    for (std::thread& thread : threads) thread.join();
    SCEAU_RETURN_IF_ERROR(status_);
    return std::move(values_);
  }

 private:
  void Work() {
    while (!stopped_) {
      const size_t index = next_++;
      if (index >= prepared_.targets.size()) return;
      Status status = SignOne(index);
      const std::lock_guard lock(mutex_);
      if (!status.ok()) {
        if (status_.ok()) status_ = std::move(status);
        stopped_ = true;
      } else if (options_.progress) {
        options_.progress(prepared_.targets[index], ++done_, prepared_.targets.size());
      }
    }
  }

  Status SignOne(size_t index) {
    if (options_.still_wanted) SCEAU_RETURN_IF_ERROR(options_.still_wanted());
    const std::string octets = builder_.SignedInfoOctets(ElementOf(prepared_.targets[index]));
    SCEAU_ASSIGN_OR_RETURN(values_[index], sign_(builder_.method().digest, octets));
    // A faulty token must not be able to spoil a file (P-59).
    if (!builder_.certificate().Verifies(builder_.method(), octets, values_[index])) {
      return Error(Reason::kSignatureCheckFailed, prepared_.targets[index].of);
    }
    return OkStatus();
  }

  const Prepared& prepared_;
  const xades::SignatureBuilder& builder_;
  const SignFunction& sign_;
  const CompleteOptions& options_;
  std::vector<std::string> values_;
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  Status status_;    // guarded by mutex_
  size_t done_ = 0;  // guarded by mutex_
};

// Copies the input with the planned edits and the signatures. What it held is gone when it returns.
StatusOr<std::vector<xml::Edit>> Insert(const InputFile& input, const Prepared& prepared,
                                        const xades::SignatureBuilder& builder,
                                        std::vector<std::string> values, OutputFile& output) {
  std::vector<xml::PlannedEdit> edits = prepared.edits;
  for (size_t i = 0; i < prepared.targets.size(); ++i) {
    edits.push_back({prepared.targets[i].offset, "", [&, i]() -> StatusOr<std::string> {
                       return xml::Encode(
                           builder.Signature(ElementOf(prepared.targets[i]), values[i]),
                           prepared.encoding);
                     }});
  }
  std::stable_sort(edits.begin(), edits.end(),
                   [](const auto& a, const auto& b) { return a.offset < b.offset; });
  return xml::Splice(input, edits, output);
}

// Nothing but the edits differs from what Prepare read: a signature of a bordereau would not notice
// another header or attachment.
Status CheckInput(const Prepared& prepared, const std::vector<xml::Edit>& edits,
                  OutputFile& output) {
  SCEAU_ASSIGN_OR_RETURN(const InputFile written, output.Reread());
  SCEAU_ASSIGN_OR_RETURN(const std::string original, xml::DigestWithoutEdits(written, edits));
  return original == prepared.sha256 ? OkStatus() : Error(Reason::kInputChanged);
}

// The output is released only when the verifier, reading it anew, finds every new signature intact
// and made with our certificate.
StatusOr<verifier::FileReport> CheckOutput(const Prepared& prepared,
                                           const xades::Certificate& certificate,
                                           OutputFile& output) {
  SCEAU_ASSIGN_OR_RETURN(const InputFile written, output.Reread());
  verifier::VerifyOptions options;
  options.validation_time = prepared.parameters.signing_time;
  verifier::FileReport report = verifier::Verify(written, "", options);
  if (report.verdict == verifier::Verdict::kRefused) {
    return Error(Reason::kOutputCheckFailed, DetailOf(report.refusal), PlaceOf(report.refusal));
  }
  const std::string fingerprint = ToHex(certificate.DigestWith(DigestAlgorithm::kSha256));
  absl::flat_hash_map<std::string, const verifier::SignatureReport*> by_id;
  for (const auto& signature : report.signatures) by_id[signature.id] = &signature;
  for (const Target& target : prepared.targets) {
    const auto found = by_id.find(target.signature_id);
    const bool holds = found != by_id.end() && found->second->of == target.of &&
                       found->second->integrity == verifier::Integrity::kIntact &&
                       found->second->signer->sha256 == fingerprint;
    if (!holds) return Error(Reason::kOutputCheckFailed, target.of);
  }
  const size_t expected = prepared.facts.signatures.size() + prepared.targets.size();
  if (report.signatures.size() != expected) {
    return Error(Reason::kOutputCheckFailed, Concat(report.signatures.size(), " != ", expected));
  }
  return report;
}

}  // namespace

StatusOr<Outcome> Complete(const InputFile& input, const Prepared& prepared,
                           const SignFunction& sign, const CompleteOptions& options,
                           OutputFile& output) {
  SCEAU_ASSIGN_OR_RETURN(const xades::SignatureBuilder builder, BuilderOf(prepared));
  SCEAU_ASSIGN_OR_RETURN(std::vector<std::string> values,
                         SigningRun(prepared, builder, sign, options).Run());
  Outcome outcome;
  SCEAU_ASSIGN_OR_RETURN(outcome.edits,
                         Insert(input, prepared, builder, std::move(values), output));
  for (const Target& target : prepared.targets) {
    outcome.elements.push_back({target.scope, target.of, target.signature_id});
  }
  SCEAU_RETURN_IF_ERROR(CheckInput(prepared, outcome.edits, output));
  SCEAU_ASSIGN_OR_RETURN(const verifier::FileReport report,
                         CheckOutput(prepared, builder.certificate(), output));
  outcome.sha256 = report.sha256;
  outcome.size = output.size();
  return outcome;
}

}  // namespace sceau::signer
