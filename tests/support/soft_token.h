// Real tokens for tests: SoftHSM2 with its objects in a fresh temporary folder.
//
// SOFTHSM2_CONF is set for this process (and the programs it starts) when SoftTokens is made; make
// it before any thread. Preparations use SoftHSM2 in this process and leave it as it was: nobody is
// logged in unless someone else was. What fails ends the program.
#pragma once

#include <p11-kit/pkcs11.h>

#include <string>
#include <utility>
#include <vector>

#include "base/openssl.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_pki.h"

namespace sceau::test {

enum class KeyKind { kRsa2048, kP256, kP384, kP521, kEd25519 };

struct KeyOptions {
  KeyKind kind = KeyKind::kP256;
  std::string id = "\x01";  // CKA_ID, raw bytes
  std::string label = "signature";
  bool always_authenticate = false;
  bool may_sign = true;         // CKA_SIGN
  bool keep_public_key = true;  // leave the public key object on the token
};

class SoftTokens {
 public:
  SoftTokens();
  ~SoftTokens();

  // Initialises a token with this user PIN.
  void AddToken(const std::string& label, const std::string& pin);

  // Makes a key pair inside the token; returns the public key.
  EvpPkeyHandle GenerateKey(const std::string& token, const KeyOptions& options = {});
  // Imports an RSA or EC key pair made by OpenSSL.
  void ImportKey(const std::string& token, EVP_PKEY* key, const KeyOptions& options = {});
  void ImportCertificate(const std::string& token, const std::string& der, const std::string& id,
                         const std::string& label);
  // Generates a key, has it certified, and puts the certificate and its issuing authority on the
  // token. Returns the certificate (DER).
  std::string AddSigner(const std::string& token, const TestPki& pki,
                        const KeyOptions& options = {}, const LeafOptions& leaf = {});
  // The certificate again and again, without CKA_ID, to fill a token.
  void FillWithCertificates(const std::string& token, const std::string& der, int count);

  // The PIN in a file, for PinFromFile and pin-source.
  std::string PinFile(const std::string& token) const;
  const TemporaryFolder& folder() const { return folder_; }

  // SoftHSM2 empties a token's own file before it writes it, at each login: a process that is
  // killed just then, or a disk that is full, leaves it empty. Keep() copies the tokens, Mend()
  // gives such a file back.
  void Keep() const;
  void Mend() const;

  // The library, for TokensOptions::modules.
  static std::string ModulePath();

 private:
  const std::string& PinOf(const std::string& token) const;

  TemporaryFolder folder_;
  std::string before_;  // SOFTHSM2_CONF
  std::vector<std::pair<std::string, std::string>> pins_;
};

}  // namespace sceau::test
