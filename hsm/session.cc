#include "hsm/session.h"

#include <utility>

namespace sceau::hsm {

StatusOr<Session> Session::Open(const Slot& slot, CK_FLAGS more) {
  SCEAU_RETURN_IF_ERROR(CheckProcess(slot));
  if (slot.Stale()) return CkrError("C_OpenSession", CKR_CRYPTOKI_NOT_INITIALIZED);
  CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
  const CK_RV rv =
      slot.p11->C_OpenSession(slot.id, CKF_SERIAL_SESSION | more, nullptr, nullptr, &handle);
  if (rv != CKR_OK) return CkrError("C_OpenSession", rv);
  return Session(slot, handle);
}

Session::~Session() { End(Loss::kNone); }

Session::Session(Session&& other) noexcept
    : slot_(std::exchange(other.slot_, {})),
      handle_(std::exchange(other.handle_, CK_INVALID_HANDLE)) {}

Session& Session::operator=(Session&& other) noexcept {
  if (this != &other) {
    End(Loss::kNone);
    slot_ = std::exchange(other.slot_, {});
    handle_ = std::exchange(other.handle_, CK_INVALID_HANDLE);
  }
  return *this;
}

StatusOr<bool> Session::LoggedIn() const {
  CK_SESSION_INFO info{};
  const CK_RV rv = slot_.p11->C_GetSessionInfo(handle_, &info);
  if (rv != CKR_OK) return CkrError("C_GetSessionInfo", rv);
  return info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS;
}

void Session::End(Loss loss) {
  if (slot_.modules == nullptr) return;
  const bool ours = loss != Loss::kDead && !slot_.Stale() && !slot_.modules->Forked();
  if (ours) slot_.p11->C_CloseSession(handle_);
  slot_ = {};
  handle_ = CK_INVALID_HANDLE;
}

void Session::EndIfAlive() {
  if (slot_.modules == nullptr) return;
  CK_SESSION_INFO info{};
  const bool ours = !slot_.Stale() && !slot_.modules->Forked();
  const bool alive = ours && slot_.p11->C_GetSessionInfo(handle_, &info) == CKR_OK &&
                     info.slotID == slot_.id;
  End(alive ? Loss::kNone : Loss::kDead);
}

}  // namespace sceau::hsm
