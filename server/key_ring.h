// The configured keys: found by name, opened when they are needed, opened again when their token
// comes back.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "hsm/tokens.h"
#include "server/config.h"

namespace sceau::server {

class KeyRing {
 public:
  using PinFromFile = std::function<std::unique_ptr<hsm::PinSource>(std::string path)>;

  // `tokens` may be null: then every key is kTokenUnavailable. `pin_from_file` is
  // hsm::PinFromFile. A key that `before` has too, configured the same, stays as it is there: open,
  // and with one login at a time.
  KeyRing(const std::vector<ConfiguredKey>& keys, hsm::Tokens* tokens,
          const PinFromFile& pin_from_file, const KeyRing* before = nullptr);

  // The configured key a client names: by name, by URI (compared with the configured ones only), or
  // the only one when `asked` is empty. Touches no token.
  // Errors: kKeyNotFound, kKeyAmbiguous (with the names), kKeyUriInvalid.
  StatusOr<size_t> Find(const std::string& asked) const;
  const std::string& NameOf(size_t key) const { return slots_[key]->configured.name; }

  // The key in use, opened now if it is not, which ends by `deadline`. Errors: those of
  // hsm::Tokens::OpenKey; kTokenBusy.
  StatusOr<std::shared_ptr<hsm::SigningKey>> Open(size_t key,
                                                  absl::Time deadline = absl::InfiniteFuture());
  // After the token failed under this key: the next Open looks for it again.
  void Forget(size_t key, const std::shared_ptr<hsm::SigningKey>& failed);

  // Looks which tokens came and went, opens every key that is not open and tries those that are;
  // whether all of them can sign (and there is one). Tells each change to the log. To be called now
  // and then.
  bool CheckAll();
  // Why the first key that cannot sign cannot (a reason's name), as of the last CheckAll; "NO_KEY"
  // when none is configured, empty when all can.
  std::string FirstFault() const;
  // The tokens that keys were opened on.
  std::vector<hsm::TokenHealth> Health() const;

 private:
  struct Slot {
    std::shared_ptr<hsm::SigningKey> InUse();

    ConfiguredKey configured;
    std::unique_ptr<hsm::PinSource> pin;  // null: the URI's own
    std::timed_mutex opening;             // held while the key is opened: one login at a time
    std::mutex mutex;                     // of what follows, never held while the token is asked
    std::shared_ptr<hsm::SigningKey> key;
    std::string last_reason;  // logged last
  };

  Status Check(size_t key);
  void Tell(Slot& slot, const Status& status);

  std::vector<std::shared_ptr<Slot>> slots_;
  hsm::Tokens* const tokens_;
};

}  // namespace sceau::server
