// The tokens in use, each known by what it says of itself whatever its slot: found, logged in to,
// and found again when they were lost.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "hsm/key_list.h"
#include "hsm/module.h"
#include "hsm/pin_register.h"
#include "hsm/token.h"
#include "hsm/tokens.h"
#include "hsm/uri.h"

namespace sceau::hsm {

// A key on a token that is logged in.
struct OpenedKey {
  std::shared_ptr<Token> token;
  KeyList list;
  ListedKey key;  // of the list, with its handle
  KnownPin pin;   // when the login needed it
};

class TokenSet : public std::enable_shared_from_this<TokenSet> {
 public:
  TokenSet(std::shared_ptr<const Modules> modules, const TokensOptions& options);

  // What Tokens::ListKeys and OpenKey do; done a second time when a token was lost under it before
  // anything had an effect. Errors: theirs.
  StatusOr<std::vector<KeyDescription>> List(const Uri& uri, absl::Time deadline);
  StatusOr<OpenedKey> Open(const Uri& uri, PinSource* source, absl::Time deadline);

  void LookForChanges(absl::Time deadline);
  std::vector<TokenHealth> Health() const;

 private:
  // What a URI means on one token.
  struct Answer {
    PresentToken present;
    KeyList list;
    std::vector<ListedKey> keys;  // those of the list that the URI names
  };
  struct Record {
    std::shared_ptr<TokenCare> care;
    std::timed_mutex mutex;
    std::shared_ptr<Token> token;  // guarded by the mutex
    const Module* module = nullptr;
  };

  StatusOr<std::vector<Answer>> Ask(const Uri& uri, absl::Time deadline);
  StatusOr<Answer> AskToken(const Uri& uri, const PresentToken& present, absl::Time deadline);
  StatusOr<PresentToken> ChooseToken(const Uri& uri, absl::Time deadline);
  StatusOr<OpenedKey> TryToOpen(const Uri& uri, PinSource* source, absl::Time deadline);
  StatusOr<std::shared_ptr<Token>> TokenOf(const PresentToken& present, absl::Time deadline);
  Record& RecordOf(const PresentToken& present);

  const std::shared_ptr<const Modules> modules_;
  const TokensOptions options_;
  const std::shared_ptr<PinRegister> pins_;
  mutable std::mutex mutex_;
  absl::Time last_look_ = absl::InfinitePast();
  std::map<std::string, std::unique_ptr<Record>> records_;  // by identity; never taken out
};

}  // namespace sceau::hsm
