// The PKCS#11 modules of this process, loaded and initialised by p11-kit.
//
// p11-kit passes CKF_OS_LOCKING_OK and counts initialisations, so another user of a module in this
// process does no harm. Whoever holds a Slot keeps the modules loaded; the last one finalises them.
// A module that lost its initialisation, or the process it runs in, is initialised again. A forked
// child owns nothing of its parent's sessions and calls no module.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "hsm/call_threads.h"
#include "hsm/cryptoki.h"

namespace sceau::hsm {

class Modules;

// One library in use.
struct Module {
  Module(CK_FUNCTION_LIST_PTR functions, bool from_configuration, absl::Duration longest_call);

  const CK_FUNCTION_LIST_PTR p11;
  const bool configured;  // p11-kit releases it with its list
  // Held shared by every call, alone to initialise again.
  std::shared_timed_mutex calls;
  // Counts initialisations, 0 before the first: slots, sessions and handles of an earlier one mean
  // nothing now.
  std::atomic<uint64_t> generation{0};
  CallThreads threads;  // for the calls that concern no token in use
};

struct Slot {
  std::shared_ptr<const Modules> modules;
  Module* module = nullptr;  // one of `modules`
  CK_FUNCTION_LIST_PTR p11 = nullptr;
  CK_SLOT_ID id = 0;
  uint64_t generation = 0;

  // The module was initialised again since this slot was seen.
  bool Stale() const { return module->generation != generation; }
};

// A token as it was seen in a slot.
struct PresentToken {
  Slot slot;
  CK_INFO module_info;
  CK_SLOT_INFO slot_info;
  CK_TOKEN_INFO info;
};

// The slots that hold a token now. Errors: kTokenUnavailable, kTokenError.
StatusOr<std::vector<CK_SLOT_ID>> OccupiedSlots(CK_FUNCTION_LIST_PTR p11);

struct PresentTokens {
  std::vector<PresentToken> tokens;
  std::vector<const Module*> answered;  // the modules that could be asked
  Status failure;                       // of one that could not
};

class Modules : public std::enable_shared_from_this<Modules> {
 public:
  // The given libraries, or all that p11-kit is configured with when there are none (without those
  // that only carry trusted roots). They are initialised when they are first asked for their
  // tokens, by their own threads: one that hangs or fails there holds nobody up and is tried again
  // later. A call that takes longer than `longest_call` is taken for one that hangs. Errors:
  // kTokenUnavailable.
  static StatusOr<std::shared_ptr<const Modules>> Load(const std::vector<std::string>& libraries,
                                                       absl::Duration longest_call);
  ~Modules();
  Modules(const Modules&) = delete;
  Modules& operator=(const Modules&) = delete;

  // True in a child of the process that loaded the modules: they must not be called there.
  bool Forked() const;
  // The initialised tokens in the slots now; a slot that cannot be read is left out. Asks each
  // module until `deadline`.
  PresentTokens FindTokens(absl::Time deadline) const;
  // Whether tokens have come or gone since the last call, by slot events (v2.40 §5.5,
  // C_WaitForSlotEvent); always true where a module says that it has none. Some that have none only
  // say that nothing happened.
  bool MayHaveChanged(absl::Time deadline) const;

 private:
  explicit Modules(absl::Duration longest_call) : longest_call_(longest_call) {}
  Status LoadConfigured();
  Status LoadLibrary(const std::string& path);
  void Add(CK_FUNCTION_LIST_PTR p11, bool configured);
  StatusOr<PresentTokens> TokensOf(Module& module) const;

  const absl::Duration longest_call_;
  pid_t process_ = 0;
  CK_FUNCTION_LIST_PTR_PTR configured_ = nullptr;  // p11-kit's list; null when libraries were given
  std::vector<std::unique_ptr<Module>> modules_;
};

// Error kTokenUnavailable in a forked child.
Status CheckProcess(const Slot& slot);

}  // namespace sceau::hsm
