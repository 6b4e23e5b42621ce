#include "hsm/module.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <mutex>
#include <utility>

#include "absl/time/clock.h"
#include "base/c_handle.h"
#include "base/strings.h"
#include "hsm/ckr_names.h"

namespace sceau::hsm {
namespace {

using CString = CHandle<char, ::free>;

constexpr int kModuleThreads = 2;
// How long calls in progress may hold up a new initialisation.
constexpr absl::Duration kInitializeWait = absl::Seconds(5);

// A module in a process of its own is spoken to over a pipe: when that process has died, writing
// there must fail, not end this process. A handler that someone chose stays.
void SurviveBrokenPipes() {
  struct sigaction chosen = {};
  if (::sigaction(SIGPIPE, nullptr, &chosen) == 0 && chosen.sa_handler == SIG_DFL) {
    ::signal(SIGPIPE, SIG_IGN);
  }
}

// p11-kit's own module of trusted roots: certificates without keys.
bool OnlyCarriesTrust(CK_FUNCTION_LIST_PTR module) {
  const CString value(p11_kit_config_option(module, "trust-policy"));
  return value != nullptr && std::string_view(value.get()) == "yes";
}

// The first time, or after C_GetSlotList failed: that call concerns no token, so whatever it fails
// with, the module itself is gone (finalised by someone, or the process it runs in ended).
Status Initialize(Module& module, uint64_t generation) {
  const std::unique_lock lock(module.calls, absl::ToChronoTime(absl::Now() + kInitializeWait));
  if (!lock.owns_lock()) return Error(Reason::kTokenUnavailable, "C_Initialize: no answer");
  if (module.generation != generation) return OkStatus();  // someone else did
  if (generation > 0) p11_kit_module_finalize(module.p11);
  ++module.generation;
  const CK_RV rv = p11_kit_module_initialize(module.p11);
  return rv == CKR_OK ? OkStatus() : CkrError("C_Initialize", rv);
}

Status ReadSlot(PresentToken& token) {
  const CK_SLOT_ID id = token.slot.id;
  CK_RV rv = token.slot.p11->C_GetSlotInfo(id, &token.slot_info);
  if (rv != CKR_OK) return CkrError("C_GetSlotInfo", rv);
  rv = token.slot.p11->C_GetTokenInfo(id, &token.info);
  return rv == CKR_OK ? OkStatus() : CkrError("C_GetTokenInfo", rv);
}

// A reader whose card just went, or holds one that this module does not know.
bool IsEmptySlot(const Status& status) {
  const auto failed = FailedCallOf(status);
  return failed &&
         (failed->code == CKR_TOKEN_NOT_PRESENT || failed->code == CKR_TOKEN_NOT_RECOGNIZED);
}

bool SlotEvent(Module& module) {
  const std::shared_lock lock(module.calls);
  if (module.generation == 0) return true;  // not initialised yet
  bool changed = false;
  while (true) {
    CK_SLOT_ID slot = 0;
    const CK_RV rv = module.p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, nullptr);
    if (rv == CKR_NO_EVENT) return changed;
    if (rv != CKR_OK) return true;  // not offered: only looking tells
    changed = true;
  }
}

}  // namespace

StatusOr<std::vector<CK_SLOT_ID>> OccupiedSlots(CK_FUNCTION_LIST_PTR p11) {
  std::vector<CK_SLOT_ID> slots;
  while (true) {
    CK_ULONG count = 0;
    CK_RV rv = p11->C_GetSlotList(CK_TRUE, nullptr, &count);
    if (rv != CKR_OK) return CkrError("C_GetSlotList", rv);
    slots.resize(count);
    if (count == 0) return slots;
    rv = p11->C_GetSlotList(CK_TRUE, slots.data(), &count);
    if (rv == CKR_BUFFER_TOO_SMALL) continue;  // a card came in between
    if (rv != CKR_OK) return CkrError("C_GetSlotList", rv);
    slots.resize(count);
    return slots;
  }
}

Module::Module(CK_FUNCTION_LIST_PTR functions, bool from_configuration, absl::Duration longest_call)
    : p11(functions), configured(from_configuration), threads(kModuleThreads, longest_call) {}

StatusOr<std::shared_ptr<const Modules>> Modules::Load(const std::vector<std::string>& libraries,
                                                       absl::Duration longest_call) {
  const std::shared_ptr<Modules> modules(new Modules(longest_call));
  modules->process_ = ::getpid();
  SurviveBrokenPipes();
  if (libraries.empty()) SCEAU_RETURN_IF_ERROR(modules->LoadConfigured());
  for (const std::string& path : libraries) SCEAU_RETURN_IF_ERROR(modules->LoadLibrary(path));
  return modules;
}

