// A PKCS#11 module in front of SoftHSM2 that counts calls and misbehaves on demand.
//
// Give ShimPath() as a module library. The module and the test share the switches in this process.
// Prepare the tokens (SoftTokens) before the shim is opened: both initialise SoftHSM2.
#pragma once

#include <p11-kit/pkcs11.h>

#include <atomic>
#include <string>

namespace sceau::test {

enum class ShimCall { kNone, kOpenSession, kLogin, kFindObjects, kSignInit, kSign };

struct Shim {
  // What happened.
  std::atomic<int> logins{0};  // C_Login, whatever it answered
  std::atomic<int> logouts{0};
  std::atomic<int> signatures{0};
  std::atomic<int> sessions{0};       // open now
  std::atomic<int> most_sessions{0};  // at one time
  std::atomic<CK_FLAGS> initialize_flags{0};
  std::atomic<CK_MECHANISM_TYPE> last_mechanism{0};

  // What is asked for.
  std::atomic<CK_FLAGS> token_flags{0};    // added to CK_TOKEN_INFO.flags
  std::atomic<CK_ULONG> max_sessions{0};   // told and enforced; 0: no limit
  std::atomic<CK_ULONG> told_sessions{0};  // told instead of max_sessions; 0: the truth
  std::atomic<CK_MECHANISM_TYPE> hidden{CK_UNAVAILABLE_INFORMATION};  // a mechanism to leave out
  std::atomic<bool> flip_bit{false};                                  // in every signature
  std::atomic<ShimCall> fail{ShimCall::kNone};  // the next such call fails with `code`, once
  std::atomic<CK_RV> code{CKR_OK};
  std::atomic<const char*> pin_pad{nullptr};  // what is typed on the reader when C_Login has no PIN
};

std::string ShimPath();
// The switches of the loaded module, set back to their defaults.
Shim& FreshShim();

}  // namespace sceau::test
