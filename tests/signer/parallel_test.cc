// Signing and verifying side by side in one process: the C libraries below have one state for all
// of it (libxml2's and OpenSSL's initialisation, error stacks, callbacks). Meant for
// ThreadSanitizer (tools/test --tsan).
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "signer/check_result.h"
#include "signer/to_be_signed.h"
#include "tests/signer/signing_support.h"

namespace sceau::test {
namespace {

constexpr int kThreads = 4;  // of each kind
constexpr int kRounds = 5;

class Parallel : public testing::Test {
 protected:
  Parallel() {
    gen::PesSpec spec;
    spec.depense = 3;
    spec.attachments = 2;
    document_ = Generate(spec);
    signed_ = *signing_.Sign(document_, signing_.Parameters());
  }

  // With its own output, as every request has.
  Status SignOnce(const std::string& profile) {
    const InputFile input = signing_.AsFile(document_);
    SCEAU_ASSIGN_OR_RETURN(signer::Prepared prepared,
                           signer::Prepare(input, signing_.Parameters(profile)));
    OutputFile output = OutputFile::Unnamed(signing_.folder().path());
    return signer::Complete(input, std::move(prepared), signing_.Key(), {}, output).status();
  }

  // As the card at the desk: values first, the document from them, then the check of it.
  Status SignAtTheDeskOnce() {
    const InputFile input = signing_.AsFile(document_);
    SCEAU_ASSIGN_OR_RETURN(const signer::Prepared prepared,
                           signer::Prepare(input, signing_.Parameters()));
    SCEAU_ASSIGN_OR_RETURN(const signer::ToBeSigned texts, signer::ToBeSigned::Of(prepared));
    SCEAU_ASSIGN_OR_RETURN(const auto values, texts.SignWith(signing_.Key()));
    OutputFile output = OutputFile::Unnamed(signing_.folder().path());
    SCEAU_ASSIGN_OR_RETURN(const signer::Outcome outcome,
                           signer::Complete(input, prepared, texts.Made(values), {}, output));
    SCEAU_ASSIGN_OR_RETURN(const InputFile written, output.Reread());
    return signer::CheckResult(input, prepared, texts, outcome.edits, written);
  }

  bool VerifyOnce(const std::string& document, bool valid) {
    const verifier::FileReport report = signing_.VerifyTrusted(document);
    if (report.signatures.empty()) return false;
    for (const auto& it : report.signatures) {
      const bool intact = it.integrity == verifier::Integrity::kIntact;
      if (intact != valid) return false;
    }
    return true;
  }

  Signing signing_;
  std::string document_, signed_;
};

TEST_F(Parallel, P69_SigningAndVerifyingSideBySideDisturbNeitherAndRaceNowhere) {
  std::string altered = signed_;
  // In each bordereau, so that every signature is broken.
  for (size_t at = 0; (at = altered.find("<BlocBordereau>", at)) != std::string::npos; ++at) {
    altered.insert(at, " ");
    at += 2;
  }
  std::atomic<int> wrong{0}, done{0};
  std::vector<std::thread> threads;
  const auto run = [&](const std::function<bool()>& work) {
    threads.emplace_back([&, work] {
      for (int i = 0; i < kRounds; ++i) {
        wrong += work() ? 0 : 1;
        ++done;
      }
    });
  };
  for (int i = 0; i < kThreads; ++i) {
    run([&, i] { return SignOnce(i % 2 == 0 ? "helios-v3" : "helios-v3-xades111").ok(); });
    run([&] { return SignAtTheDeskOnce().ok(); });
    run([&] { return VerifyOnce(signed_, true); });
    run([&] { return VerifyOnce(altered, false); });
    run([&] { return !VerifyOnce("<a><unclosed></a>", true); });
  }
  for (std::thread& it : threads) it.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(done, 5 * kThreads * kRounds);
}

}  // namespace
}  // namespace sceau::test
