#include "hsm/tokens.h"

#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "base/strings.h"
#include "hsm/key_list.h"
#include "hsm/module.h"
#include "hsm/signing_key.h"
#include "hsm/token.h"
#include "hsm/uri.h"

namespace sceau::hsm {
namespace {

// How long listing waits for one of a busy token's sessions.
constexpr absl::Duration kListingWait = absl::Seconds(10);

// What a URI means on one token.
struct Answer {
  PresentToken present;
  KeyList list;
  std::vector<ListedKey> keys;  // those of the list that the URI names
};

class P11KitTokens final : public Tokens {
 public:
  P11KitTokens(std::shared_ptr<const Modules> modules, int max_sessions)
      : modules_(std::move(modules)), max_sessions_(max_sessions) {}

  StatusOr<std::vector<KeyDescription>> ListKeys(const std::string& uri) override;
  StatusOr<std::shared_ptr<SigningKey>> OpenKey(const std::string& uri, PinSource* pin) override;

 private:
  StatusOr<std::vector<Answer>> Ask(const Uri& uri);
  StatusOr<Answer> AskToken(const Uri& uri, const PresentToken& present);
  StatusOr<PresentToken> ChooseToken(const Uri& uri);
  std::shared_ptr<Token> TokenOf(const PresentToken& present);

  const std::shared_ptr<const Modules> modules_;
  const int max_sessions_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Token>> tokens_;  // by identity, see IdentityOf
};

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

std::shared_ptr<Token> P11KitTokens::TokenOf(const PresentToken& present) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Token>& token = tokens_[IdentityOf(present)];
  if (token == nullptr || token->lost() || token->slot().id != present.slot.id) {
    token = std::make_shared<Token>(present, max_sessions_);
  }
  return token;
}

StatusOr<Answer> P11KitTokens::AskToken(const Uri& uri, const PresentToken& present) {
  Answer answer{present, {}, {}};
  if (const std::shared_ptr<Token> token = TokenOf(present); token->connected()) {
    SCEAU_ASSIGN_OR_RETURN(const SessionPool::Lease lease,
                           token->Acquire(absl::Now() + kListingWait));
    SCEAU_ASSIGN_OR_RETURN(answer.list, ListKeysOf(lease.session(), present.info));
  } else {
    SCEAU_ASSIGN_OR_RETURN(const Session session, Session::Open(present.slot));
    SCEAU_ASSIGN_OR_RETURN(answer.list, ListKeysOf(session, present.info));
  }
  for (const ListedKey& key : answer.list.keys) {
    if (uri.MatchesKey(key.description.id, key.labels)) answer.keys.push_back(key);
  }
  return answer;
}

// A token that fails does not hide the others; it is an error when there is no other.
StatusOr<std::vector<Answer>> P11KitTokens::Ask(const Uri& uri) {
  std::vector<Answer> answers;
  Status failure;
  for (const PresentToken& present : modules_->PresentTokens()) {
    if (!uri.MatchesToken(present)) continue;
    StatusOr<Answer> answer = AskToken(uri, present);
    if (answer.ok()) {
      answers.push_back(*std::move(answer));
    } else {
      failure = answer.status();
    }
  }
  if (answers.empty() && !failure.ok()) return failure;
  return answers;
}

StatusOr<std::vector<KeyDescription>> P11KitTokens::ListKeys(const std::string& text) {
  SCEAU_ASSIGN_OR_RETURN(const Uri uri, Uri::Parse(text));
  SCEAU_ASSIGN_OR_RETURN(const std::vector<Answer> answers, Ask(uri));
  std::vector<KeyDescription> descriptions;
  for (const Answer& answer : answers) {
    for (const ListedKey& key : answer.keys) descriptions.push_back(key.description);
  }
  return descriptions;
}

// Decided before any PIN is tried, from what the tokens show to anyone: a PIN is never tried on a
// token just to look.
StatusOr<PresentToken> P11KitTokens::ChooseToken(const Uri& uri) {
  SCEAU_ASSIGN_OR_RETURN(const std::vector<Answer> answers, Ask(uri));
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

StatusOr<std::shared_ptr<SigningKey>> P11KitTokens::OpenKey(const std::string& text,
                                                            PinSource* pin_source) {
  SCEAU_ASSIGN_OR_RETURN(const Uri uri, Uri::Parse(text));
  std::unique_ptr<PinSource> from_uri;
  if (pin_source == nullptr && !uri.pin_source().empty()) {
    from_uri = PinFromFile(uri.pin_source());
    pin_source = from_uri.get();
  }
  SCEAU_ASSIGN_OR_RETURN(const PresentToken present, ChooseToken(uri));
  const std::shared_ptr<Token> token = TokenOf(present);
  Secret pin;
  SCEAU_RETURN_IF_ERROR(token->Connect(pin_source, pin));
  SCEAU_ASSIGN_OR_RETURN(const Answer answer, AskToken(uri, present));
  if (answer.keys.empty()) return Error(Reason::kKeyNotFound, token->label());
  if (answer.keys.size() > 1) return Ambiguous(UrisOf(answer.keys));
  const ListedKey& key = answer.keys.front();
  if (!key.handle) return Error(Reason::kKeyNotFound, key.description.uri);
  return OpenSigningKey(token, answer.list, key, pin_source, std::move(pin));
}

}  // namespace

StatusOr<std::unique_ptr<Tokens>> Tokens::Open(const TokensOptions& options) {
  SCEAU_ASSIGN_OR_RETURN(std::shared_ptr<const Modules> modules, Modules::Load(options.modules));
  return std::make_unique<P11KitTokens>(std::move(modules), options.max_sessions);
}

}  // namespace sceau::hsm
