#include "hsm/ckr_names.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "base/strings.h"

namespace sceau::hsm {
namespace {

struct Row {
  CK_RV code;
  std::string_view name;
  Reason reason;
  Loss loss;
};

// A handle that is no longer valid (KEY, OBJECT) means that the token was replaced under us.
constexpr Row kRows[] = {
    {CKR_CANCEL, "CKR_CANCEL", Reason::kTokenError, Loss::kNone},
    {CKR_HOST_MEMORY, "CKR_HOST_MEMORY", Reason::kTokenError, Loss::kNone},
    {CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID", Reason::kTokenUnavailable, Loss::kBroken},
    {CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR", Reason::kTokenError, Loss::kNone},
    {CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED", Reason::kTokenError, Loss::kNone},
    {CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD", Reason::kTokenError, Loss::kNone},
    {CKR_NO_EVENT, "CKR_NO_EVENT", Reason::kTokenError, Loss::kNone},
    {CKR_NEED_TO_CREATE_THREADS, "CKR_NEED_TO_CREATE_THREADS", Reason::kTokenError, Loss::kNone},
    {CKR_CANT_LOCK, "CKR_CANT_LOCK", Reason::kTokenError, Loss::kNone},
    {CKR_ATTRIBUTE_READ_ONLY, "CKR_ATTRIBUTE_READ_ONLY", Reason::kTokenError, Loss::kNone},
    {CKR_ATTRIBUTE_SENSITIVE, "CKR_ATTRIBUTE_SENSITIVE", Reason::kTokenError, Loss::kNone},
    {CKR_ATTRIBUTE_TYPE_INVALID, "CKR_ATTRIBUTE_TYPE_INVALID", Reason::kTokenError, Loss::kNone},
    {CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID", Reason::kTokenError, Loss::kNone},
    {CKR_ACTION_PROHIBITED, "CKR_ACTION_PROHIBITED", Reason::kTokenError, Loss::kNone},
    {CKR_DATA_INVALID, "CKR_DATA_INVALID", Reason::kTokenError, Loss::kNone},
    {CKR_DATA_LEN_RANGE, "CKR_DATA_LEN_RANGE", Reason::kTokenError, Loss::kNone},
    {CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR", Reason::kTokenUnavailable, Loss::kBroken},
    {CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY", Reason::kTokenError, Loss::kNone},
    {CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED", Reason::kTokenUnavailable, Loss::kDead},
    {CKR_ENCRYPTED_DATA_INVALID, "CKR_ENCRYPTED_DATA_INVALID", Reason::kTokenError, Loss::kNone},
    {CKR_ENCRYPTED_DATA_LEN_RANGE, "CKR_ENCRYPTED_DATA_LEN_RANGE", Reason::kTokenError,
     Loss::kNone},
    {CKR_FUNCTION_CANCELED, "CKR_FUNCTION_CANCELED", Reason::kRefusedByUser, Loss::kNone},
    {CKR_FUNCTION_NOT_PARALLEL, "CKR_FUNCTION_NOT_PARALLEL", Reason::kTokenError, Loss::kNone},
    {CKR_FUNCTION_NOT_SUPPORTED, "CKR_FUNCTION_NOT_SUPPORTED", Reason::kTokenError, Loss::kNone},
    {CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID", Reason::kTokenUnavailable, Loss::kBroken},
    {CKR_KEY_SIZE_RANGE, "CKR_KEY_SIZE_RANGE", Reason::kTokenError, Loss::kNone},
    {CKR_KEY_TYPE_INCONSISTENT, "CKR_KEY_TYPE_INCONSISTENT", Reason::kTokenError, Loss::kNone},
    {CKR_KEY_NOT_NEEDED, "CKR_KEY_NOT_NEEDED", Reason::kTokenError, Loss::kNone},
    {CKR_KEY_CHANGED, "CKR_KEY_CHANGED", Reason::kTokenError, Loss::kNone},
    {CKR_KEY_NEEDED, "CKR_KEY_NEEDED", Reason::kTokenError, Loss::kNone},
    {CKR_KEY_INDIGESTIBLE, "CKR_KEY_INDIGESTIBLE", Reason::kTokenError, Loss::kNone},
    {CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED", Reason::kTokenError,
     Loss::kNone},
    {CKR_KEY_NOT_WRAPPABLE, "CKR_KEY_NOT_WRAPPABLE", Reason::kTokenError, Loss::kNone},
    {CKR_KEY_UNEXTRACTABLE, "CKR_KEY_UNEXTRACTABLE", Reason::kTokenError, Loss::kNone},
    {CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID", Reason::kTokenError, Loss::kNone},
    {CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID", Reason::kTokenError, Loss::kNone},
    {CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID", Reason::kTokenUnavailable,
     Loss::kBroken},
    {CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE", Reason::kTokenError, Loss::kNone},
    {CKR_OPERATION_NOT_INITIALIZED, "CKR_OPERATION_NOT_INITIALIZED", Reason::kTokenError,
     Loss::kNone},
    {CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT", Reason::kPinIncorrect, Loss::kNone},
    {CKR_PIN_INVALID, "CKR_PIN_INVALID", Reason::kPinIncorrect, Loss::kNone},
    {CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE", Reason::kPinIncorrect, Loss::kNone},
    {CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED", Reason::kTokenError, Loss::kNone},
    {CKR_PIN_LOCKED, "CKR_PIN_LOCKED", Reason::kPinLocked, Loss::kNone},
    {CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED", Reason::kTokenUnavailable, Loss::kDead},
    {CKR_SESSION_COUNT, "CKR_SESSION_COUNT", Reason::kTokenBusy, Loss::kNone},
    {CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID", Reason::kTokenUnavailable,
     Loss::kDead},
    {CKR_SESSION_PARALLEL_NOT_SUPPORTED, "CKR_SESSION_PARALLEL_NOT_SUPPORTED", Reason::kTokenError,
     Loss::kNone},
    {CKR_SESSION_READ_ONLY, "CKR_SESSION_READ_ONLY", Reason::kTokenError, Loss::kNone},
    {CKR_SESSION_EXISTS, "CKR_SESSION_EXISTS", Reason::kTokenError, Loss::kNone},
    {CKR_SESSION_READ_ONLY_EXISTS, "CKR_SESSION_READ_ONLY_EXISTS", Reason::kTokenError,
     Loss::kNone},
    {CKR_SESSION_READ_WRITE_SO_EXISTS, "CKR_SESSION_READ_WRITE_SO_EXISTS", Reason::kTokenError,
     Loss::kNone},
    {CKR_SIGNATURE_INVALID, "CKR_SIGNATURE_INVALID", Reason::kTokenError, Loss::kNone},
    {CKR_SIGNATURE_LEN_RANGE, "CKR_SIGNATURE_LEN_RANGE", Reason::kTokenError, Loss::kNone},
    {CKR_TEMPLATE_INCOMPLETE, "CKR_TEMPLATE_INCOMPLETE", Reason::kTokenError, Loss::kNone},
    {CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT", Reason::kTokenError, Loss::kNone},
    {CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT", Reason::kTokenUnavailable, Loss::kDead},
    {CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED", Reason::kTokenUnavailable,
     Loss::kBroken},
    {CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED", Reason::kTokenError, Loss::kNone},
    {CKR_UNWRAPPING_KEY_SIZE_RANGE, "CKR_UNWRAPPING_KEY_SIZE_RANGE", Reason::kTokenError,
     Loss::kNone},
    {CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT, "CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT",
     Reason::kTokenError, Loss::kNone},
    {CKR_USER_ALREADY_LOGGED_IN, "CKR_USER_ALREADY_LOGGED_IN", Reason::kTokenError, Loss::kNone},
    {CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN", Reason::kTokenUnavailable, Loss::kBroken},
    {CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED", Reason::kTokenError,
     Loss::kNone},
    {CKR_USER_TYPE_INVALID, "CKR_USER_TYPE_INVALID", Reason::kTokenError, Loss::kNone},
    {CKR_USER_ANOTHER_ALREADY_LOGGED_IN, "CKR_USER_ANOTHER_ALREADY_LOGGED_IN", Reason::kTokenError,
     Loss::kNone},
    {CKR_USER_TOO_MANY_TYPES, "CKR_USER_TOO_MANY_TYPES", Reason::kTokenError, Loss::kNone},
    {CKR_WRAPPED_KEY_INVALID, "CKR_WRAPPED_KEY_INVALID", Reason::kTokenError, Loss::kNone},
    {CKR_WRAPPED_KEY_LEN_RANGE, "CKR_WRAPPED_KEY_LEN_RANGE", Reason::kTokenError, Loss::kNone},
    {CKR_WRAPPING_KEY_HANDLE_INVALID, "CKR_WRAPPING_KEY_HANDLE_INVALID", Reason::kTokenError,
     Loss::kNone},
    {CKR_WRAPPING_KEY_SIZE_RANGE, "CKR_WRAPPING_KEY_SIZE_RANGE", Reason::kTokenError, Loss::kNone},
    {CKR_WRAPPING_KEY_TYPE_INCONSISTENT, "CKR_WRAPPING_KEY_TYPE_INCONSISTENT", Reason::kTokenError,
     Loss::kNone},
    {CKR_RANDOM_SEED_NOT_SUPPORTED, "CKR_RANDOM_SEED_NOT_SUPPORTED", Reason::kTokenError,
     Loss::kNone},
    {CKR_RANDOM_NO_RNG, "CKR_RANDOM_NO_RNG", Reason::kTokenError, Loss::kNone},
    {CKR_DOMAIN_PARAMS_INVALID, "CKR_DOMAIN_PARAMS_INVALID", Reason::kTokenError, Loss::kNone},
    {CKR_CURVE_NOT_SUPPORTED, "CKR_CURVE_NOT_SUPPORTED", Reason::kTokenError, Loss::kNone},
    {CKR_BUFFER_TOO_SMALL, "CKR_BUFFER_TOO_SMALL", Reason::kTokenError, Loss::kNone},
    {CKR_SAVED_STATE_INVALID, "CKR_SAVED_STATE_INVALID", Reason::kTokenError, Loss::kNone},
    {CKR_INFORMATION_SENSITIVE, "CKR_INFORMATION_SENSITIVE", Reason::kTokenError, Loss::kNone},
    {CKR_STATE_UNSAVEABLE, "CKR_STATE_UNSAVEABLE", Reason::kTokenError, Loss::kNone},
    {CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED", Reason::kTokenUnavailable,
     Loss::kDead},
    {CKR_CRYPTOKI_ALREADY_INITIALIZED, "CKR_CRYPTOKI_ALREADY_INITIALIZED", Reason::kTokenError,
     Loss::kNone},
    {CKR_MUTEX_BAD, "CKR_MUTEX_BAD", Reason::kTokenError, Loss::kNone},
    {CKR_MUTEX_NOT_LOCKED, "CKR_MUTEX_NOT_LOCKED", Reason::kTokenError, Loss::kNone},
    {CKR_NEW_PIN_MODE, "CKR_NEW_PIN_MODE", Reason::kTokenError, Loss::kNone},
    {CKR_NEXT_OTP, "CKR_NEXT_OTP", Reason::kTokenError, Loss::kNone},
    {CKR_EXCEEDED_MAX_ITERATIONS, "CKR_EXCEEDED_MAX_ITERATIONS", Reason::kTokenError, Loss::kNone},
    {CKR_FIPS_SELF_TEST_FAILED, "CKR_FIPS_SELF_TEST_FAILED", Reason::kTokenError, Loss::kNone},
    {CKR_LIBRARY_LOAD_FAILED, "CKR_LIBRARY_LOAD_FAILED", Reason::kTokenError, Loss::kNone},
    {CKR_PIN_TOO_WEAK, "CKR_PIN_TOO_WEAK", Reason::kTokenError, Loss::kNone},
    {CKR_PUBLIC_KEY_INVALID, "CKR_PUBLIC_KEY_INVALID", Reason::kTokenError, Loss::kNone},
    {CKR_FUNCTION_REJECTED, "CKR_FUNCTION_REJECTED", Reason::kRefusedByUser, Loss::kNone},
};

// What a call that has an effect returns when it had begun: the effect may have taken place. The
// other losses are found when the call is invoked (v2.40 §5.1.1 to §5.1.3).
constexpr CK_RV kDuringTheCall[] = {CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED, CKR_SESSION_CLOSED};
constexpr std::string_view kCallsWithEffect[] = {"C_Login", "C_Sign"};

// Call and code, separated by a tab.
constexpr std::string_view kPayload = "sceau/ckr";

const Row* Find(CK_RV code) {
  for (const Row& row : kRows) {
    if (row.code == code) return &row;
  }
  return nullptr;
}

}  // namespace

std::string CkrName(CK_RV code) {
  if (code == CKR_OK) return "CKR_OK";
  const Row* row = Find(code);
  return row != nullptr ? std::string(row->name) : absl::StrFormat("CKR_0x%08x", code);
}

Loss LossOf(CK_RV code) {
  const Row* row = Find(code);
  return row != nullptr ? row->loss : Loss::kNone;
}

Status CkrError(std::string_view call, CK_RV code) {
  const Row* row = Find(code);
  Status status = Error(row != nullptr ? row->reason : Reason::kTokenError,
                        Concat(call, " ", CkrName(code)));
  status.SetPayload(Absl(kPayload), absl::Cord(Concat(call, "\t", code)));
  return status;
}

std::optional<FailedCall> FailedCallOf(const Status& status) {
  const auto payload = status.GetPayload(Absl(kPayload));
  if (!payload) return std::nullopt;
  const std::pair<std::string, std::string> fields = absl::StrSplit(std::string(*payload), '\t');
  FailedCall failed{.call = fields.first};
  if (!absl::SimpleAtoi(fields.second, &failed.code)) return std::nullopt;
  return failed;
}

bool LostBeforeAnyEffect(const Status& status) {
  const auto failed = FailedCallOf(status);
  if (!failed || LossOf(failed->code) == Loss::kNone) return false;
  const auto holds = [](const auto& list, const auto& value) {
    return std::find(std::begin(list), std::end(list), value) != std::end(list);
  };
  return !holds(kCallsWithEffect, std::string_view(failed->call)) ||
         !holds(kDuringTheCall, failed->code);
}

}  // namespace sceau::hsm
