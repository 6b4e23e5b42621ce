#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "base/bytes.h"
#include "base/strings.h"
#include "signer/check_result.h"
#include "signer/signer.h"
#include "signer/to_be_signed.h"
#include "verifier/verifier.h"
#include "xades/builder.h"

namespace sceau::signer {
namespace {

// Values that are made before they can be written, for each thread that makes them.
constexpr size_t kAheadPerThread = 32;
// The most that a thread asks the key for together.
constexpr size_t kTogether = 16;

// Signs the targets, in their order, from several threads, never far ahead of who takes the values;
// the first error stops all. A single target is signed where its value is asked for.
class SigningRun {
 public:
  SigningRun(const Prepared& prepared, const xades::SignatureBuilder& builder,
             const SignFunction& sign, const CompleteOptions& options)
      : prepared_(prepared), builder_(builder), sign_(sign), options_(options) {
    values_.resize(prepared.targets.size());
    const size_t wanted =
        std::min<size_t>(static_cast<size_t>(std::max(1, options.parallelism)), values_.size());
    if (values_.size() < 2) return;
    workers_ = wanted;
    most_ahead_ = kAheadPerThread * wanted;
    for (size_t i = 0; i < wanted; ++i) threads_.emplace_back([this] { Work(); });
  }
  ~SigningRun() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    taken_one_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  // The value of one target; waits for it. Each once.
  StatusOr<std::string> Take(size_t index) {
    if (threads_.empty()) SCEAU_RETURN_IF_ERROR(Sign(index, index + 1));
    std::unique_lock lock(mutex_);
    made_.wait(lock, [&] { return !values_[index].empty() || !status_.ok(); });
    SCEAU_RETURN_IF_ERROR(status_);
    ++taken_;
    taken_one_.notify_one();
    return std::exchange(values_[index], {});
  }

 private:
  void Work() {
    while (true) {
      size_t first = 0;
      size_t end = 0;
      {
        std::unique_lock lock(mutex_);
        taken_one_.wait(lock, [this] { return stopped_ || next_ < taken_ + most_ahead_; });
        if (stopped_ || next_ >= values_.size()) return;
        first = next_;
        end = next_ = first + Share();
      }
      if (Status status = Sign(first, end); !status.ok()) Stop(std::move(status));
    }
  }

  // How many the next thread takes: fewer at the end, so that all end together. With mutex_ held.
  size_t Share() const {
    const size_t left = values_.size() - next_;
    const size_t fair = std::clamp<size_t>(left / (2 * workers_), 1, kTogether);
    return std::min(fair, taken_ + most_ahead_ - next_);
  }

  void Stop(Status status) {
    const std::lock_guard lock(mutex_);
    if (status_.ok()) status_ = std::move(status);
    stopped_ = true;
    made_.notify_all();
    taken_one_.notify_all();
  }

  Status Sign(size_t first, size_t end) {
    if (options_.still_wanted) SCEAU_RETURN_IF_ERROR(options_.still_wanted());
    std::vector<std::string> octets;
    for (size_t i = first; i < end; ++i) {
      octets.push_back(builder_.SignedInfoOctets(ElementOf(prepared_.targets[i])));
    }
    return sign_(builder_.method().scheme, octets, [&](size_t i, std::string value) -> Status {
      SCEAU_RETURN_IF_ERROR(Keep(first + i, octets[i], std::move(value)));
      const bool more = first + i + 1 < end;
      return more && options_.still_wanted ? options_.still_wanted() : OkStatus();
    });
  }

  Status Keep(size_t index, std::string_view octets, std::string value) {
    const Target& target = prepared_.targets[index];
    // A faulty token must not be able to spoil a file (P-59).
    if (!builder_.certificate().Verifies(builder_.method(), octets, value)) {
      return Error(Reason::kSignatureCheckFailed, target.id);
    }
    Tell(target);
    const std::lock_guard lock(mutex_);
    values_[index] = std::move(value);
    made_.notify_all();
    return OkStatus();
  }

  // Whoever listens slowly holds up those who tell, not the rest.
  void Tell(const Target& target) {
    const std::lock_guard lock(telling_);
    ++done_;
    if (options_.progress) options_.progress(target, done_, values_.size());
  }

