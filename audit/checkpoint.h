// Checkpoints: the appliance's signature over how far its log has come.
//
// A checkpoint is one JSON object in canonical form on a line: v, log, n, h (hexadecimal), time,
// key (SHA-256 of the public key's SubjectPublicKeyInfo) and signature (base64; Ed25519, RFC 8032)
// over "sceau-audit-checkpoint-v1\n" and the same object without its signature. Whoever keeps one
// elsewhere notices a log that was cut or made anew.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/openssl.h"
#include "base/status.h"

namespace sceau::audit {

struct Checkpoint {
  std::string log_id;
  int64_t n = 0;     // records covered
  std::string link;  // h_n, raw
  std::string time;  // RFC 3339, as the appliance's clock said
  std::string key;   // hexadecimal
  std::string signature;
  std::string signed_text;  // what the signature is over
  std::string text;         // the line, without its end
};

// RFC 3339 in UTC with microseconds, as records and checkpoints carry it.
std::string TimeText(absl::Time time);

// The appliance's own key, which signs nothing but checkpoints.
class CheckpointKey {
 public:
  // Reads it from the PEM file, or makes one (Ed25519) when there is no such file: mode 0600.
  // Errors: kAuditUnavailable (cannot be read or written), kAuditInvalid (is no private key).
  static StatusOr<std::unique_ptr<CheckpointKey>> OpenOrMake(const std::string& path);

  // PEM, SubjectPublicKeyInfo (RFC 7468 §13).
  std::string PublicPem() const;
  // `link`: h_n, raw. Error kInternal when OpenSSL fails.
  StatusOr<Checkpoint> Sign(const std::string& log_id, int64_t n, const std::string& link,
                            absl::Time time) const;

 private:
  explicit CheckpointKey(EvpPkeyHandle key) : key_(std::move(key)) {}
  EvpPkeyHandle key_;
};

// A public key in PEM. Error kAuditInvalid.
StatusOr<EvpPkeyHandle> ReadPublicKey(std::string_view pem);
// Error kAuditInvalid. The signature is not checked.
StatusOr<Checkpoint> ReadCheckpoint(std::string_view line);
// One per line; a last line without an end is one that is still being written, and is passed over.
// Error kAuditInvalid, with the line.
StatusOr<std::vector<Checkpoint>> ReadCheckpoints(std::string_view text);
// Whether it is of this key and its signature holds.
bool HoldsUnder(EVP_PKEY* key, const Checkpoint& checkpoint);

}  // namespace sceau::audit
