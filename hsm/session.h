// One PKCS#11 session (v2.40 §5.6), closed once. It never logs out: that would log out every other
// session of the application.
#pragma once

#include "base/status.h"
#include "hsm/ckr_names.h"
#include "hsm/module.h"

namespace sceau::hsm {

class Session {
 public:
  // A read-only session, or a read-write one with CKF_RW_SESSION. Errors: kTokenUnavailable,
  // kTokenBusy (no session left), kTokenError.
  static StatusOr<Session> Open(const Slot& slot, CK_FLAGS more = 0);
  ~Session();
  Session(Session&& other) noexcept;
  Session& operator=(Session&& other) noexcept;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  CK_FUNCTION_LIST_PTR p11() const { return slot_.p11; }
  CK_SESSION_HANDLE handle() const { return handle_; }
  // True when the user is logged in on the token (by whichever session). Errors, as of
  // TokenPresent: kTokenUnavailable, kTokenError.
  StatusOr<bool> LoggedIn() const;
  // Whether tokens come and go in the slot, as cards do in a reader.
  bool Removable() const;
  // Whether the slot holds a token now, this one or another.
  StatusOr<bool> TokenPresent() const;
  // Ends the session as the loss requires.
  void End(Loss loss);
  // Closes the session if the module still knows it, forgets it if not. To be done before another
  // session is opened on the token, which might be given the same handle.
  void EndIfAlive();

 private:
  Session(Slot slot, CK_SESSION_HANDLE handle) : slot_(std::move(slot)), handle_(handle) {}

  Slot slot_;  // without modules: already ended
  CK_SESSION_HANDLE handle_ = CK_INVALID_HANDLE;
};

}  // namespace sceau::hsm