  const Prepared& prepared_;
  const xades::SignatureBuilder& builder_;
  const SignFunction& sign_;
  const CompleteOptions& options_;
  std::mutex mutex_;
  std::condition_variable made_;
  std::condition_variable taken_one_;
  // Guarded by mutex_:
  std::vector<std::string> values_;  // empty until made, and again when taken
  size_t next_ = 0;
  size_t taken_ = 0;
  bool stopped_ = false;
  Status status_;
  std::mutex telling_;
  size_t done_ = 0;     // guarded by telling_
  size_t workers_ = 0;  // set before they start
  size_t most_ahead_ = 0;
  std::vector<std::thread> threads_;
};

// Copies the input with the planned edits and the signatures, as they are made.
StatusOr<std::vector<xml::Edit>> Insert(const InputFile& input, Prepared& prepared,
                                        const xades::SignatureBuilder& builder, SigningRun& run,
                                        OutputFile& output) {
  const auto signature = [&](size_t index) -> StatusOr<std::string> {
    SCEAU_ASSIGN_OR_RETURN(const std::string value, run.Take(index));
    const Target& target = prepared.targets[index];
    return xml::Encode(
        Concat(target.before, builder.Signature(ElementOf(target), value), target.after),
        prepared.encoding);
  };
  std::vector<xml::PlannedEdit> edits = std::move(prepared.edits);
  for (size_t i = 0; i < prepared.targets.size(); ++i) {
    edits.push_back({prepared.targets[i].offset, "", [&signature, i] { return signature(i); }});
  }
  std::stable_sort(edits.begin(), edits.end(),
                   [](const auto& a, const auto& b) { return a.offset < b.offset; });
  SCEAU_ASSIGN_OR_RETURN(xml::Spliced spliced, xml::Splice(input, edits, output));
  // Nothing but the edits differs from what Prepare read: a signature of a bordereau would not
  // notice another header or attachment.
  if (spliced.input_sha256 != prepared.sha256) return Error(Reason::kInputChanged);
  return std::move(spliced.edits);
}

// The output as the verifier, reading it anew, finds it. With several signatures it reads while
// they are made: the token works, and so does the other core.
class OutputCheck {
 public:
  // `signatures`: how many the output holds.
  OutputCheck(const Prepared& prepared, size_t signatures, OutputFile& output)
      : prepared_(prepared), signatures_(signatures), output_(output) {
    options_.validation_time = prepared.parameters.signing_time;
    options_.contents = prepared.contents;
  }
  ~OutputCheck() {
    output_.GiveUp();
    if (thread_.joinable()) thread_.join();
  }

  Status Start() {
    if (prepared_.targets.size() < 2) return OkStatus();
    SCEAU_ASSIGN_OR_RETURN(written_, output_.Follow());
    thread_ = std::thread([this] {
      report_ = verifier::Verify(written_, "", options_);
      written_.StopFollowing();
    });
    return OkStatus();
  }

  // All has been written: its SHA-256 (hexadecimal), when every new signature is intact and made
  // with our certificate.
  StatusOr<std::string> Finish(const xades::Certificate& certificate) {
    if (thread_.joinable()) {
      SCEAU_RETURN_IF_ERROR(output_.Followed());
      thread_.join();
    } else {
      SCEAU_ASSIGN_OR_RETURN(written_, output_.Reread());
      report_ = verifier::Verify(written_, "", options_);
    }
    SCEAU_RETURN_IF_ERROR(CheckReport(report_, prepared_.targets, signatures_,
                                      ToHex(certificate.DigestWith(DigestAlgorithm::kSha256))));
    return std::exchange(report_, {}).sha256;
  }

 private:
  const Prepared& prepared_;
  const size_t signatures_;
  OutputFile& output_;
  verifier::VerifyOptions options_;
  InputFile written_;
  verifier::FileReport report_;
  std::thread thread_;
};

}  // namespace

StatusOr<Outcome> Complete(const InputFile& input, Prepared prepared, const SignFunction& sign,
                           const CompleteOptions& options, OutputFile& output) {
  const size_t signatures = prepared.facts.signatures.size() + prepared.targets.size();
  prepared.facts = {};
  SCEAU_ASSIGN_OR_RETURN(const xades::SignatureBuilder builder, BuilderOf(prepared));
  SigningRun run(prepared, builder, sign, options);
  OutputCheck check(prepared, signatures, output);
  SCEAU_RETURN_IF_ERROR(check.Start());
  Outcome outcome;
  SCEAU_ASSIGN_OR_RETURN(outcome.edits, Insert(input, prepared, builder, run, output));
  SCEAU_ASSIGN_OR_RETURN(outcome.sha256, check.Finish(builder.certificate()));
  outcome.size = output.size();
  outcome.elements.reserve(prepared.targets.size());
  for (Target& target : prepared.targets) {
    outcome.elements.push_back(
        {target.scope, std::move(target.id), std::move(target.signature_id)});
  }
  return outcome;
}

}  // namespace sceau::signer
