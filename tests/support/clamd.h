// A virus scanner for tests: Debian's clamd with one signature, without network.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace sceau::test {

// The octets that the one signature finds, and its name.
inline constexpr std::string_view kInfected = "SCEAU-TEST-INFECTED";
inline constexpr std::string_view kInfection = "Sceau.Test";
inline constexpr int kClamdStreamLimit = 1 << 20;  // bytes; what is longer is not scanned

class TestClamd {
 public:
  // Listens on a socket in a folder of its own or, with `tcp`, on a free port of 127.0.0.1.
  // Throws when it does not start.
  explicit TestClamd(bool tcp = false);

  // "unix:/...", "127.0.0.1:...".
  const std::string& address() const { return address_; }

 private:
  TemporaryFolder folder_;
  std::string address_;
  std::unique_ptr<BackgroundProcess> process_;
};

}  // namespace sceau::test
