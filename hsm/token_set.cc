#include "hsm/token_set.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "base/strings.h"
#include "hsm/ckr_names.h"

namespace sceau::hsm {
namespace {

// How long listing waits for one of a busy token's sessions.
constexpr absl::Duration kListingWait = absl::Seconds(10);

// A token stays itself when its slot changes.
std::string IdentityOf(const PresentToken& present) {
  return Concat(reinterpret_cast<uintptr_t>(present.slot.p11), " ", TokenUri(present.info));
}

std::vector<std::string> UrisOf(const std::vector<ListedKey>& keys) {
  std::vector<std::string> uris;
  for (const ListedKey& key : keys) uris.push_back(key.description.uri);
  return uris;
}

Status Ambiguous(const std::vector<std::string>& uris) {
  return Error(Reason::kKeyAmbiguous, absl::StrJoin(uris, ", "));
}

Loss LossOfCall(const Status& status) {
  const auto failed = FailedCallOf(status);
  const Loss loss = failed ? LossOf(failed->code) : Loss::kNone;
  return loss == Loss::kNone ? Loss::kBroken : loss;
}

// In a job of the token.
StatusOr<KeyList> ReadKeyList(Token& token, const CK_TOKEN_INFO& info, absl::Time deadline) {
  if (token.connected()) {
    SCEAU_ASSIGN_OR_RETURN(SessionPool::Lease lease, token.Acquire(deadline));
    auto list = ListKeysOf(lease.session(), info);
    if (!list.ok()) lease.Drop(LossOfCall(list.status()));
    return list;
  }
  SCEAU_ASSIGN_OR_RETURN(Session session, Session::Open(token.slot()));
  auto list = ListKeysOf(session, info);
  if (!list.ok()) session.End(LossOfCall(list.status()));
  return list;
}

}  // namespace

TokenSet::TokenSet(std::shared_ptr<const Modules> modules, const TokensOptions& options)
    : modules_(std::move(modules)),
      options_(options),
      pins_(std::make_shared<PinRegister>(options.state_folder)) {}

TokenSet::Record& TokenSet::RecordOf(const PresentToken& present) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Record>& record = records_[IdentityOf(present)];
  if (record == nullptr) {
    record = std::make_unique<Record>();
    record->module = present.slot.module;
    record->care = std::make_shared<TokenCare>(present, options_.max_sessions,
                                               options_.longest_call, pins_);
  }
  return *record;
}

StatusOr<std::shared_ptr<Token>> TokenSet::TokenOf(const PresentToken& present,
                                                   absl::Time deadline) {
  Record& record = RecordOf(present);
  const std::unique_lock lock(record.mutex, absl::ToChronoTime(deadline));
  if (!lock.owns_lock()) return Error(Reason::kTokenBusy);
  std::shared_ptr<Token>& token = record.token;
  const bool same_slot = token != nullptr && token->slot().id == present.slot.id;
  if (same_slot && (!token->lost() || token->Revive(deadline))) return token;
  if (token != nullptr) {
    token->SetLost();
    token->Retire(deadline);
  }
  token = std::make_shared<Token>(present, record.care);
  return token;
}

StatusOr<TokenSet::Answer> TokenSet::AskToken(const Uri& uri, const PresentToken& present,
                                              absl::Time deadline) {
  Answer answer{present, {}, {}};
  SCEAU_ASSIGN_OR_RETURN(const std::shared_ptr<Token> token, TokenOf(present, deadline));
  const absl::Time until = std::min(deadline, absl::Now() + kListingWait);
  SCEAU_ASSIGN_OR_RETURN(
      answer.list, token->Run<KeyList>(until, [&asked = *token, info = present.info, until] {
        return ReadKeyList(asked, info, until);
      }));
  for (const ListedKey& key : answer.list.keys) {
    if (uri.MatchesKey(key.description.id, key.labels)) answer.keys.push_back(key);
  }
  return answer;
}

// A token that fails does not hide the others; it is an error when there is no other.
StatusOr<std::vector<TokenSet::Answer>> TokenSet::Ask(const Uri& uri, absl::Time deadline) {
  std::vector<Answer> answers;
  const PresentTokens present_tokens = modules_->FindTokens(deadline);
  Status failure = present_tokens.failure;
  for (const PresentToken& present : present_tokens.tokens) {
    if (!uri.MatchesToken(present)) continue;
    StatusOr<Answer> answer = AskToken(uri, present, deadline);
    if (!answer.ok() && LostBeforeAnyEffect(answer.status())) {
      answer = AskToken(uri, present, deadline);
    }
    if (answer.ok()) {
      answers.push_back(*std::move(answer));
    } else {
      failure = answer.status();
    }
  }
  if (answers.empty() && !failure.ok()) return failure;
  return answers;
}

