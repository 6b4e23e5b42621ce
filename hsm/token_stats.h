// The figures of one token, kept while it comes and goes.
#pragma once

#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "base/status.h"
#include "hsm/tokens.h"

namespace sceau::hsm {

class TokenStats {
 public:
  TokenStats(std::string label, std::string serial);

  void SetPresent(bool present);
  void SetLoggedIn(bool logged_in);
  void Count(const Status& failure);  // nothing when it has no PKCS#11 code
  void Borrowed(absl::Duration waited);
  void GaveBack();
  void Signed(absl::Time now);
  void OpenedKey(absl::Time certificate_expires);

  TokenHealth Now() const;

 private:
  mutable std::mutex mutex_;
  TokenHealth health_;
};

}  // namespace sceau::hsm
