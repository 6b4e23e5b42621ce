// The module itself: SoftHSM2's function list with some functions replaced.
//
// Slots, sessions and objects have other numbers here than in SoftHSM2: each time a token is put
// back they move on, and the old ones are refused, as real modules do.
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/shim.h"

namespace {

using sceau::test::Shim;
using sceau::test::ShimRule;

constexpr CK_ULONG kStep = 1000000;          // objects and sessions
constexpr CK_SLOT_ID kSlotStep = 1UL << 40;  // above SoftHSM2's own

Shim shim;
CK_FUNCTION_LIST_PTR real = nullptr;
CK_FUNCTION_LIST list;

// What a session that is given out means.
struct Known {
  CK_SESSION_HANDLE handle;  // SoftHSM2's
  CK_SLOT_ID slot;           // SoftHSM2's
};
std::mutex sessions_mutex;
std::map<CK_SESSION_HANDLE, Known> sessions;
// SoftHSM2 does not bear that a session ends under a call that uses it.
std::shared_mutex in_use;

CK_SLOT_ID Shown(CK_SLOT_ID slot) { return slot + shim.turn * kSlotStep; }
bool RealSlot(CK_SLOT_ID& slot) {
  const CK_SLOT_ID offset = shim.turn * kSlotStep;
  if (slot < offset || slot - offset >= kSlotStep) return false;
  slot -= offset;
  return true;
}
CK_OBJECT_HANDLE ShownObject(CK_OBJECT_HANDLE object) { return object + shim.turn * kStep; }
CK_OBJECT_HANDLE RealObject(CK_OBJECT_HANDLE object) {
  const CK_ULONG offset = shim.turn * kStep;
  return object > offset && object < offset + kStep ? object - offset : CK_INVALID_HANDLE;
}

std::string LabelOf(CK_SLOT_ID slot) {
  CK_TOKEN_INFO info{};
  if (real->C_GetTokenInfo(slot, &info) != CKR_OK) return "";
  std::string label(reinterpret_cast<const char*>(info.label), sizeof info.label);
  label.resize(label.find_last_not_of(' ') + 1);
  return label;
}

// A token that is gone takes its sessions, and so the login, with it.
void EndSessions(CK_SLOT_ID slot) {
  {
    const std::lock_guard alone(in_use);
    real->C_CloseAllSessions(slot);
  }
  const std::lock_guard lock(sessions_mutex);
  shim.sessions -= static_cast<int>(
      std::erase_if(sessions, [slot](const auto& entry) { return entry.second.slot == slot; }));
}

bool IsAway(CK_SLOT_ID slot) {
  std::string away;
  {
    const std::lock_guard lock(shim.mutex);
    away = shim.away;
  }
  if (away.empty() || LabelOf(slot) != away) return false;
  EndSessions(slot);
  return true;
}

// The rule for this call, if any.
bool Take(const char* call, CK_SLOT_ID slot, ShimRule& taken) {
  const std::lock_guard lock(shim.mutex);
  for (auto rule = shim.rules.begin(); rule != shim.rules.end(); ++rule) {
    if (rule->call != call) continue;
    if (!rule->token.empty() && LabelOf(slot) != rule->token) continue;
    if (rule->skip > 0) {
      --rule->skip;
      continue;
    }
    taken = *rule;
    if (--rule->times == 0) shim.rules.erase(rule);
    return true;
  }
  return false;
}

void Hang() {
  std::unique_lock lock(shim.mutex);
  ++shim.hanging;
  shim.released.wait(lock, [] { return shim.ended; });
  --shim.hanging;
}

constexpr CK_SLOT_ID kNoSlot = ~CK_SLOT_ID{0};

// Of the call in progress, by the script.
thread_local bool flips = false;

// Everything ends with the initialisation.
CK_RV ForgetAll() {
  const CK_RV rv = real->C_Finalize(nullptr);
  const std::lock_guard lock(sessions_mutex);
  sessions.clear();
  shim.sessions = 0;
  return rv;
}

class InCall {
 public:
  InCall() { ++shim.in_calls; }
  ~InCall() { --shim.in_calls; }
};

// Makes the call as the script wants it.
template <typename Call>
CK_RV Scripted(const char* name, CK_SLOT_ID slot, const Call& call) {
  const InCall in_call;
  ShimRule rule;
  const bool taken = Take(name, slot, rule);
  flips = rule.flip;
  if (!taken) return call();
  if (rule.delay_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(rule.delay_ms));
  const bool made = rule.hang && rule.done;
  const CK_RV answer = made ? call() : CKR_OK;
  if (rule.hang) Hang();
  if (made) return answer;
  if (rule.code == CKR_CRYPTOKI_NOT_INITIALIZED) ForgetAll();
  if (rule.code == CKR_OK) return call();
  if (rule.done) (void)call();
  return rule.code;
}

// What a scripted answer says about the session becomes so.
void MakeTrue(CK_RV rv, CK_SESSION_HANDLE session, const Known& known) {
  if (rv == CKR_SESSION_HANDLE_INVALID || rv == CKR_SESSION_CLOSED) {
    real->C_CloseSession(known.handle);
    const std::lock_guard lock(sessions_mutex);
    shim.sessions -= static_cast<int>(sessions.erase(session));
  } else if (rv == CKR_DEVICE_REMOVED || rv == CKR_TOKEN_NOT_PRESENT) {
    EndSessions(known.slot);
  } else if (rv == CKR_USER_NOT_LOGGED_IN) {
    real->C_Logout(known.handle);
  }
}

// The same for a call on a session.
template <typename Call>
CK_RV OnSession(const char* name, CK_SESSION_HANDLE session, const Call& call) {
  Known known{};
  {
    const std::lock_guard lock(sessions_mutex);
    const auto found = sessions.find(session);
    if (found == sessions.end()) {
      // As a module does that answers from before it looks at handles.
      return Scripted(name, kNoSlot, [] { return CKR_SESSION_HANDLE_INVALID; });
    }
    known = found->second;
  }
  bool called = false;
  const CK_RV rv = Scripted(name, known.slot, [&]() -> CK_RV {
    called = true;
    if (IsAway(known.slot)) return CKR_DEVICE_REMOVED;
    const std::shared_lock together(in_use);
    return call(known.handle);
  });
  if (!called) MakeTrue(rv, session, known);
  return rv;
}

template <typename Call>
CK_RV OnSlot(const char* name, CK_SLOT_ID slot, const Call& call) {
  if (!RealSlot(slot)) return CKR_SLOT_ID_INVALID;
  return Scripted(name, slot, [&]() -> CK_RV {
    if (IsAway(slot)) return CKR_TOKEN_NOT_PRESENT;
    return call(slot);
  });
}

CK_RV Initialize(void* arguments) {
  return Scripted("C_Initialize", kNoSlot, [&] {
    ++shim.initializations;
    if (arguments != nullptr) {
      shim.initialize_flags = static_cast<CK_C_INITIALIZE_ARGS_PTR>(arguments)->flags;
    }
    return real->C_Initialize(arguments);
  });
}

CK_RV Finalize(void*) {
  shim.most_in_calls_at_end = std::max(shim.most_in_calls_at_end.load(), shim.in_calls.load());
  return Scripted("C_Finalize", kNoSlot, ForgetAll);
}

CK_RV GetInfo(CK_INFO_PTR info) {
  return Scripted("C_GetInfo", kNoSlot, [&] { return real->C_GetInfo(info); });
}

CK_RV GetSlotList(CK_BBOOL present, CK_SLOT_ID_PTR out, CK_ULONG_PTR count) {
  ++shim.listings;
  return Scripted("C_GetSlotList", kNoSlot, [&]() -> CK_RV {
    CK_ULONG size = 0;
    CK_RV rv = real->C_GetSlotList(present, nullptr, &size);
    std::vector<CK_SLOT_ID> slots(size);
    if (rv == CKR_OK && size > 0) rv = real->C_GetSlotList(present, slots.data(), &size);
    if (rv != CKR_OK) return rv;
    slots.resize(size);
    if (present != CK_FALSE) std::erase_if(slots, IsAway);
    const CK_ULONG room = *count;
    *count = slots.size();
    if (out == nullptr) return CKR_OK;
    if (room < slots.size()) return CKR_BUFFER_TOO_SMALL;
    std::transform(slots.begin(), slots.end(), out, Shown);
    return CKR_OK;
  });
}

CK_RV GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info) {
  return OnSlot("C_GetSlotInfo", slot,
                [&](CK_SLOT_ID id) { return real->C_GetSlotInfo(id, info); });
}