void Modules::Add(CK_FUNCTION_LIST_PTR p11, bool configured) {
  modules_.push_back(std::make_unique<Module>(p11, configured, longest_call_));
}

Status Modules::LoadConfigured() {
  configured_ = p11_kit_modules_load(nullptr, 0);
  if (configured_ == nullptr) {
    const char* message = p11_kit_message();
    return Error(Reason::kTokenUnavailable, message != nullptr ? message : "p11-kit");
  }
  for (CK_FUNCTION_LIST_PTR_PTR module = configured_; *module != nullptr; ++module) {
    if (!OnlyCarriesTrust(*module)) Add(*module, true);
  }
  return OkStatus();
}

Status Modules::LoadLibrary(const std::string& path) {
  CK_FUNCTION_LIST_PTR module = p11_kit_module_load(path.c_str(), 0);
  if (module == nullptr) {
    const char* message = p11_kit_message();
    return Error(Reason::kTokenUnavailable, message != nullptr ? message : path);
  }
  Add(module, false);
  return OkStatus();
}

Modules::~Modules() {
  if (Forked()) return;
  std::vector<CK_FUNCTION_LIST_PTR> libraries;
  for (const auto& module : modules_) {
    if (!module->configured) libraries.push_back(module->p11);
  }
  modules_.clear();  // their threads have ended before C_Finalize
  if (configured_ != nullptr) p11_kit_modules_finalize_and_release(configured_);
  for (CK_FUNCTION_LIST_PTR library : libraries) {
    p11_kit_module_finalize(library);
    p11_kit_module_release(library);
  }
}

bool Modules::Forked() const { return ::getpid() != process_; }

StatusOr<PresentTokens> Modules::TokensOf(Module& module) const {
  const CK_FUNCTION_LIST_PTR p11 = module.p11;
  std::shared_lock lock(module.calls);
  const uint64_t generation = module.generation;
  StatusOr<std::vector<CK_SLOT_ID>> slots =
      generation > 0 ? OccupiedSlots(p11) : CkrError("C_GetSlotList", CKR_CRYPTOKI_NOT_INITIALIZED);
  if (!slots.ok()) {
    lock.unlock();
    SCEAU_RETURN_IF_ERROR(Initialize(module, generation));
    lock.lock();
    slots = OccupiedSlots(p11);
  }
  if (!slots.ok()) return slots.status();
  PresentTokens found;
  PresentToken token{{shared_from_this(), &module, p11, 0, module.generation}, {}, {}, {}};
  if (const CK_RV rv = p11->C_GetInfo(&token.module_info); rv != CKR_OK) {
    return CkrError("C_GetInfo", rv);
  }
  for (const CK_SLOT_ID id : *slots) {
    token.slot.id = id;
    Status status = ReadSlot(token);
    if (IsEmptySlot(status)) status = ReadSlot(token);  // it has just been said to be occupied
    if (!status.ok() && !IsEmptySlot(status)) found.failure = std::move(status);
    if (!status.ok() || (token.info.flags & CKF_TOKEN_INITIALIZED) == 0) continue;
    found.tokens.push_back(token);
  }
  return found;
}

PresentTokens Modules::FindTokens(absl::Time deadline) const {
  PresentTokens found;
  auto left = static_cast<int64_t>(modules_.size());
  for (const auto& module : modules_) {
    // One that hangs does not use up the others' time.
    const absl::Time share = absl::Now() + (deadline - absl::Now()) / left--;
    auto tokens = module->threads.Run<PresentTokens>(
        share,
        [self = shared_from_this(), asked = module.get()] { return self->TokensOf(*asked); });
    if (Status failure = tokens.ok() ? tokens->failure : tokens.status(); !failure.ok()) {
      found.failure = std::move(failure);
    }
    if (!tokens.ok()) continue;
    found.answered.push_back(module.get());
    for (PresentToken& token : tokens->tokens) found.tokens.push_back(std::move(token));
  }
  return found;
}

bool Modules::MayHaveChanged(absl::Time deadline) const {
  bool changed = false;
  for (const auto& module : modules_) {
    const auto event = module->threads.Run<bool>(
        deadline, [self = shared_from_this(), asked = module.get()]() -> StatusOr<bool> {
          return SlotEvent(*asked);
        });
    changed = !event.ok() || *event || changed;
  }
  return changed;
}

Status CheckProcess(const Slot& slot) {
  return slot.modules->Forked() ? Error(Reason::kTokenUnavailable, "fork") : OkStatus();
}

}  // namespace sceau::hsm
