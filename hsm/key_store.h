// One token opened by its holder to make keys in it and to write certificates beside them. A tool's
// work, done once and by one thread; what signs documents is in hsm/tokens.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/openssl.h"
#include "base/status.h"
#include "hsm/tokens.h"

namespace sceau::hsm {

struct NewKey {
  KeyType type = KeyType::kRsa;
  int bits = 2048;
  std::string label;  // CKA_LABEL
  std::string id;     // CKA_ID, raw bytes
};

// A key that lives outside of tokens until it is imported.
struct SoftwareKey {
  EvpPkeyHandle key;
  std::vector<std::string> certificates;  // DER; the key's own first
};

enum class PinState { kUsable, kFinalTry, kLocked, kNotSet };

struct TokenDescription {
  std::string uri;
  std::string label;
  std::string serial;
  std::string manufacturer;
  std::string model;
  PinState pin = PinState::kUsable;
  bool pin_pad = false;  // the PIN is typed on the reader
};

// The tokens that answer to the URI, without login. Errors: kKeyUriInvalid, kTokenUnavailable.
StatusOr<std::vector<TokenDescription>> ListTokens(const TokensOptions& options,
                                                   const std::string& uri);

class KeyStore {
 public:
  virtual ~KeyStore() = default;
  // The one token that answers to the URI; logs in as Tokens::OpenKey does.
  // Errors: those of Tokens::OpenKey that concern the token and the PIN; kKeyAmbiguous when several
  // tokens answer.
  static StatusOr<std::unique_ptr<KeyStore>> Open(const TokensOptions& options,
                                                  const std::string& uri, PinSource* pin);

  // Every key of the token. Errors: kTokenUnavailable, kTokenError.
  virtual StatusOr<std::vector<KeyDescription>> Keys() = 0;
  // Makes a key pair in the token, see GenerateKey.
  virtual StatusOr<KeyDescription> Generate(const NewKey& key) = 0;
  // Brings a key and its certificates in; from then on it does not come out.
  // Errors: kAlgorithmRefused, kCertificateMismatch, kTokenUnavailable, kTokenError.
  virtual StatusOr<KeyDescription> Import(const SoftwareKey& key, const NewKey& as) = 0;

  // The next ones are for the one key that the URI names.
  // Errors: kKeyNotFound, kKeyAmbiguous, kTokenUnavailable, kTokenError; and:

  // A request for a certificate, PEM, see CertificateRequest. `subject` as ParseName takes it;
  // empty: that of the key's certificate (kCertificateMissing when it has none).
  virtual StatusOr<std::string> Request(const std::string& subject) = 0;
  // Writes the key's certificate and its issuers, found among these (DER), beside the key; what the
  // token has already is not written twice. That the certificate is this key's is proven by a
  // signature. All is written or nothing. Error kCertificateMismatch: none of them is this key's.
  virtual StatusOr<KeyDescription> ImportCertificates(
      const std::vector<std::string>& certificates) = 0;
};

}  // namespace sceau::hsm
