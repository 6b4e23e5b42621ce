// A token in use: logged in once, with a pool of sessions that sign.
//
// The login belongs to the application (v2.40 §5.6): one session, the holder, logs in and stays
// open, so the login lasts as long as this object. Every call is made by one of the token's own
// threads (Run). A token that was lost is revived when its holder is still logged in, else replaced
// by a new object, with a new login (hsm/token_set.h).
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/secret.h"
#include "base/status.h"
#include "hsm/call_threads.h"
#include "hsm/login_pause.h"
#include "hsm/module.h"
#include "hsm/pin_register.h"
#include "hsm/session_pool.h"
#include "hsm/token_stats.h"
#include "hsm/tokens.h"

namespace sceau::hsm {

// How long the end of a token, or of a session on it, waits for a module that does not answer.
inline constexpr absl::Duration kEndingWait = absl::Seconds(5);

// A PIN, and where it was read when that says whether it has changed.
struct KnownPin {
  Secret pin;
  std::optional<PinOrigin> origin;
  bool accepted = false;  // by the token, in this process
};

// What stays of a token when it is lost and comes back.
struct TokenCare {
  TokenCare(const PresentToken& present, int max_sessions, absl::Duration longest_call,
            std::shared_ptr<PinRegister> register_of_pins);

  const int workers;       // sessions that sign, at least 1
  CallThreads calls;       // one thread per session
  CallThreads one_by_one;  // for what concerns the whole card: a login for one signature
  const absl::Duration longest_call;
  TokenStats stats;
  LoginPause pause;
  const std::shared_ptr<PinRegister> pins;
};

class Token : public std::enable_shared_from_this<Token> {
 public:
  Token(const PresentToken& present, std::shared_ptr<TokenCare> care);
  ~Token();

  const Slot& slot() const { return slot_; }
  const std::string& label() const { return label_; }
  TokenStats& stats() const { return care_->stats; }
  bool connected() const { return connected_.load(); }
  bool lost() const { return lost_.load() || slot_.Stale(); }
  void SetLost() { lost_ = true; }
  // Counts a failed call of the token, and whether it is lost by it.
  void Note(const Status& failure);

  enum class Turn { kParallel, kOneByOne };
  // Runs `job`, which may call the module, see CallThreads::Run. A failure that means that the
  // token is lost is taken note of.
  template <typename T>
  StatusOr<T> Run(absl::Time deadline, std::function<StatusOr<T>()> job,
                  Turn turn = Turn::kParallel) {
    CallThreads& threads = turn == Turn::kParallel ? care_->calls : care_->one_by_one;
    StatusOr<T> result = threads.Run<T>(
        deadline, [self = shared_from_this(), job = std::move(job)]() -> StatusOr<T> {
          const std::shared_lock lock(self->slot_.module->calls);
          SCEAU_RETURN_IF_ERROR(self->CheckModule());
          return job();
        });
    Note(result.status());
    return result;
  }

  // Logs in unless it is done already: at most one C_Login. `pin` receives what was read from
  // `source` (which may be null) when it was needed.
  // Errors: those of OpenKey that concern PINs and tokens.
  Status Connect(PinSource* source, KnownPin& pin, absl::Time deadline);
  // Whether a token that was lost is still there and logged in; then it is in use again.
  bool Revive(absl::Time deadline);
  // Ends the sessions that nobody uses, as far as the token still has them.
  void Retire(absl::Time deadline);

  // The PIN pad is on the reader: no PIN is to be read.
  bool has_pin_pad() const { return has_pin_pad_; }
  // The PIN of a source that is not known to hold a wrong one.
  // Errors: kPinMissing, kPinKnownWrong, kPinRegisterUnusable, those of the source.
  StatusOr<KnownPin> ReadPin(PinSource* source) const;

  // In a job, after Connect.
  // Errors: kTokenBusy, kTokenUnavailable, kTokenError.
  StatusOr<SessionPool::Lease> Acquire(absl::Time deadline) { return pool_->Acquire(deadline); }
  bool Offers(CK_MECHANISM_TYPE mechanism) const { return mechanisms_.contains(mechanism); }
  // In a job of the kind kOneByOne: C_Login, at most once, and not when the token's flags say that
  // it would be the last try. A PIN with an origin is tried as PinRegister::Attempt says, and not
  // while LoginPause says no.
  // Errors: kPinIncorrect, kPinKnownWrong, kPinFinalTry, kPinLocked, kPinRegisterUnusable,
  // kRefusedByUser, kTokenUnavailable, kTokenBusy, kTokenError.
  Status LogIn(const Session& session, CK_USER_TYPE user, KnownPin& pin) const;

 private:
  struct Holder;

  Status CheckModule() const;
  StatusOr<CK_FLAGS> ReadFlags() const;
  StatusOr<bool> WrongPinSeen() const;
  Status CheckPinTries() const;
  Status CallLogIn(const Session& session, CK_USER_TYPE user, const Secret& pin) const;
  Status TryPin(const Session& session, CK_USER_TYPE user, KnownPin& pin) const;
  StatusOr<bool> OpenHolder(Holder& holder) const;
  StatusOr<std::set<CK_MECHANISM_TYPE>> ReadMechanisms() const;
  Status ConnectWith(const std::shared_ptr<Holder>& holder, PinSource* source, KnownPin& pin,
                     absl::Time deadline);
  Status LogInHolder(const std::shared_ptr<Holder>& holder, PinSource* source, KnownPin& pin,
                     absl::Time deadline);

  const Slot slot_;
  const std::string label_;
  const std::string serial_;
  const bool single_session_;
  const bool has_pin_pad_;
  const bool login_required_;
  const std::shared_ptr<TokenCare> care_;
  std::timed_mutex connecting_;
  std::atomic<bool> connected_ = false;
  std::atomic<bool> lost_ = false;
  // Set by Connect, then constant.
  std::set<CK_MECHANISM_TYPE> mechanisms_;
  std::optional<Session> holder_;  // none on a token with a single session
  std::unique_ptr<SessionPool> pool_;
};

}  // namespace sceau::hsm
