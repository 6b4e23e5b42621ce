// Which PIN sources are known to hold a wrong PIN: their PIN is not tried again, also not by the
// next process, until the source changes or someone clears the entry.
//
// Kept for each refusal: the token's serial, the time, the source and its modification time. Never
// anything derived from the PIN.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "hsm/tokens.h"

namespace sceau::hsm {

class PinRegister {
 public:
  // `folder` as in TokensOptions::state_folder.
  explicit PinRegister(const std::string& folder);

  // Before a login with the PIN of this source. Errors: kPinKnownWrong; kPinRegisterUnusable when a
  // refusal could not be written down or the register cannot be read.
  Status Check(std::string_view token_serial, const PinOrigin& origin) const;
  // The token refused the PIN of this source. Error kPinRegisterUnusable; then this process still
  // remembers.
  Status Refuse(std::string_view token_serial, const PinOrigin& origin, absl::Time now);

  StatusOr<std::vector<PinRefusal>> Read() const;
  // Forgets the refusals of this token (of all when it is empty); returns how many.
  StatusOr<int> Clear(std::string_view token_serial);

 private:
  Status WriteDown(const PinRefusal& refusal) const;
  Status Write(const std::vector<PinRefusal>& refusals) const;
  Status CheckWritable() const;

  const std::string folder_;
  const std::string path_;  // empty: only in memory
  mutable std::mutex mutex_;
  std::vector<PinRefusal> remembered_;  // that could not be written down
};

}  // namespace sceau::hsm
