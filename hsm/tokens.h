// Tokens through p11-kit: find a key by its PKCS#11 URI (RFC 7512), sign with it from many threads.
//
// One session per token stays logged in (PKCS#11 login belongs to the application); worker sessions
// sign. Nothing here knows XML. PKCS#11 v2.40.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/digest.h"
#include "base/lang.h"
#include "base/secret.h"
#include "base/signature_scheme.h"
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

// What is kept of a source whose PIN was refused.
struct PinOrigin {
  std::string source;  // a path
  absl::Time modified;
  bool operator==(const PinOrigin&) const = default;
};
struct PinRefusal {
  std::string token_serial;
  PinOrigin origin;
  absl::Time time;
  // Tries that ended with their process before the token's answer was known; 0: it refused the PIN.
  int unanswered = 0;
};

// Where a PIN comes from. Asked at most once per login; never stored.
class PinSource {
 public:
  virtual ~PinSource() = default;
  // What says whether the source still holds the same PIN; nullopt when it is a person, who is
  // asked anew each time and never without being there: a lost token is then not logged in again
  // behind their back.
  virtual std::optional<PinOrigin> Origin() const { return std::nullopt; }
  // Errors: kPinMissing, kPinSourceUnreadable, kRefusedByUser.
  virtual StatusOr<Secret> Read(std::string_view token_label) = 0;
};
// The first line of a file (a systemd credential). Its origin is the file and the time it was
// modified.
std::unique_ptr<PinSource> PinFromFile(std::string path);
// Asks on the controlling terminal without echo; kPinMissing when there is none, kRefusedByUser
// after Ctrl-C.
std::unique_ptr<PinSource> PinFromTerminal(Lang lang);
// The same for the passphrase of a file, whose name is asked with.
std::unique_ptr<PinSource> PassphraseFromTerminal(Lang lang);

// A private key in use. Safe to use from many threads. It keeps its token logged in, also when the
// Tokens it came from are gone; the modules are finalised with the last of them. In a forked child
// it answers kTokenUnavailable and touches nothing.
//
// A token that was lost (removed, reset, its session or login gone, its module restarted) is looked
// for again, in whatever slot it is, when it is needed: a signature that was certainly not made is
// tried once more, any other gives kTokenUnavailable and the next one works.
class SigningKey {
 public:
  virtual ~SigningKey() = default;
  virtual const KeyDescription& description() const = 0;
  // DER: the key's certificate first, then the issuers found on the token.
  virtual const std::vector<std::string>& certificates() const = 0;
  // RSA (PKCS#1 v1.5 or PSS) or ECDSA (as r‖s) or Ed25519 over `message`; verified with the
  // certificate's public key before it is returned. Waits for a free session until `deadline`;
  // after it, nothing is begun, and a token that does not answer is left to itself. Errors:
  // kTokenBusy (no session was free), kTokenUnavailable and kTokenError (with the CKR name),
  // kAlgorithmRefused (SHA-1), kSignatureCheckFailed; those of a login for a key that always
  // authenticates; those of OpenKey when the token was lost.
  StatusOr<std::string> Sign(const SignatureScheme& scheme, std::string_view message,
                             absl::Time deadline);
  // The same for several messages, in their order: what wakes up for one signature (a thread of the
  // token, then the caller) does so once for as many as the token makes in 5 milliseconds. Each is
  // given to `made` on the caller's thread; the first error, also of `made`, ends it.
  using Made = std::function<Status(size_t index, std::string signature)>;
  virtual Status SignAll(const SignatureScheme& scheme, std::span<const std::string> messages,
                         absl::Time deadline, const Made& made) = 0;
  // Whether the key can sign now: looks for a lost token, then makes a test signature unless there
  // was a good one within the last minute or each needs a login of its own. Errors: those of Sign.
  virtual Status Probe(absl::Time deadline) = 0;
};

// A token that a key was opened on, since the start.
struct TokenHealth {
  std::string label;
  std::string serial;
  bool present = false;                              // when it was last looked for or used
  bool logged_in = false;                            // or needs no login
  absl::Time last_signature = absl::InfinitePast();  // the last good one
  int sessions_in_use = 0;
  int64_t signatures = 0;
  absl::Duration waited;                  // for a free session, all signatures together
  std::map<std::string, int64_t> errors;  // how many, by code ("CKR_DEVICE_REMOVED")
  // The certificate of an opened key that ends first.
  std::optional<absl::Time> certificate_expires;
};

struct TokensOptions {
  // Module libraries from the configuration; empty: all that p11-kit is configured with.
  std::vector<std::string> modules;
  int max_sessions = 8;  // workers per token, less if the token has fewer
  // Where the refusals of PINs are kept for the next process; empty: only in memory.
  std::string state_folder;
  // A call into a module that takes longer is taken for one that hangs. A card takes seconds for a
  // long RSA key.
  absl::Duration longest_call = absl::Seconds(30);
  // The same for what a KeyStore asks: a card takes a minute and more to make a long RSA key.
  absl::Duration longest_writing = absl::Minutes(5);
  // Tokens are looked for at least so often whatever the slot events say.
  absl::Duration look_period = absl::Seconds(30);
};

// The state folder to use when none is configured: $STATE_DIRECTORY (systemd), else
// $XDG_STATE_HOME/sceau, else ~/.local/state/sceau; empty without any of them.
std::string DefaultStateFolder();
// Forgets the refusals of PINs on this token (on all when the serial is empty), so that their
// sources are tried again; returns how many. Error kPinRegisterUnusable.
StatusOr<int> ClearPinRefusals(const std::string& state_folder, std::string_view token_serial);

class Tokens {
 public:
  // Error kTokenUnavailable: a module cannot be loaded.
  static StatusOr<std::unique_ptr<Tokens>> Open(const TokensOptions& options);
  virtual ~Tokens() = default;

  // The private keys that answer to the URI (all of them for "pkcs11:"), without login where the
  // token shows its certificates to anyone. Errors: kKeyUriInvalid, kTokenUnavailable,
  // kTokenBusy, kTokenError.
  virtual StatusOr<std::vector<KeyDescription>> ListKeys(const std::string& uri) = 0;
  // Logs in with the PIN of `pin` (or, when it is null, of the URI's pin-source file) and opens the
  // key. The PIN is tried once, on one token: a URI that leaves the token open is decided by what
  // the tokens show without login. `pin` is asked again when the token was lost: it outlives the
  // key. Errors: kKeyUriInvalid, kKeyNotFound, kKeyAmbiguous (the candidates' URIs as detail,
  // separated by ", "), kCertificateMissing, kCertificateMismatch, kPinMissing,
  // kPinSourceUnreadable, kPinIncorrect, kPinKnownWrong (nothing was tried), kPinRegisterUnusable,
  // kPinFinalTry, kPinLocked, kRefusedByUser, kTokenUnavailable (also: no such token is present),
  // kTokenBusy, kTokenError.
  virtual StatusOr<std::shared_ptr<SigningKey>> OpenKey(
      const std::string& uri, PinSource* pin, absl::Time deadline = absl::InfiniteFuture()) = 0;

  // Looks which tokens came and went when a slot event says so or it is time to: to be called now
  // and then. A key on a token that went away is found again when the token is back.
  virtual void LookForChanges() = 0;
  virtual std::vector<TokenHealth> Health() const = 0;
};

}  // namespace sceau::hsm
