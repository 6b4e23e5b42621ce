// A PKCS#11 module in front of SoftHSM2 that counts calls and misbehaves on demand.
//
// Give ShimPath() as a module library. The module and the test share the switches in this process;
// a program reads its script from the file that $SCEAU_SHIM_SCRIPT names.
// Prepare the tokens (SoftTokens) before the shim is opened: both initialise SoftHSM2.
//
// A script is a list of lines, each for the next calls of one function:
//   C_Sign CKR_DEVICE_REMOVED          the next C_Sign fails so and does nothing; what the code
//   says
//                                      becomes so: the session or all of the token's are closed,
//                                      the user is logged out, the module is not initialised
//   C_Sign 0x80000001 skip=2 times=3   the third, fourth and fifth
//   C_Sign done CKR_DEVICE_ERROR       the call is made, its answer is lost
//   C_Login delay=20ms                 takes longer
//   C_Sign hang token=mairie           on this token: does not return before Release()
//   C_Login done hang                  the call is made, but does not return before Release()
//   C_Sign flip times=9                the call is made, one bit of the signature is another
#pragma once

#include <p11-kit/pkcs11.h>

#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <string_view>

namespace sceau::test {

struct ShimRule {
  std::string call;  // "C_Sign"
  CK_RV code = CKR_OK;
  int skip = 0;
  int times = 1;
  bool done = false;
  bool hang = false;
  bool flip = false;
  int delay_ms = 0;
  std::string token;  // label; empty: any
};

struct Shim {
  // What happened.
  std::atomic<int> logins{0};  // C_Login, whatever it answered
  std::atomic<int> logouts{0};
  std::atomic<int> signatures{0};
  std::atomic<int> sessions{0};       // open now
  std::atomic<int> most_sessions{0};  // at one time
  std::atomic<int> initializations{0};
  std::atomic<int> hanging{0};               // calls that hang now
  std::atomic<int> listings{0};              // C_GetSlotList
  std::atomic<int> in_calls{0};              // calls in progress, C_Finalize apart
  std::atomic<int> most_in_calls_at_end{0};  // when C_Finalize began
  std::atomic<CK_FLAGS> initialize_flags{0};
  std::atomic<CK_MECHANISM_TYPE> last_mechanism{0};

  // What is asked for.
  std::atomic<CK_FLAGS> token_flags{0};    // added to CK_TOKEN_INFO.flags
  std::atomic<CK_ULONG> max_sessions{0};   // told and enforced; 0: no limit
  std::atomic<CK_ULONG> told_sessions{0};  // told instead of max_sessions; 0: the truth
  std::atomic<CK_MECHANISM_TYPE> hidden{CK_UNAVAILABLE_INFORMATION};  // a mechanism to leave out
  std::atomic<bool> flip_bit{false};                                  // in every signature
  std::atomic<bool> lets_keys_out{false};     // private keys are told to be extractable
  std::atomic<bool> slot_events{false};       // C_WaitForSlotEvent is offered
  std::atomic<int> pending_events{0};         // that it tells next
  std::atomic<const char*> pin_pad{nullptr};  // what is typed on the reader when C_Login has no PIN
  // PINs refused in a row until the token says that the next is the last, and then that it is
  // locked; 0: never (SoftHSM2 does not lock).
  std::atomic<int> tries{0};
  std::atomic<int> wrong_pins{0};

  // Adds to the script. Ends the program when it is not one.
  void Play(std::string_view script);
  // Calls that hang go on; nothing hangs any more.
  void Release();
  // The token with this label is pulled out: its sessions end as PKCS#11 says (v2.40 §5.6).
  void Remove(const std::string& token);
  // Put back, in another slot, with all handles renumbered.
  void PutBack();

  std::mutex mutex;
  std::condition_variable released;
  std::list<ShimRule> rules;      // guarded by mutex
  std::string away;               // guarded by mutex; "": none
  bool ended = false;             // guarded by mutex: Release was called
  std::atomic<CK_ULONG> turn{0};  // how often it was put back: renumbers slots and handles
};

std::string ShimPath();
// The switches of the loaded module, set back to their defaults.
Shim& FreshShim();

}  // namespace sceau::test
