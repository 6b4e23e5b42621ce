// Which PIN sources are known to hold a wrong PIN: their PIN is not tried again, also not by the
// next process, until the source changes or someone clears the entry.
//
// Kept for each refusal: the token's serial, the time, the source and its modification time. Never
// anything derived from the PIN. An entry stands there while a PIN is tried for the first time, so
// that a process that ends in the middle of the try leaves it. Such a PIN is tried once more if the
// token says that it has seen no wrong one (CKF_USER_PIN_COUNT_LOW, PKCS#11 v2.40 table 8), since
// nobody has refused it; after two tries without an answer it counts as refused.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "hsm/tokens.h"

namespace sceau::hsm {

// What a token is asked when a PIN is tried on it.
struct PinTry {
  // Whether the token has refused a PIN since it last accepted one.
  std::function<StatusOr<bool>()> wrong_pin_seen;
  std::function<Status()> log_in;
};

class PinRegister {
 public:
  // `folder` as in TokensOptions::state_folder.
  explicit PinRegister(const std::string& folder);

  // Before a PIN is asked of this source; one that another process is trying now is not refused
  // yet. Errors: kPinKnownWrong; kPinRegisterUnusable when a
  // refusal could not be written down or the register cannot be read.
  Status Check(std::string_view token_serial, const PinOrigin& origin) const;
  // Has `log_in` try the PIN of this source on the token, at most once, while no other process that
  // keeps its register in the same folder tries one there; waits for that until `until`. The
  // entry stays when the token refused the PIN or this process did not live to see its answer.
  // Errors: kPinKnownWrong, kPinRegisterUnusable (nothing was tried, but when a good login could
  // not be written down), kTokenBusy; those of the try.
  Status Attempt(std::string_view token_serial, const PinOrigin& origin, absl::Time until,
                 const PinTry& pin_try);
  // The token refused the PIN of this source. Error kPinRegisterUnusable; then this process still
  // remembers.
  Status Refuse(std::string_view token_serial, const PinOrigin& origin, absl::Time now);

  // Error kPinRegisterUnusable.
  StatusOr<std::vector<PinRefusal>> Read() const;
  // Forgets the refusals of this token (of all when it is empty); returns how many. Error
  // kPinRegisterUnusable.
  StatusOr<int> Clear(std::string_view token_serial);

 private:
  using Refusals = std::vector<PinRefusal>;
  // The register read, changed and written by nobody else; `change` may refuse.
  Status Change(const std::function<Status(Refusals&)>& change);
  // Writes down that a PIN is being tried, unless it may not be.
  Status Enter(PinRefusal entry, const PinTry& pin_try);
  Status Write(const Refusals& refusals) const;
  Status MakeFolder() const;
  Status CheckWritable() const;

  const std::string folder_;
  const std::string path_;  // empty: only in memory
  mutable std::mutex mutex_;
  Refusals remembered_;  // that could not be written down
};

// Whether this is what a token answered to a PIN that it refused.
bool IsPinRefusal(const Status& status);

}  // namespace sceau::hsm
