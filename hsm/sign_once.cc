#include "hsm/sign_once.h"

#include "absl/time/clock.h"

namespace sceau::hsm {
namespace {

constexpr size_t kMaxSignature = 2048;  // bytes: RSA of 16384 bits

// A reader tells that its card is gone after a moment only (pcscd asks every 400 ms).
constexpr absl::Duration kUntilNoticed = absl::Seconds(1);
constexpr absl::Duration kAskAgain = absl::Milliseconds(50);

bool CardIsGone(const Session& session) {
  const absl::Time until = absl::Now() + kUntilNoticed;
  while (session.Removable()) {
    const StatusOr<bool> present = session.TokenPresent();
    if (!present.ok() || !*present) return present.ok();
    if (absl::Now() > until) return false;
    absl::SleepFor(kAskAgain);
  }
  return false;
}

// A card that is pulled out makes modules fail as they like (OpenSC: CKR_GENERAL_ERROR); the slot
// tells. The signature may have been made: CKR_DEVICE_REMOVED is not tried again.
Status Explain(const Session& session, std::string_view call, CK_RV code) {
  const bool vague = code == CKR_GENERAL_ERROR || code == CKR_FUNCTION_FAILED;
  return CkrError(call, vague && CardIsGone(session) ? CKR_DEVICE_REMOVED : code);
}

}  // namespace

StatusOr<std::string> SignOnce(const Session& session, CK_OBJECT_HANDLE key,
                               const Operation& operation,
                               const std::function<Status()>& authenticate) {
  CK_MECHANISM mechanism{operation.mechanism, nullptr, 0};
  std::optional<CK_RSA_PKCS_PSS_PARAMS> pss = operation.pss;
  if (pss) {
    mechanism.pParameter = &*pss;
    mechanism.ulParameterLen = sizeof *pss;
  }
  CK_RV rv = session.p11()->C_SignInit(session.handle(), &mechanism, key);
  if (rv != CKR_OK) return Explain(session, "C_SignInit", rv);
  if (authenticate != nullptr) SCEAU_RETURN_IF_ERROR(authenticate());
  std::string signature(kMaxSignature, '\0');
  CK_ULONG size = signature.size();
  rv = session.p11()->C_Sign(session.handle(), Bytes(operation.input), operation.input.size(),
                             Bytes(signature), &size);
  if (rv != CKR_OK) return Explain(session, "C_Sign", rv);
  signature.resize(size);
  return signature;
}

}  // namespace sceau::hsm
