#include "hsm/token.h"

#include <algorithm>
#include <utility>

#include "hsm/ckr_names.h"

namespace sceau::hsm {
namespace {

bool Has(CK_FLAGS flags, CK_FLAGS flag) { return (flags & flag) != 0; }

// The sessions left for workers beside the holder; 0: the holder has to work.
int WorkerLimit(CK_ULONG token_sessions, int max_sessions) {
  const int wanted = std::max(max_sessions, 1);
  if (token_sessions == CK_EFFECTIVELY_INFINITE || token_sessions == CK_UNAVAILABLE_INFORMATION) {
    return wanted;
  }
  return static_cast<int>(std::min<CK_ULONG>(token_sessions - 1, static_cast<CK_ULONG>(wanted)));
}

}  // namespace

Token::Token(const PresentToken& present, int max_sessions)
    : slot_(present.slot),
      label_(FixedText(present.info.label)),
      sessions_(present.info.ulMaxSessionCount),
      max_sessions_(max_sessions),
      has_pin_pad_(Has(present.info.flags, CKF_PROTECTED_AUTHENTICATION_PATH)),
      login_required_(Has(present.info.flags, CKF_LOGIN_REQUIRED)) {}

Status Token::Connect(PinSource* source, Secret& pin) {
  const std::lock_guard lock(connecting_);
  if (connected()) return OkStatus();
  SCEAU_ASSIGN_OR_RETURN(Session holder, Session::Open(slot_));
  SCEAU_RETURN_IF_ERROR(LogInHolder(holder, source, pin));
  SCEAU_RETURN_IF_ERROR(ReadMechanisms());
  if (const int workers = WorkerLimit(sessions_, max_sessions_); workers > 0) {
    pool_ = std::make_unique<SessionPool>(slot_, workers);
    holder_ = std::move(holder);
  } else {
    pool_ = std::make_unique<SessionPool>(slot_, std::move(holder));
  }
  connected_ = true;
  return OkStatus();
}

Status Token::LogInHolder(const Session& holder, PinSource* source, Secret& pin) {
  if (!login_required_) return OkStatus();
  SCEAU_ASSIGN_OR_RETURN(const bool logged_in, holder.LoggedIn());
  if (logged_in) return OkStatus();
  // Before the PIN is asked for: a locked card is not worth typing it.
  SCEAU_RETURN_IF_ERROR(CheckPinTries());
  if (!has_pin_pad_) {
    SCEAU_ASSIGN_OR_RETURN(pin, ReadPin(source));
  }
  return LogIn(holder, CKU_USER, pin);
}

StatusOr<Secret> Token::ReadPin(PinSource* source) const {
  if (source == nullptr) return Error(Reason::kPinMissing, label_);
  SCEAU_ASSIGN_OR_RETURN(Secret pin, source->Read(label_));
  if (pin.empty()) return Error(Reason::kPinMissing, label_);
  return pin;
}

Status Token::CheckPinTries() const {
  CK_TOKEN_INFO info{};
  if (const CK_RV rv = slot_.p11->C_GetTokenInfo(slot_.id, &info); rv != CKR_OK) {
    return CkrError("C_GetTokenInfo", rv);
  }
  if (Has(info.flags, CKF_USER_PIN_LOCKED)) return Error(Reason::kPinLocked, label_);
  if (Has(info.flags, CKF_USER_PIN_FINAL_TRY)) return Error(Reason::kPinFinalTry, label_);
  return OkStatus();
}

Status Token::LogIn(const Session& session, CK_USER_TYPE user, const Secret& pin) const {
  SCEAU_RETURN_IF_ERROR(CheckPinTries());
  const std::string_view bytes = pin.Reveal();
  const CK_RV rv = has_pin_pad_
                       ? slot_.p11->C_Login(session.handle(), user, nullptr, 0)
                       : slot_.p11->C_Login(session.handle(), user, Bytes(bytes), bytes.size());
  if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN) return OkStatus();
  return CkrError("C_Login", rv);
}

Status Token::ReadMechanisms() {
  CK_ULONG count = 0;
  CK_RV rv = slot_.p11->C_GetMechanismList(slot_.id, nullptr, &count);
  std::vector<CK_MECHANISM_TYPE> list(count);
  if (rv == CKR_OK) rv = slot_.p11->C_GetMechanismList(slot_.id, list.data(), &count);
  if (rv != CKR_OK) return CkrError("C_GetMechanismList", rv);
  mechanisms_.insert(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(count));
  return OkStatus();
}

StatusOr<SessionPool::Lease> Token::Acquire(absl::Time deadline) {
  StatusOr<SessionPool::Lease> lease = pool_->Acquire(deadline);
  if (!lease.ok() && ReasonOf(lease.status()) == Reason::kTokenUnavailable) Lost();
  return lease;
}

Status Token::Failed(SessionPool::Lease& lease, std::string_view call, CK_RV rv) {
  const Loss loss = LossOf(rv);
  if (loss != Loss::kNone) Lost();
  // Whatever went wrong may have left an operation open in this session.
  lease.Drop(loss);
  return CkrError(call, rv);
}

}  // namespace sceau::hsm