CK_FLAGS PinFlags() {
  if (shim.tries == 0) return 0;
  if (shim.wrong_pins >= shim.tries) return CKF_USER_PIN_LOCKED;
  return shim.wrong_pins == shim.tries - 1 ? CKF_USER_PIN_FINAL_TRY : 0;
}

CK_RV GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  return OnSlot("C_GetTokenInfo", slot, [&](CK_SLOT_ID id) {
    const CK_RV rv = real->C_GetTokenInfo(id, info);
    if (rv != CKR_OK) return rv;
    info->flags |= shim.token_flags | PinFlags();
    if (shim.max_sessions != 0) info->ulMaxSessionCount = shim.max_sessions;
    if (shim.told_sessions != 0) info->ulMaxSessionCount = shim.told_sessions;
    return rv;
  });
}

CK_RV GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR out, CK_ULONG_PTR count) {
  return OnSlot("C_GetMechanismList", slot, [&](CK_SLOT_ID id) {
    const CK_RV rv = real->C_GetMechanismList(id, out, count);
    if (rv != CKR_OK || out == nullptr) return rv;
    *count = static_cast<CK_ULONG>(std::remove(out, out + *count, shim.hidden.load()) - out);
    return rv;
  });
}

CK_RV OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void* application, CK_NOTIFY notify,
                  CK_SESSION_HANDLE_PTR session) {
  return OnSlot("C_OpenSession", slot, [&](CK_SLOT_ID id) -> CK_RV {
    const int open = ++shim.sessions;
    if (shim.max_sessions != 0 && static_cast<CK_ULONG>(open) > shim.max_sessions) {
      --shim.sessions;
      return CKR_SESSION_COUNT;
    }
    CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
    const CK_RV rv = real->C_OpenSession(id, flags, application, notify, &handle);
    if (rv != CKR_OK) {
      --shim.sessions;
      return rv;
    }
    int most = shim.most_sessions;
    while (open > most && !shim.most_sessions.compare_exchange_weak(most, open)) {
    }
    const std::lock_guard lock(sessions_mutex);
    // The lowest free number, as modules do: a handle that ended is soon another session's.
    *session = shim.turn * kStep + 1;
    while (sessions.contains(*session)) ++*session;
    sessions[*session] = {handle, id};
    return CKR_OK;
  });
}