StatusOr<std::vector<KeyDescription>> TokenSet::List(const Uri& uri, absl::Time deadline) {
  SCEAU_ASSIGN_OR_RETURN(const std::vector<Answer> answers, Ask(uri, deadline));
  std::vector<KeyDescription> descriptions;
  for (const Answer& answer : answers) {
    for (const ListedKey& key : answer.keys) descriptions.push_back(key.description);
  }
  return descriptions;
}

// Decided before any PIN is tried, from what the tokens show to anyone: a PIN is never tried on a
// token just to look.
StatusOr<PresentToken> TokenSet::ChooseToken(const Uri& uri, absl::Time deadline) {
  SCEAU_ASSIGN_OR_RETURN(const std::vector<Answer> answers, Ask(uri, deadline));
  if (answers.empty()) return Error(Reason::kTokenUnavailable, uri.token_label());
  std::vector<std::string> keys;
  std::vector<std::string> hiding;
  const PresentToken* chosen = nullptr;
  for (const Answer& answer : answers) {
    for (const std::string& key : UrisOf(answer.keys)) keys.push_back(key);
    if (!answer.keys.empty()) chosen = &answer.present;
    if (!answer.list.complete) hiding.push_back(TokenUri(answer.present.info));
  }
  if (keys.size() > 1) return Ambiguous(keys);
  if (chosen != nullptr) return *chosen;
  if (hiding.empty()) return Error(Reason::kKeyNotFound, uri.token_label());
  if (hiding.size() > 1) return Ambiguous(hiding);
  for (const Answer& answer : answers) {
    if (!answer.list.complete) chosen = &answer.present;
  }
  return *chosen;
}

StatusOr<OpenedKey> TokenSet::TryToOpen(const Uri& uri, PinSource* source, absl::Time deadline) {
  OpenedKey opened;
  SCEAU_ASSIGN_OR_RETURN(const PresentToken present, ChooseToken(uri, deadline));
  SCEAU_ASSIGN_OR_RETURN(opened.token, TokenOf(present, deadline));
  SCEAU_RETURN_IF_ERROR(opened.token->Connect(source, opened.pin, deadline));
  SCEAU_ASSIGN_OR_RETURN(Answer answer, AskToken(uri, present, deadline));
  if (answer.keys.empty()) return Error(Reason::kKeyNotFound, opened.token->label());
  if (answer.keys.size() > 1) return Ambiguous(UrisOf(answer.keys));
  opened.key = answer.keys.front();
  if (!opened.key.handle) return Error(Reason::kKeyNotFound, opened.key.description.uri);
  opened.list = std::move(answer.list);
  return opened;
}

StatusOr<OpenedKey> TokenSet::Open(const Uri& uri, PinSource* source, absl::Time deadline) {
  StatusOr<OpenedKey> opened = TryToOpen(uri, source, deadline);
  if (opened.ok() || !LostBeforeAnyEffect(opened.status())) return opened;
  return TryToOpen(uri, source, deadline);
}

void TokenSet::LookForChanges(absl::Time deadline) {
  const bool event = modules_->MayHaveChanged(deadline);
  {
    const std::lock_guard lock(mutex_);
    if (!event && absl::Now() < last_look_ + options_.look_period) return;
    last_look_ = absl::Now();
  }
  const PresentTokens found = modules_->FindTokens(deadline);
  std::map<std::string, Slot> seen;
  for (const PresentToken& present : found.tokens) seen[IdentityOf(present)] = present.slot;
  const std::set<const Module*> answered(found.answered.begin(), found.answered.end());
  const std::lock_guard lock(mutex_);
  for (const auto& [identity, record] : records_) {
    if (!answered.contains(record->module)) continue;
    const auto slot = seen.find(identity);
    record->care->stats.SetPresent(slot != seen.end());
    const std::unique_lock use(record->mutex, std::try_to_lock);
    if (!use.owns_lock() || record->token == nullptr) continue;  // being found again already
    const bool moved = slot == seen.end() || slot->second.id != record->token->slot().id;
    if (moved) record->token->SetLost();
  }
}

std::vector<TokenHealth> TokenSet::Health() const {
  std::vector<TokenHealth> all;
  const std::lock_guard lock(mutex_);
  for (const auto& [identity, record] : records_) all.push_back(record->care->stats.Now());
  return all;
}

}  // namespace sceau::hsm
