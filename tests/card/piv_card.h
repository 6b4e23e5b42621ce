// A PIV card (NIST SP 800-73-4) in software: one signature key with its certificate, and a PIN.
//
// It answers APDUs (ISO 7816-4) as a card does, counts what matters to a holder, and keeps its PIN
// tries as long as it lives, in the reader or out of it. Slot 9C: every signature needs the PIN
// anew (§3.2.1, "PIN Always").
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>

#include "base/openssl.h"

namespace sceau::test {

class PivCard {
 public:
  static constexpr int kTries = 3;

  // `key` is RSA-2048, P-256 or P-384; `certificate` (DER) is its own. `guid`: the card's number,
  // 16 bytes.
  PivCard(EvpPkeyHandle key, std::string certificate, std::string pin, std::string guid);

  // The bytes a card tells of itself when it gets power.
  static std::string Atr();
  // Power off, or reset: forgets the PIN that was shown, not the tries that are left.
  void Reset();
  // The answer to one command, status word last.
  std::string Answer(std::string_view apdu);

  const std::string& certificate() const { return certificate_; }  // DER
  // Attempts: VERIFY with a PIN, right or wrong.
  int verifications() const { return verifications_; }
  int signatures() const { return signatures_; }
  int tries_left() const { return tries_left_; }
  // As if so many wrong PINs in a row had been tried; 0: the PIN is unblocked.
  void UseUpTries(int count) { tries_left_ = kTries - count; }

 private:
  struct Command;

  std::string Run(const Command& command);
  std::string Select(const Command& command);
  std::string GetData(const Command& command) const;
  std::string Verify(const Command& command);
  std::string Authenticate(const Command& command);
  std::string Sign(int algorithm, std::string_view data) const;
  std::string TakePending(size_t wanted);

  const EvpPkeyHandle key_;
  const std::string certificate_;
  const std::string pin_;
  const std::string guid_;

  std::mutex mutex_;     // one command at a time
  std::string chained_;  // data of a command that is not complete
  std::string pending_;  // what GET RESPONSE has still to bring
  bool verified_ = false;
  std::atomic<int> tries_left_ = kTries;
  std::atomic<int> verifications_ = 0;
  std::atomic<int> signatures_ = 0;
};

}  // namespace sceau::test