CK_RV CloseSession(CK_SESSION_HANDLE session) {
  return OnSession("C_CloseSession", session, [&](CK_SESSION_HANDLE handle) {
    const CK_RV rv = real->C_CloseSession(handle);
    const std::lock_guard lock(sessions_mutex);
    if (rv == CKR_OK && sessions.erase(session) > 0) --shim.sessions;
    return rv;
  });
}

CK_RV GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO_PTR info) {
  return OnSession("C_GetSessionInfo", session, [&](CK_SESSION_HANDLE handle) {
    const CK_RV rv = real->C_GetSessionInfo(handle, info);
    if (rv == CKR_OK) info->slotID = Shown(info->slotID);
    return rv;
  });
}

CK_RV Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG size) {
  ++shim.logins;
  return OnSession("C_Login", session, [&](CK_SESSION_HANDLE handle) -> CK_RV {
    if (PinFlags() == CKF_USER_PIN_LOCKED) return CKR_PIN_LOCKED;
    const char* typed = shim.pin_pad;
    const bool pad = pin == nullptr && typed != nullptr;
    const CK_RV rv =
        pad ? real->C_Login(handle, user,
                            reinterpret_cast<CK_UTF8CHAR_PTR>(const_cast<char*>(typed)),
                            std::strlen(typed))
            : real->C_Login(handle, user, pin, size);
    if (rv == CKR_OK) shim.wrong_pins = 0;
    if (rv == CKR_PIN_INCORRECT) ++shim.wrong_pins;
    return rv;
  });
}

CK_RV Logout(CK_SESSION_HANDLE session) {
  ++shim.logouts;
  return OnSession("C_Logout", session,
                   [&](CK_SESSION_HANDLE handle) { return real->C_Logout(handle); });
}

CK_RV FindObjectsInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR wanted, CK_ULONG count) {
  return OnSession("C_FindObjectsInit", session, [&](CK_SESSION_HANDLE handle) {
    return real->C_FindObjectsInit(handle, wanted, count);
  });
}

CK_RV FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR objects, CK_ULONG max,
                  CK_ULONG_PTR count) {
  return OnSession("C_FindObjects", session, [&](CK_SESSION_HANDLE handle) {
    const CK_RV rv = real->C_FindObjects(handle, objects, max, count);
    if (rv == CKR_OK) std::transform(objects, objects + *count, objects, ShownObject);
    return rv;
  });
}

CK_RV FindObjectsFinal(CK_SESSION_HANDLE session) {
  return OnSession("C_FindObjectsFinal", session,
                   [&](CK_SESSION_HANDLE handle) { return real->C_FindObjectsFinal(handle); });
}

