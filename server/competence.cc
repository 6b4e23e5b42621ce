#include "server/competence.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "base/strings.h"
#include "policy/decide.h"
#include "policy/register_file.h"
#include "signer/competence_facts.h"
#include "verifier/competence.h"

namespace sceau::server {
namespace {

// A decision this young is still one of the instant.
constexpr absl::Duration kYoung = absl::Seconds(1);

// "BD1 DELEGATION_REVOKED act-12 arrêté n° 2026-12"
std::string TextOf(const policy::Finding& finding) {
  std::string text;
  for (const std::string_view part :
       {std::string_view(finding.element), policy::NameOf(finding.code),
        std::string_view(finding.act), std::string_view(finding.detail)}) {
    if (part.empty()) continue;
    AppendTo(text, text.empty() ? "" : " ", part);
  }
  return text;
}

// Texts in the order they came, each once.
class Once {
 public:
  void Add(std::string text) {
    if (told_.insert(text).second) texts_.push_back(std::move(text));
  }
  std::vector<std::string> Take() { return std::move(texts_); }

 private:
  std::unordered_set<std::string> told_;
  std::vector<std::string> texts_;
};

// The reasons of all decisions, each once: bordereaux often have the same.
class Reasons {
 public:
  void Add(const policy::Decision& decision) {
    for (const policy::Finding& finding : decision.findings) {
      std::string text = TextOf(finding);
      if (!told_.insert(text).second) continue;
      AppendTo(all_, all_.empty() ? "" : "; ", text);
    }
  }
  const std::string& Text() const { return all_; }

 private:
  std::unordered_set<std::string> told_;
  std::string all_;
};

}  // namespace

StatusOr<Competence::FileState> Competence::StateOf(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) {
    return Error(Reason::kCompetenceUnavailable, Concat(path, ": ", std::strerror(errno)));
  }
  return FileState{file.st_dev, file.st_ino, file.st_size,
                   file.st_mtim.tv_sec * 1'000'000'000 + file.st_mtim.tv_nsec};
}

StatusOr<std::shared_ptr<const policy::Register>> Competence::Current() const {
  if (path_.empty()) return Error(Reason::kCompetenceUnavailable, "competence.register");
  const std::lock_guard lock(mutex_);
  // Before the file is read: what is added meanwhile makes it another one the next time.
  SCEAU_ASSIGN_OR_RETURN(const FileState state, StateOf(path_));
  if (current_ != nullptr && state == state_) return current_;
  current_ = nullptr;  // what cannot be read any more does not go on counting
  auto read = policy::ReadRegisterFile(path_);
  if (!read.ok()) {
    const std::string detail = DetailOf(read.status());
    return Error(Reason::kCompetenceUnavailable, Concat(path_, detail.empty() ? "" : ": ", detail));
  }
  current_ = *std::move(read);
  state_ = state;
  return current_;
}

StatusOr<Competence::Founding> Competence::Found(signer::Prepared& prepared,
                                                 const std::string& asked, absl::Time now,
                                                 const Justify& justify) const {
  Founding founding;
  if (!enforced_) return founding;
  founding.competence_ = this;
  SCEAU_ASSIGN_OR_RETURN(const xades::Certificate certificate,
                         xades::Certificate::FromDer(prepared.parameters.certificates.front()));
  founding.signer_ = verifier::CompetenceSignerOf(certificate);
  founding.facts_ = signer::CompetenceFactsOf(prepared);
  founding.elements_ = signer::CompetenceElementsOf(prepared);
  Status decided = founding.Decide(now);
  if (ReasonOf(decided) == Reason::kJustificationRequired && justify) {
    SCEAU_RETURN_IF_ERROR(justify(founding.facts_));
    decided = founding.Decide(now);
  }
  SCEAU_RETURN_IF_ERROR(decided);
  if (!asked.empty() && asked != founding.role_) {
    return Error(Reason::kRoleDiffers, Concat(asked, " / ", founding.role_));
  }
  prepared.parameters.role = founding.role_;
  return founding;
}

Status Competence::Founding::StillHolds(absl::Time now) {
  if (competence_ == nullptr) return OkStatus();
  const std::lock_guard lock(*mutex_);
  SCEAU_ASSIGN_OR_RETURN(const auto current, competence_->Current());
  if (current == decided_by_ && now >= decided_at_ && now < decided_at_ + kYoung) {
    return OkStatus();
  }
  const std::string role = role_;
  SCEAU_RETURN_IF_ERROR(Decide(now));
  return role_ == role ? OkStatus() : Error(Reason::kRoleDiffers, Concat(role, " / ", role_));
}

Status Competence::Founding::Decide(absl::Time now) {
  SCEAU_ASSIGN_OR_RETURN(const auto current, competence_->Current());
  policy::Answer answer = policy::Answer::kPermitted;
  Reasons reasons;
  std::string role;
  Once acts, justified;
  for (const policy::Element& element : elements_) {
    const policy::Decision decision = policy::Decide(signer_, *current, facts_, element, now, now);
    answer = std::min(answer, decision.answer);
    if (decision.answer != policy::Answer::kPermitted) {
      reasons.Add(decision);
      continue;
    }
    // One role for all: what two acts found is signed apart.
    if (role.empty()) role = decision.role;
    if (role != decision.role) {
      return Error(Reason::kRoleDiffers, Concat(role, " / ", decision.role));
    }
    for (const policy::Finding& finding : decision.findings) {
      if (policy::Founds(finding.code) && !finding.act.empty()) acts.Add(finding.act);
      if (finding.code != policy::Code::kJustified) continue;
      justified.Add(Concat(finding.element, ": ", finding.detail));
    }
  }
  if (elements_.empty() || answer == policy::Answer::kDenied) {
    return Error(Reason::kCompetenceDenied, reasons.Text());
  }
  if (answer == policy::Answer::kJustificationRequired) {
    return Error(Reason::kJustificationRequired, reasons.Text());
  }
  decided_by_ = current;
  decided_at_ = now;
  role_ = std::move(role);
  acts_ = acts.Take();
  justified_ = justified.Take();
  return OkStatus();
}

}  // namespace sceau::server
