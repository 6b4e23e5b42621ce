// The register of competences asked before anything is signed, and again when it is.
//
// Enforced, nothing is signed that no mandate and no act of the register founds, and the register
// that cannot be read founds nothing. The role in a signature is the one that the decision gives.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "policy/decision.h"
#include "policy/register.h"
#include "signer/signer.h"

namespace sceau::server {

class Competence {
 public:
  // `path` of the register, see policy/register_file.h; it is read when it is first asked and when
  // the file has changed, so that a revocation counts from the next decision on.
  Competence(bool enforced, std::string path) : enforced_(enforced), path_(std::move(path)) {}

  bool enforced() const { return enforced_; }
  bool has_register() const { return !path_.empty(); }
  // The register as the file has it now. Error kCompetenceUnavailable.
  StatusOr<std::shared_ptr<const policy::Register>> Current() const;

  // What founds the signatures of one document.
  class Founding;
  // Adds to the facts what travels with the document, or was sent before it, to attest a piece
  // outside the competence (verifier/justifications.h). Asked only when that decides.
  using Justify = std::function<Status(policy::DocumentFacts& facts)>;
  // Decides for every element that will be signed, at `now` and by what is known then, with the
  // certificate of the parameters, and writes the role that the decision gives into them. A role
  // that the caller gave (`asked`) must be that one. Not enforced: nothing is asked or changed.
  // Errors: kCompetenceDenied and kJustificationRequired (all reasons as detail, with "; " between
  // them: the element, the code of policy/decision.h, the act), kRoleDiffers,
  // kCompetenceUnavailable; those of `justify`.
  StatusOr<Founding> Found(signer::Prepared& prepared, const std::string& asked, absl::Time now,
                           const Justify& justify = nullptr) const;

 private:
  // What tells one state of the file from another.
  struct FileState {
    bool operator==(const FileState&) const = default;
    uint64_t device = 0, inode = 0;
    int64_t size = -1, modified_ns = 0;
  };
  static StatusOr<FileState> StateOf(const std::string& path);

  const bool enforced_;
  const std::string path_;
  mutable std::mutex mutex_;
  mutable FileState state_;
  mutable std::shared_ptr<const policy::Register> current_;
};

// Uses the Competence that made it, which outlives it. Of one document at a time; StillHolds may be
// called from several threads.
class Competence::Founding {
 public:
  // Empty when competence is not enforced.
  const std::string& role() const { return role_; }
  // Ids of the records that found it, each once.
  const std::vector<std::string>& acts() const { return acts_; }
  // "F1: DL1, PES_2025.xml": what attests each piece outside the competence, each once.
  const std::vector<std::string>& justified() const { return justified_; }
  // Just before the token is asked: decided anew when the register has changed or a second has
  // passed (P-65). Errors: those of Found; kRoleDiffers when another act founds it now.
  Status StillHolds(absl::Time now);

 private:
  friend class Competence;
  Status Decide(absl::Time now);

  const Competence* competence_ = nullptr;  // null: not enforced
  policy::Signer signer_;
  policy::DocumentFacts facts_;
  std::vector<policy::Element> elements_;
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
  std::shared_ptr<const policy::Register> decided_by_;
  absl::Time decided_at_;
  std::string role_;
  std::vector<std::string> acts_, justified_;
};

}  // namespace sceau::server
