// Signing in tests: generated files, a key and its PKI, the signer and the verifier.
#pragma once

#include <memory>
#include <string>

#include "base/file.h"
#include "signer/signer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_pki.h"
#include "tools/gen/generator.h"
#include "verifier/verifier.h"

namespace sceau::test {

inline const absl::Time kSigningTime = absl::FromUnixSeconds(1735689600);  // 2025-01-01

std::string Generate(const gen::PesSpec& spec);

class Signing {
 public:
  explicit Signing(const LeafOptions& leaf = {});

  // helios-v3, everything a signature needs, all bordereaux.
  signer::SignatureParameters Parameters(const std::string& profile = "helios-v3") const;
  // The signed document, or the refusal.
  StatusOr<std::string> Sign(const std::string& document,
                             const signer::SignatureParameters& parameters);
  // What the signer reported of the last signature.
  const signer::Outcome& outcome() const { return outcome_; }

  verifier::FileReport Verify(const std::string& document) const;
  // With the test root as anchor.
  verifier::FileReport VerifyTrusted(const std::string& document) const;
  // With the anchor of this PEM file, `later` than the signature.
  verifier::FileReport VerifyWith(const std::string& document, const std::string& anchor_pem,
                                  absl::Duration later = absl::Hours(1)) const;

  // One signature value by the key.
  StatusOr<std::string> Value(const SignatureScheme& scheme, std::string_view message) const;
  signer::SignFunction Key() const;
  EVP_PKEY* key() const { return key_.get(); }
  const std::string& certificate() const { return certificate_; }  // DER
  const TestPki& pki() const { return pki_; }
  const TemporaryFolder& folder() const { return folder_; }
  InputFile AsFile(const std::string& document) const;

 private:
  TemporaryFolder folder_;
  TestPki pki_;
  EvpPkeyHandle key_;
  std::string certificate_;
  signer::Outcome outcome_;
};

// A key that makes one value after another.
signer::SignFunction OneByOne(
    std::function<StatusOr<std::string>(const SignatureScheme& scheme, const std::string& message)>
        sign);

// The input again: every edit undone.
std::string Undo(const std::string& output, const std::vector<xml::Edit>& edits);

}  // namespace sceau::test
