// The PKCS#11 modules of this process, loaded and initialised by p11-kit.
//
// p11-kit passes CKF_OS_LOCKING_OK and counts initialisations, so another user of a module in this
// process does no harm. Whoever holds a Slot keeps the modules loaded; the last one finalises them.
// A forked child owns nothing of its parent's sessions and calls no module.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "hsm/cryptoki.h"

namespace sceau::hsm {

class Modules;

struct Slot {
  std::shared_ptr<const Modules> modules;
  CK_FUNCTION_LIST_PTR p11 = nullptr;
  CK_SLOT_ID id = 0;
};

// A token as it was seen in a slot.
struct PresentToken {
  Slot slot;
  CK_INFO module_info;
  CK_SLOT_INFO slot_info;
  CK_TOKEN_INFO info;
};

class Modules : public std::enable_shared_from_this<Modules> {
 public:
  // The given libraries, or all that p11-kit is configured with when there are none (without those
  // that only carry trusted roots). Errors: kTokenUnavailable.
  static StatusOr<std::shared_ptr<const Modules>> Load(const std::vector<std::string>& libraries);
  ~Modules();
  Modules(const Modules&) = delete;
  Modules& operator=(const Modules&) = delete;

  // True in a child of the process that loaded the modules: they must not be called there.
  bool Forked() const;
  // The initialised tokens in the slots now; a slot that cannot be read is left out.
  std::vector<PresentToken> PresentTokens() const;

 private:
  Modules() = default;
  Status LoadConfigured();
  Status LoadLibrary(const std::string& path);

  pid_t process_ = 0;
  CK_FUNCTION_LIST_PTR_PTR configured_ = nullptr;  // p11-kit's list; null when libraries were given
  std::vector<CK_FUNCTION_LIST_PTR> libraries_;    // loaded one by one
  std::vector<CK_FUNCTION_LIST_PTR> modules_;      // those in use
};

// Error kTokenUnavailable in a forked child.
Status CheckProcess(const Slot& slot);

}  // namespace sceau::hsm
