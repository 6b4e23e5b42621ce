// The pool of sessions against a bare loop on the same token, in one process and in turns.
//
//   sceau-bench-pool [SECONDS]   of each measure, 1 by default
//
// For RSA-2048 and P-256 and 1, 2, 4 and 16 threads: signatures a second of the pool (which checks
// each signature before it gives it), of C_SignInit/C_Sign with a check by OpenSSL, and without;
// the ratio is that of the pool to the loop with the check. SoftHSM2, made on the spot.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "absl/time/clock.h"
#include "bench/bare_loop.h"
#include "hsm/tokens.h"
#include "tests/support/soft_token.h"

namespace sceau::bench {
namespace {

constexpr int kRounds = 5;

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + kRounds / 2, values.end());
  return values[kRounds / 2];
}

// Bordereaux that are signed together, as signer/complete.cc asks for them.
constexpr size_t kTogether = 16;

Rate MeasureTogether(hsm::SigningKey& key, int threads, double seconds) {
  Rate rate = Measure(threads, seconds, [&key]() -> Step {
    return [&key](const std::string& message) {
      std::vector<std::string> messages;
      for (size_t i = 0; i < kTogether; ++i) messages.push_back(message + std::to_string(i));
      size_t made = 0;
      const Status status = key.SignAll(DigestAlgorithm::kSha256, messages,
                                        absl::Now() + absl::Minutes(1), [&](size_t, std::string) {
                                          ++made;
                                          return OkStatus();
                                        });
      Require(status.ok() && made == kTogether, "SignAll");
    };
  });
  rate.signatures *= kTogether;
  return rate;
}

Rate MeasurePool(hsm::SigningKey& key, int threads, double seconds) {
  return Measure(threads, seconds, [&key]() -> Step {
    return [&key](const std::string& message) {
      const auto signature =
          key.Sign(DigestAlgorithm::kSha256, message, absl::Now() + absl::Minutes(1));
      Require(signature.ok(), "Sign");
    };
  });
}

void Compare(const test::SoftTokens& soft, hsm::Tokens& tokens, const std::string& label,
             double seconds) {
  const auto pin = hsm::PinFromFile(soft.PinFile(label));
  const auto key = tokens.OpenKey("pkcs11:object=signature;token=" + label, pin.get());
  Require(key.ok(), "OpenKey");
  const BareToken bare = OpenBareToken(test::SoftTokens::ModulePath().c_str(), label.c_str(),
                                       soft.PinFile(label).c_str());
  for (const int threads : {1, 2, 4, 16}) {
    std::vector<double> together, pool, checked, unchecked, ratio, together_ratio;
    for (int round = 0; round < kRounds; ++round) {
      checked.push_back(MeasureBare(bare, threads, seconds, true).rate());
      pool.push_back(MeasurePool(**key, threads, seconds).rate());
      together.push_back(MeasureTogether(**key, threads, seconds).rate());
      unchecked.push_back(MeasureBare(bare, threads, seconds, false).rate());
      ratio.push_back(pool.back() / checked.back());
      together_ratio.push_back(together.back() / checked.back());
    }
    std::printf("%-8s %8d %10.0f %10.0f %12.0f %14.0f %8.2f %8.2f\n", label.c_str(), threads,
                Median(together), Median(pool), Median(checked), Median(unchecked),
                Median(together_ratio), Median(ratio));
  }
  bare.p11->C_CloseSession(bare.holder);
}

int Main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 1;
  test::SoftTokens soft;
  const test::TestPki pki;
  for (const auto& [label, kind] :
       {std::pair{"RSA-2048", test::KeyKind::kRsa2048}, std::pair{"P-256", test::KeyKind::kP256}}) {
    soft.AddToken(label, "48151623");
    const EvpPkeyHandle key = soft.GenerateKey(label, {.kind = kind});
    soft.ImportCertificate(label, pki.Issue(key.get()), "\x01", "signature");
  }
  const auto tokens = hsm::Tokens::Open({.modules = {test::SoftTokens::ModulePath()}});
  Require(tokens.ok(), "Tokens::Open");
  std::printf("%-8s %8s %10s %10s %12s %14s %8s %8s\n", "key", "threads", "by 16 /s", "singly /s",
              "loop+check/s", "loop alone/s", "by 16", "singly");
  for (const char* label : {"RSA-2048", "P-256"}) Compare(soft, **tokens, label, seconds);
  return 0;
}

}  // namespace
}  // namespace sceau::bench

int main(int argc, char** argv) { return sceau::bench::Main(argc, argv); }
