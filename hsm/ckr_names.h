// What a PKCS#11 return code (CKR_..., v2.40 §5.1) is called and what it means here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "hsm/cryptoki.h"

namespace sceau::hsm {

// What a code says of the session it came from.
enum class Loss {
  kNone,
  kBroken,  // the session is of no more use; it is to be closed
  kDead,    // the module has closed it already: its handle may have been given out anew
};

// "CKR_PIN_INCORRECT"; an unknown or vendor's code in hexadecimal.
std::string CkrName(CK_RV code);
Loss LossOf(CK_RV code);
// The error for a call that did not return CKR_OK; its detail is "C_Sign CKR_DEVICE_REMOVED".
Status CkrError(std::string_view call, CK_RV code);

// The call and code that CkrError made this status of.
struct FailedCall {
  std::string call;
  CK_RV code = CKR_OK;
};
std::optional<FailedCall> FailedCallOf(const Status& status);
// Whether the token was lost before it signed anything or tried a PIN: then the whole may be done
// again, once.
bool LostBeforeAnyEffect(const Status& status);

}  // namespace sceau::hsm
