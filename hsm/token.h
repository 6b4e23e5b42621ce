// A token in use: logged in once, with a pool of sessions that sign.
//
// The login belongs to the application (v2.40 §5.6): one session, the holder, logs in and stays
// open, so the login lasts as long as this object. A token that was lost is replaced by a new
// object, with a new login; Lost() is where that begins.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/secret.h"
#include "base/status.h"
#include "hsm/module.h"
#include "hsm/session_pool.h"
#include "hsm/tokens.h"

namespace sceau::hsm {

class Token {
 public:
  Token(const PresentToken& present, int max_sessions);

  const Slot& slot() const { return slot_; }
  const std::string& label() const { return label_; }
  bool connected() const { return connected_.load(); }
  bool lost() const { return lost_.load(); }

  // Logs in unless it is done already: at most one C_Login. `pin` receives the PIN when it was read
  // from `source` (which may be null). Errors: those of OpenKey that concern PINs and tokens.
  Status Connect(PinSource* source, Secret& pin);
  // After Connect. Errors: kTokenBusy, kTokenUnavailable, kTokenError.
  StatusOr<SessionPool::Lease> Acquire(absl::Time deadline);
  bool Offers(CK_MECHANISM_TYPE mechanism) const { return mechanisms_.contains(mechanism); }

  // The PIN pad is on the reader: no PIN is to be read.
  bool has_pin_pad() const { return has_pin_pad_; }
  // Errors: kPinMissing, those of the source.
  StatusOr<Secret> ReadPin(PinSource* source) const;
  // C_Login, once, unless the token's flags say that it would be the last try.
  // Errors: kPinIncorrect, kPinFinalTry, kPinLocked, kRefusedByUser, kTokenUnavailable,
  // kTokenError.
  Status LogIn(const Session& session, CK_USER_TYPE user, const Secret& pin) const;

  // One at a time: a login for one signature is for the next signature of the whole card.
  std::timed_mutex& context_login() { return context_login_; }

  // Takes note of a call that failed on a borrowed session, and makes the error of it.
  Status Failed(SessionPool::Lease& lease, std::string_view call, CK_RV rv);

 private:
  Status CheckPinTries() const;
  Status LogInHolder(const Session& holder, PinSource* source, Secret& pin);
  Status ReadMechanisms();
  void Lost() { lost_ = true; }

  const Slot slot_;
  const std::string label_;
  const CK_ULONG sessions_;  // as the token says; it has special values
  const int max_sessions_;
  const bool has_pin_pad_;
  const bool login_required_;
  std::mutex connecting_;
  std::atomic<bool> connected_ = false;
  std::atomic<bool> lost_ = false;
  std::timed_mutex context_login_;
  // Set by Connect, then constant.
  std::set<CK_MECHANISM_TYPE> mechanisms_;
  std::optional<Session> holder_;
  std::unique_ptr<SessionPool> pool_;
};

}  // namespace sceau::hsm
