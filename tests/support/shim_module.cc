// The module itself: SoftHSM2's function list with some functions replaced.
#include <dlfcn.h>

#include <algorithm>
#include <cstring>

#include "tests/support/shim.h"

namespace {

using sceau::test::Shim;
using sceau::test::ShimCall;

Shim shim;
CK_FUNCTION_LIST_PTR real = nullptr;
CK_FUNCTION_LIST list;

// The code that this call has to fail with; CKR_OK: go on.
CK_RV Injected(ShimCall call) {
  ShimCall expected = call;
  return shim.fail.compare_exchange_strong(expected, ShimCall::kNone) ? shim.code.load() : CKR_OK;
}

CK_RV Initialize(void* arguments) {
  if (arguments != nullptr) {
    shim.initialize_flags = static_cast<CK_C_INITIALIZE_ARGS_PTR>(arguments)->flags;
  }
  return real->C_Initialize(arguments);
}

CK_RV GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  const CK_RV rv = real->C_GetTokenInfo(slot, info);
  if (rv != CKR_OK) return rv;
  info->flags |= shim.token_flags;
  if (shim.max_sessions != 0) info->ulMaxSessionCount = shim.max_sessions;
  if (shim.told_sessions != 0) info->ulMaxSessionCount = shim.told_sessions;
  return rv;
}

CK_RV GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR out, CK_ULONG_PTR count) {
  const CK_RV rv = real->C_GetMechanismList(slot, out, count);
  if (rv != CKR_OK || out == nullptr) return rv;
  *count = static_cast<CK_ULONG>(std::remove(out, out + *count, shim.hidden.load()) - out);
  return rv;
}

CK_RV OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void* application, CK_NOTIFY notify,
                  CK_SESSION_HANDLE_PTR session) {
  if (const CK_RV rv = Injected(ShimCall::kOpenSession); rv != CKR_OK) return rv;
  const int open = ++shim.sessions;
  if (shim.max_sessions != 0 && static_cast<CK_ULONG>(open) > shim.max_sessions) {
    --shim.sessions;
    return CKR_SESSION_COUNT;
  }
  const CK_RV rv = real->C_OpenSession(slot, flags, application, notify, session);
  if (rv != CKR_OK) --shim.sessions;
  int most = shim.most_sessions;
  while (open > most && !shim.most_sessions.compare_exchange_weak(most, open)) {
  }
  return rv;
}

CK_RV CloseSession(CK_SESSION_HANDLE session) {
  const CK_RV rv = real->C_CloseSession(session);
  if (rv == CKR_OK) --shim.sessions;
  return rv;
}

CK_RV Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG size) {
  ++shim.logins;
  if (const CK_RV rv = Injected(ShimCall::kLogin); rv != CKR_OK) return rv;
  const char* typed = shim.pin_pad;
  if (pin != nullptr || typed == nullptr) return real->C_Login(session, user, pin, size);
  return real->C_Login(session, user, reinterpret_cast<CK_UTF8CHAR_PTR>(const_cast<char*>(typed)),
                       std::strlen(typed));
}

CK_RV Logout(CK_SESSION_HANDLE session) {
  ++shim.logouts;
  return real->C_Logout(session);
}

CK_RV FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR objects, CK_ULONG max,
                  CK_ULONG_PTR count) {
  if (const CK_RV rv = Injected(ShimCall::kFindObjects); rv != CKR_OK) return rv;
  return real->C_FindObjects(session, objects, max, count);
}

CK_RV SignInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  if (const CK_RV rv = Injected(ShimCall::kSignInit); rv != CKR_OK) return rv;
  shim.last_mechanism = mechanism->mechanism;
  return real->C_SignInit(session, mechanism, key);
}

CK_RV Sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_size, CK_BYTE_PTR signature,
           CK_ULONG_PTR size) {
  if (const CK_RV rv = Injected(ShimCall::kSign); rv != CKR_OK) return rv;
  ++shim.signatures;
  const CK_RV rv = real->C_Sign(session, data, data_size, signature, size);
  if (rv == CKR_OK && signature != nullptr && shim.flip_bit) signature[*size / 2] ^= 1;
  return rv;
}

bool LoadReal() {
  if (real != nullptr) return true;
  void* module = ::dlopen(SCEAU_SOFTHSM2, RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return false;
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(module, "C_GetFunctionList"));
  return get != nullptr && get(&real) == CKR_OK;
}

}  // namespace

extern "C" {

Shim* SceauTestShim();
Shim* SceauTestShim() { return &shim; }

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out) {
  if (!LoadReal()) return CKR_GENERAL_ERROR;
  list = *real;
  list.C_Initialize = Initialize;
  list.C_GetTokenInfo = GetTokenInfo;
  list.C_GetMechanismList = GetMechanismList;
  list.C_OpenSession = OpenSession;
  list.C_CloseSession = CloseSession;
  list.C_Login = Login;
  list.C_Logout = Logout;
  list.C_FindObjects = FindObjects;
  list.C_SignInit = SignInit;
  list.C_Sign = Sign;
  list.C_GetFunctionList = C_GetFunctionList;
  *out = &list;
  return CKR_OK;
}

}  // extern "C"
