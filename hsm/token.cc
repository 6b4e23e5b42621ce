#include "hsm/token.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "base/strings.h"
#include "hsm/ckr_names.h"

namespace sceau::hsm {
namespace {

// A person at the reader's pad is not a module that hangs.
constexpr absl::Duration kPinPadPatience = absl::Minutes(5);

bool Has(CK_FLAGS flags, CK_FLAGS flag) { return (flags & flag) != 0; }

bool HasPinPad(const PresentToken& present) {
  return Has(present.info.flags, CKF_PROTECTED_AUTHENTICATION_PATH);
}

// The sessions left for workers beside the holder; when there is none, the holder has to work.
int WorkerLimit(CK_ULONG token_sessions, int max_sessions) {
  const int wanted = std::max(max_sessions, 1);
  if (token_sessions == CK_EFFECTIVELY_INFINITE || token_sessions == CK_UNAVAILABLE_INFORMATION) {
    return wanted;
  }
  const CK_ULONG left = std::max<CK_ULONG>(token_sessions, 2) - 1;
  return static_cast<int>(std::min<CK_ULONG>(left, static_cast<CK_ULONG>(wanted)));
}

}  // namespace

TokenCare::TokenCare(const PresentToken& present, int max_sessions, absl::Duration patience,
                     std::shared_ptr<PinRegister> register_of_pins)
    : workers(WorkerLimit(present.info.ulMaxSessionCount, max_sessions)),
      calls(workers, HasPinPad(present) ? kPinPadPatience : patience),
      one_by_one(1, HasPinPad(present) ? kPinPadPatience : patience),
      longest_call(patience),
      stats(FixedText(present.info.label), FixedText(present.info.serialNumber)),
      pins(std::move(register_of_pins)) {}

// A session that will hold the login, shared with jobs that may outlast their caller.
struct Token::Holder {
  std::optional<Session> session;
};

Token::Token(const PresentToken& present, std::shared_ptr<TokenCare> care)
    : slot_(present.slot),
      label_(FixedText(present.info.label)),
      serial_(FixedText(present.info.serialNumber)),
      single_session_(present.info.ulMaxSessionCount == 1),
      has_pin_pad_(HasPinPad(present)),
      login_required_(Has(present.info.flags, CKF_LOGIN_REQUIRED)),
      care_(std::move(care)) {}

// The sessions are closed by a thread that may hang with the module instead of this one.
Token::~Token() {
  if (pool_ == nullptr || slot_.modules->Forked()) return;
  struct Left {
    Slot slot;
    std::unique_ptr<SessionPool> pool;
    std::optional<Session> holder;
  };
  auto left = std::make_shared<Left>(Left{slot_, std::move(pool_), std::move(holder_)});
  const auto end = [left = std::move(left)]() mutable -> StatusOr<bool> {
    const std::shared_lock lock(left->slot.module->calls);
    left->pool->DropIdle();
    if (left->holder) left->holder->EndIfAlive();
    return true;
  };
  if (InCallThread()) {
    (void)std::function<StatusOr<bool>()>(end)();
  } else {
    (void)care_->one_by_one.Run<bool>(absl::Now() + kEndingWait, end);
  }
}

Status Token::CheckModule() const {
  return slot_.Stale() ? CkrError("C_GetSessionInfo", CKR_CRYPTOKI_NOT_INITIALIZED) : OkStatus();
}

void Token::Note(const Status& failure) {
  const auto failed = FailedCallOf(failure);
  if (!failed) return;
  stats().Count(failure);
  if (LossOf(failed->code) != Loss::kNone) lost_ = true;
}

Status Token::Connect(PinSource* source, KnownPin& pin, absl::Time deadline) {
  const std::unique_lock lock(connecting_, absl::ToChronoTime(deadline));
  if (!lock.owns_lock()) return Error(Reason::kTokenBusy);
  if (connected()) return OkStatus();
  const auto holder = std::make_shared<Holder>();
  const Status status = ConnectWith(holder, source, pin, deadline);
  // What opened the session closes it, not this thread. A job that was left uses it still; then it
  // ends with the job.
  if (!status.ok() && holder.use_count() == 1) {
    (void)Run<bool>(deadline, [holder]() -> StatusOr<bool> {
      holder->session.reset();
      return true;
    });
  }
  return status;
}

Status Token::ConnectWith(const std::shared_ptr<Holder>& holder, PinSource* source, KnownPin& pin,
                          absl::Time deadline) {
  SCEAU_ASSIGN_OR_RETURN(const bool login,
                         Run<bool>(deadline, [this, holder] { return OpenHolder(*holder); }));
  if (login) SCEAU_RETURN_IF_ERROR(LogInHolder(holder, source, pin, deadline));
  using Mechanisms = std::set<CK_MECHANISM_TYPE>;
  SCEAU_ASSIGN_OR_RETURN(mechanisms_,
                         Run<Mechanisms>(deadline, [this, holder] { return ReadMechanisms(); }));
  if (single_session_) {
    pool_ = std::make_unique<SessionPool>(slot_, *std::move(holder->session));
  } else {
    pool_ = std::make_unique<SessionPool>(slot_, care_->workers);
    holder_ = *std::move(holder->session);
  }
  holder->session.reset();
  stats().SetPresent(true);
  stats().SetLoggedIn(true);
  connected_ = true;
  return OkStatus();
}

// Whether there is to be a login.
StatusOr<bool> Token::OpenHolder(Holder& holder) const {
  SCEAU_ASSIGN_OR_RETURN(holder.session, Session::Open(slot_));
  if (!login_required_) return false;
  SCEAU_ASSIGN_OR_RETURN(const bool logged_in, holder.session->LoggedIn());
  if (logged_in) return false;
  // Before the PIN is asked for: a locked card is not worth typing it.
  SCEAU_RETURN_IF_ERROR(CheckPinTries());
  return true;
}

Status Token::LogInHolder(const std::shared_ptr<Holder>& holder, PinSource* source, KnownPin& pin,
                          absl::Time deadline) {
  const auto given = std::make_shared<KnownPin>();
  if (!has_pin_pad_) {
    SCEAU_ASSIGN_OR_RETURN(*given, ReadPin(source));
  }
  // Alone: a login that its caller has left goes on, and the next one is to see what came of it.
  const auto done = Run<bool>(
      deadline,
      [this, holder, given]() -> StatusOr<bool> {
        SCEAU_RETURN_IF_ERROR(LogIn(*holder->session, CKU_USER, *given));
        return true;
      },
      Turn::kOneByOne);
  if (done.ok()) pin = std::move(*given);
  return done.status();
}

StatusOr<KnownPin> Token::ReadPin(PinSource* source) const {
  if (source == nullptr) return Error(Reason::kPinMissing, label_);
  KnownPin known{.origin = source->Origin()};
  if (known.origin) SCEAU_RETURN_IF_ERROR(care_->pins->Check(serial_, *known.origin));
  SCEAU_ASSIGN_OR_RETURN(known.pin, source->Read(label_));
  if (known.pin.empty()) return Error(Reason::kPinMissing, label_);
  if (source->Origin() != known.origin) {
    return Error(Reason::kPinSourceUnreadable,
                 Concat(known.origin->source, ": it changed while it was read"));
  }
  return known;
}

StatusOr<CK_FLAGS> Token::ReadFlags() const {
  CK_TOKEN_INFO info{};
  const CK_RV rv = slot_.p11->C_GetTokenInfo(slot_.id, &info);
  if (rv != CKR_OK) return CkrError("C_GetTokenInfo", rv);
  return info.flags;
}

StatusOr<bool> Token::WrongPinSeen() const {
  SCEAU_ASSIGN_OR_RETURN(const CK_FLAGS flags, ReadFlags());
  return Has(flags, CKF_USER_PIN_COUNT_LOW);
}

Status Token::CheckPinTries() const {
  SCEAU_ASSIGN_OR_RETURN(const CK_FLAGS flags, ReadFlags());
  if (Has(flags, CKF_USER_PIN_LOCKED)) return Error(Reason::kPinLocked, label_);
  if (Has(flags, CKF_USER_PIN_FINAL_TRY)) return Error(Reason::kPinFinalTry, label_);
  return OkStatus();
}

Status Token::CallLogIn(const Session& session, CK_USER_TYPE user, const Secret& pin) const {
  SCEAU_RETURN_IF_ERROR(CheckPinTries());
  const std::string_view bytes = pin.Reveal();
  const CK_RV rv = has_pin_pad_
                       ? slot_.p11->C_Login(session.handle(), user, nullptr, 0)
                       : slot_.p11->C_Login(session.handle(), user, Bytes(bytes), bytes.size());
  return rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN ? OkStatus() : CkrError("C_Login", rv);
}

// A PIN of a file. One that the token has accepted is right, until it is changed there.
Status Token::TryPin(const Session& session, CK_USER_TYPE user, KnownPin& known) const {
  PinRegister& pins = *care_->pins;
  if (!known.accepted) {
    return pins.Attempt(serial_, *known.origin, absl::Now() + care_->longest_call,
                        {.wrong_pin_seen = [&] { return WrongPinSeen(); },
                         .log_in = [&] { return CallLogIn(session, user, known.pin); }});
  }
  SCEAU_RETURN_IF_ERROR(pins.Check(serial_, *known.origin));
  const Status answer = CallLogIn(session, user, known.pin);
  if (IsPinRefusal(answer)) {
    SCEAU_RETURN_IF_ERROR(pins.Refuse(serial_, *known.origin, absl::Now()));
  }
  return answer;
}

Status Token::LogIn(const Session& session, CK_USER_TYPE user, KnownPin& known) const {
  // At the reader's pad, or for one login: a person who knows what they do.
  if (!known.origin) return CallLogIn(session, user, known.pin);
  SCEAU_RETURN_IF_ERROR(care_->pause.Check(*known.origin, absl::Now()));
  const Status answer = TryPin(session, user, known);
  care_->pause.Tell(*known.origin, answer, absl::Now());
  known.accepted = answer.ok();
  return answer;
}

StatusOr<std::set<CK_MECHANISM_TYPE>> Token::ReadMechanisms() const {
  CK_ULONG count = 0;
  CK_RV rv = slot_.p11->C_GetMechanismList(slot_.id, nullptr, &count);
  // One more than asked for: p11-kit's remote client, leaving out a mechanism it does not carry,
  // moves one element too many (0.24, seen by AddressSanitizer).
  std::vector<CK_MECHANISM_TYPE> list(count + 1);
  if (rv == CKR_OK) rv = slot_.p11->C_GetMechanismList(slot_.id, list.data(), &count);
  if (rv != CKR_OK) return CkrError("C_GetMechanismList", rv);
  return std::set<CK_MECHANISM_TYPE>(list.begin(),
                                     list.begin() + static_cast<std::ptrdiff_t>(count));
}

bool Token::Revive(absl::Time deadline) {
  if (!connected() || !holder_ || slot_.Stale()) return false;
  const auto alive = Run<bool>(deadline, [this]() -> StatusOr<bool> {
    SCEAU_ASSIGN_OR_RETURN(const bool logged_in, holder_->LoggedIn());
    if (login_required_ && !logged_in) return false;
    pool_->DropIdle();
    return true;
  });
  if (!alive.ok() || !*alive) return false;
  lost_ = false;
  stats().SetPresent(true);
  stats().SetLoggedIn(true);
  return true;
}

void Token::Retire(absl::Time deadline) {
  if (!connected() || slot_.Stale()) return;
  (void)Run<bool>(deadline, [this]() -> StatusOr<bool> {
    pool_->DropIdle();
    if (holder_) holder_->EndIfAlive();
    return true;
  });
}

}  // namespace sceau::hsm
