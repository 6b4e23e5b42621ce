// What the tests of this room start from: SoftHSM2 tokens and ways to open keys on them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "base/openssl.h"
#include "base/status.h"
#include "base/strings.h"
#include "hsm/tokens.h"
#include "tests/support/shim.h"
#include "tests/support/soft_token.h"

namespace sceau::hsm {

constexpr char kToken[] = "mairie";
constexpr char kPin[] = "canary-4711";
constexpr char kUri[] = "pkcs11:token=mairie;object=signature";
constexpr std::string_view kMessage = "SignedInfo";

inline absl::Time Soon() { return absl::Now() + absl::Minutes(1); }

// Gives a PIN and counts how often it was asked for.
class CountedPin final : public PinSource {
 public:
  explicit CountedPin(std::string pin) : pin_(std::move(pin)) {}
  StatusOr<Secret> Read(std::string_view) override {
    ++reads;
    return Secret(pin_);
  }
  int reads = 0;

 private:
  const std::string pin_;
};

class TokenFixture : public testing::Test {
 protected:
  void SetUp() override { soft.AddToken(kToken, kPin); }

  // One module alone; the shim stands in front of the same tokens.
  static std::unique_ptr<Tokens> Open(const std::string& module, int max_sessions = 8) {
    return OpenWith({.modules = {module}, .max_sessions = max_sessions});
  }
  static std::unique_ptr<Tokens> OpenWith(const TokensOptions& options) {
    auto opened = Tokens::Open(options);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *std::move(opened) : nullptr;
  }
  static std::unique_ptr<Tokens> OpenSoft(int max_sessions = 8) {
    return Open(test::SoftTokens::ModulePath(), max_sessions);
  }
  static std::unique_ptr<Tokens> OpenShim(int max_sessions = 8) {
    return Open(test::ShimPath(), max_sessions);
  }

  StatusOr<std::shared_ptr<SigningKey>> OpenKey(Tokens& tokens, const std::string& uri = kUri) {
    const auto key = tokens.OpenKey(uri, &pin);
    EXPECT_EQ(key.status().ToString().find("canary"), std::string::npos);
    return key;
  }

  test::SoftTokens soft;
  test::TestPki pki;
  CountedPin pin{kPin};
};

// A signature as Sign returns it, checked by OpenSSL with a key from elsewhere.
bool Verifies(EVP_PKEY* key, DigestAlgorithm digest, std::string_view message,
              const std::string& signature);

}  // namespace sceau::hsm
