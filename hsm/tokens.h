// Tokens through p11-kit: find a key by its PKCS#11 URI (RFC 7512), sign with it from many threads.
//
// One session per token stays logged in (PKCS#11 login belongs to the application); worker sessions
// sign. Nothing here knows XML. PKCS#11 v2.40.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/digest.h"
#include "base/secret.h"
#include "base/status.h"

namespace sceau::hsm {

enum class KeyType { kRsa, kEc, kEd25519 };

// How the certificates with a key's CKA_ID stand to it.
enum class CertificateMatch {
  kAbsent,   // there is none
  kMatches,  // one has the key's public key
  kDiffers,  // they have other public keys: none is the key's
  kUnknown,  // there is one, but nothing of the key to compare it with is visible
};

struct KeyDescription {
  std::string uri;  // names this key and no other, without PIN
  std::string token_label;
  std::string token_serial;
  std::string id;     // CKA_ID, raw bytes
  std::string label;  // CKA_LABEL
  KeyType type = KeyType::kRsa;
  int bits = 0;
  bool always_authenticate = false;
  std::string certificate;  // DER of the certificate with the same CKA_ID; empty: none
  CertificateMatch match = CertificateMatch::kAbsent;
};

// Where a PIN comes from. Asked at most once per login; never stored.
class PinSource {
 public:
  virtual ~PinSource() = default;
  // Errors: kPinMissing, kPinSourceUnreadable, kRefusedByUser.
  virtual StatusOr<Secret> Read(std::string_view token_label) = 0;
};
// The first line of a file (a systemd credential).
std::unique_ptr<PinSource> PinFromFile(std::string path);
// Asks on the controlling terminal without echo; kPinMissing when there is none, kRefusedByUser
// after Ctrl-C.
std::unique_ptr<PinSource> PinFromTerminal();
// The same for the passphrase of a file, whose name is asked with.
std::unique_ptr<PinSource> PassphraseFromTerminal();

// A private key in use. Safe to use from many threads. It keeps its token logged in, also when the
// Tokens it came from are gone; the modules are finalised with the last of them. In a forked child
// it answers kTokenUnavailable and touches nothing.
class SigningKey {
 public:
  virtual ~SigningKey() = default;
  virtual const KeyDescription& description() const = 0;
  // DER: the key's certificate first, then the issuers found on the token.
  virtual const std::vector<std::string>& certificates() const = 0;
  // RSA PKCS#1 v1.5 or ECDSA (as r‖s) or Ed25519 over `message`; verified with the certificate's
  // public key before it is returned. Waits for a free session until `deadline`; after it, nothing
  // is begun.
  // Errors: kTokenBusy, kTokenUnavailable and kTokenError (with the CKR name), kAlgorithmRefused
  // (SHA-1), kSignatureCheckFailed; those of a login for a key that always authenticates.
  virtual StatusOr<std::string> Sign(DigestAlgorithm digest, std::string_view message,
                                     absl::Time deadline) = 0;
};

struct TokensOptions {
  // Module libraries from the configuration; empty: all that p11-kit is configured with.
  std::vector<std::string> modules;
  int max_sessions = 8;  // workers per token, less if the token has fewer
};

class Tokens {
 public:
  static StatusOr<std::unique_ptr<Tokens>> Open(const TokensOptions& options);
  virtual ~Tokens() = default;

  // The private keys that answer to the URI (all of them for "pkcs11:"), without login where the
  // token shows its certificates to anyone.
  virtual StatusOr<std::vector<KeyDescription>> ListKeys(const std::string& uri) = 0;
  // Logs in with the PIN of `pin` (or, when it is null, of the URI's pin-source file) and opens the
  // key. The PIN is tried once, on one token: a URI that leaves the token open is decided by what
  // the tokens show without login.
  // Errors: kKeyUriInvalid, kKeyNotFound, kKeyAmbiguous (the candidates' URIs as detail, separated
  // by ", "), kCertificateMissing, kCertificateMismatch, kPinMissing, kPinSourceUnreadable,
  // kPinIncorrect, kPinFinalTry, kPinLocked, kRefusedByUser, kTokenUnavailable (also: no such token
  // is present), kTokenBusy, kTokenError.
  virtual StatusOr<std::shared_ptr<SigningKey>> OpenKey(const std::string& uri, PinSource* pin) = 0;
};

}  // namespace sceau::hsm
