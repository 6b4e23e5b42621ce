// One signature in one session.
#pragma once

#include <functional>
#include <string>

#include "base/status.h"
#include "hsm/mechanisms.h"
#include "hsm/session.h"

namespace sceau::hsm {

// C_SignInit and C_Sign (v2.40 §5.11). `authenticate`, when it is not null, is called between the
// two: the login of a key that always asks for one. Whatever goes wrong may leave an operation open
// in the session.
// Errors: those of `authenticate`; kTokenUnavailable, also when the call failed for no reason of
// its own and the slot is empty now; kTokenBusy; kTokenError.
StatusOr<std::string> SignOnce(const Session& session, CK_OBJECT_HANDLE key,
                               const Operation& operation,
                               const std::function<Status()>& authenticate);

}  // namespace sceau::hsm