CK_RV GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                        CK_ATTRIBUTE_PTR attributes, CK_ULONG count) {
  return OnSession("C_GetAttributeValue", session, [&](CK_SESSION_HANDLE handle) -> CK_RV {
    const CK_OBJECT_HANDLE known = RealObject(object);
    if (known == CK_INVALID_HANDLE) return CKR_OBJECT_HANDLE_INVALID;
    const CK_RV rv = real->C_GetAttributeValue(handle, known, attributes, count);
    for (CK_ULONG i = 0; i < count && shim.lets_keys_out; ++i) {
      CK_ATTRIBUTE& told = attributes[i];
      if (told.type != CKA_EXTRACTABLE || told.pValue == nullptr) continue;
      if (told.ulValueLen == sizeof(CK_BBOOL)) *static_cast<CK_BBOOL*>(told.pValue) = CK_TRUE;
    }
    return rv;
  });
}

CK_RV GenerateKeyPair(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
                      CK_ATTRIBUTE_PTR for_public, CK_ULONG public_count,
                      CK_ATTRIBUTE_PTR for_private, CK_ULONG private_count,
                      CK_OBJECT_HANDLE_PTR public_key, CK_OBJECT_HANDLE_PTR private_key) {
  return OnSession("C_GenerateKeyPair", session, [&](CK_SESSION_HANDLE handle) -> CK_RV {
    const CK_RV rv = real->C_GenerateKeyPair(handle, mechanism, for_public, public_count,
                                             for_private, private_count, public_key, private_key);
    if (rv != CKR_OK) return rv;
    *public_key = ShownObject(*public_key);
    *private_key = ShownObject(*private_key);
    return rv;
  });
}

CK_RV SignInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  return OnSession("C_SignInit", session, [&](CK_SESSION_HANDLE handle) -> CK_RV {
    const CK_OBJECT_HANDLE known = RealObject(key);
    if (known == CK_INVALID_HANDLE) return CKR_KEY_HANDLE_INVALID;
    shim.last_mechanism = mechanism->mechanism;
    return real->C_SignInit(handle, mechanism, known);
  });
}

CK_RV Sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_size, CK_BYTE_PTR signature,
           CK_ULONG_PTR size) {
  return OnSession("C_Sign", session, [&](CK_SESSION_HANDLE handle) {
    ++shim.signatures;
    const CK_RV rv = real->C_Sign(handle, data, data_size, signature, size);
    const bool wrong = shim.flip_bit || flips;
    if (rv == CKR_OK && signature != nullptr && wrong) signature[*size / 2] ^= 1;
    return rv;
  });
}

CK_RV WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID_PTR slot, void* reserved) {
  return Scripted("C_WaitForSlotEvent", kNoSlot, [&]() -> CK_RV {
    if (!shim.slot_events) return real->C_WaitForSlotEvent(flags, slot, reserved);
    if (shim.pending_events == 0) return CKR_NO_EVENT;
    --shim.pending_events;
    *slot = Shown(0);
    return CKR_OK;
  });
}

bool LoadReal() {
  if (real != nullptr) return true;
  void* module = ::dlopen(SCEAU_SOFTHSM2, RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return false;
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(module, "C_GetFunctionList"));
  if (get == nullptr || get(&real) != CKR_OK) return false;
  if (const char* script = std::getenv("SCEAU_SHIM_SCRIPT")) {
    std::ostringstream text;
    text << std::ifstream(script).rdbuf();
    shim.Play(text.str());
  }
  return true;
}

}  // namespace

extern "C" {

Shim* SceauTestShim();
Shim* SceauTestShim() { return &shim; }

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out) {
  if (!LoadReal()) return CKR_GENERAL_ERROR;
  list = *real;
  list.C_Initialize = Initialize;
  list.C_Finalize = Finalize;
  list.C_GetInfo = GetInfo;
  list.C_GetSlotList = GetSlotList;
  list.C_GetSlotInfo = GetSlotInfo;
  list.C_GetTokenInfo = GetTokenInfo;
  list.C_GetMechanismList = GetMechanismList;
  list.C_OpenSession = OpenSession;
  list.C_CloseSession = CloseSession;
  list.C_GetSessionInfo = GetSessionInfo;
  list.C_Login = Login;
  list.C_Logout = Logout;
  list.C_FindObjectsInit = FindObjectsInit;
  list.C_FindObjects = FindObjects;
  list.C_FindObjectsFinal = FindObjectsFinal;
  list.C_GetAttributeValue = GetAttributeValue;
  list.C_GenerateKeyPair = GenerateKeyPair;
  list.C_SignInit = SignInit;
  list.C_Sign = Sign;
  list.C_WaitForSlotEvent = WaitForSlotEvent;
  list.C_GetFunctionList = C_GetFunctionList;
  *out = &list;
  return CKR_OK;
}

}  // extern "C"
