#include "hsm/module.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/c_handle.h"
#include "base/strings.h"
#include "hsm/ckr_names.h"

namespace sceau::hsm {
namespace {

using CString = CHandle<char, ::free>;

// p11-kit's own module of trusted roots: certificates without keys.
bool OnlyCarriesTrust(CK_FUNCTION_LIST_PTR module) {
  const CString value(p11_kit_config_option(module, "trust-policy"));
  return value != nullptr && std::string_view(value.get()) == "yes";
}

std::vector<CK_SLOT_ID> OccupiedSlots(CK_FUNCTION_LIST_PTR p11) {
  std::vector<CK_SLOT_ID> slots;
  while (true) {
    CK_ULONG count = 0;
    if (p11->C_GetSlotList(CK_TRUE, nullptr, &count) != CKR_OK) return {};
    slots.resize(count);
    if (count == 0) return slots;
    const CK_RV rv = p11->C_GetSlotList(CK_TRUE, slots.data(), &count);
    if (rv == CKR_BUFFER_TOO_SMALL) continue;  // a card came in between
    if (rv != CKR_OK) return {};
    slots.resize(count);
    return slots;
  }
}

}  // namespace

StatusOr<std::shared_ptr<const Modules>> Modules::Load(const std::vector<std::string>& libraries) {
  const std::shared_ptr<Modules> modules(new Modules);
  modules->process_ = ::getpid();
  if (libraries.empty()) SCEAU_RETURN_IF_ERROR(modules->LoadConfigured());
  for (const std::string& path : libraries) SCEAU_RETURN_IF_ERROR(modules->LoadLibrary(path));
  return modules;
}

Status Modules::LoadConfigured() {
  configured_ = p11_kit_modules_load_and_initialize(0);
  if (configured_ == nullptr) {
    const char* message = p11_kit_message();
    return Error(Reason::kTokenUnavailable, message != nullptr ? message : "p11-kit");
  }
  for (CK_FUNCTION_LIST_PTR_PTR module = configured_; *module != nullptr; ++module) {
    if (!OnlyCarriesTrust(*module)) modules_.push_back(*module);
  }
  return OkStatus();
}

Status Modules::LoadLibrary(const std::string& path) {
  CK_FUNCTION_LIST_PTR module = p11_kit_module_load(path.c_str(), 0);
  if (module == nullptr) {
    const char* message = p11_kit_message();
    return Error(Reason::kTokenUnavailable, message != nullptr ? message : path);
  }
  if (const CK_RV rv = p11_kit_module_initialize(module); rv != CKR_OK) {
    p11_kit_module_release(module);
    return Error(Reason::kTokenUnavailable, Concat(path, ": C_Initialize ", CkrName(rv)));
  }
  libraries_.push_back(module);
  modules_.push_back(module);
  return OkStatus();
}

Modules::~Modules() {
  if (Forked()) return;
  if (configured_ != nullptr) p11_kit_modules_finalize_and_release(configured_);
  for (CK_FUNCTION_LIST_PTR module : libraries_) {
    p11_kit_module_finalize(module);
    p11_kit_module_release(module);
  }
}

bool Modules::Forked() const { return ::getpid() != process_; }

std::vector<PresentToken> Modules::PresentTokens() const {
  std::vector<PresentToken> tokens;
  if (Forked()) return tokens;
  for (CK_FUNCTION_LIST_PTR p11 : modules_) {
    PresentToken token{{shared_from_this(), p11, 0}, {}, {}, {}};
    if (p11->C_GetInfo(&token.module_info) != CKR_OK) continue;
    for (const CK_SLOT_ID id : OccupiedSlots(p11)) {
      token.slot.id = id;
      if (p11->C_GetSlotInfo(id, &token.slot_info) != CKR_OK) continue;
      if (p11->C_GetTokenInfo(id, &token.info) != CKR_OK) continue;
      if ((token.info.flags & CKF_TOKEN_INITIALIZED) == 0) continue;
      tokens.push_back(token);
    }
  }
  return tokens;
}

Status CheckProcess(const Slot& slot) {
  return slot.modules->Forked() ? Error(Reason::kTokenUnavailable, "fork") : OkStatus();
}

}  // namespace sceau::hsm
