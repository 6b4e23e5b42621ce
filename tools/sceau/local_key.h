// The signer's key on a token of this machine: certificate first, PIN only once the signer agreed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/lang.h"
#include "base/status.h"
#include "hsm/tokens.h"
#include "signer/signer.h"

namespace sceau::cli {

// The file, when one is named; else the one that the URI names (pin-source); else the terminal,
// asked in `lang`. Error kKeyUriInvalid.
StatusOr<std::unique_ptr<hsm::PinSource>> PinSourceFor(const std::string& uri,
                                                       const std::string& pin_file, Lang lang);

class LocalKey {
 public:
  // Looks for the key of `uri` (empty: the only key of this machine's tokens). `pin_file`, `lang`:
  // see PinSourceFor. A key whose certificate is not for signing is not offered. Errors:
  // kKeyUriInvalid, kKeyNotFound, kKeyAmbiguous (candidates as detail), kCertificateNotForSigning
  // (no other key answers), kTokenUnavailable, kTokenError.
  static StatusOr<LocalKey> Find(const hsm::TokensOptions& options, const std::string& uri,
                                 const std::string& pin_file, Lang lang);

  // The signer's certificate and what is known of its chain (DER). Asks for the PIN only when the
  // token hides its certificate before login.
  StatusOr<std::vector<std::string>> Certificates();
  // Logs in, unless it was done; on the token that was found and no other, so that a card put in
  // its place meanwhile is not given the PIN (kTokenUnavailable). kCertificateMismatch when the
  // certificate is not the one that was shown.
  Status Unlock();
  // After Unlock.
  const hsm::KeyDescription& description() const { return key_->description(); }
  const std::vector<std::string>& KnownChain() const { return key_->certificates(); }
  signer::SignFunction Signing() const;

 private:
  LocalKey() = default;

  std::unique_ptr<hsm::Tokens> tokens_;
  std::unique_ptr<hsm::PinSource> pin_;
  std::string uri_;
  std::string certificate_;  // as seen before login; empty: not visible
  std::shared_ptr<hsm::SigningKey> key_;
};

}  // namespace sceau::cli
