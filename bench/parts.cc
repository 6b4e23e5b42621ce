// What each part costs: parse, canonical form and digest, splice, SignedInfo, token, verification.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "base/file.h"
#include "base/strings.h"
#include "hsm/tokens.h"
#include "schemas/check.h"
#include "signer/signer.h"
#include "tests/support/require.h"
#include "tests/support/soft_token.h"
#include "tools/gen/generator.h"
#include "verifier/signature_check.h"
#include "xades/builder.h"
#include "xml/canonical.h"
#include "xml/parser.h"
#include "xml/splice.h"

namespace sceau::bench {
namespace {

using test::Require;

constexpr const char* kPin = "48151623";

template <typename T>
T Must(StatusOr<T> value) {
  Require(value.ok(), value.status().ToString());
  return *std::move(value);
}
void Must(const Status& status) { Require(status.ok(), status.ToString()); }

InputFile Generate(const gen::PesSpec& spec) {
  OutputFile out = OutputFile::Unnamed();
  Must(gen::WritePes(spec, [&](std::string_view bytes) { return out.Append(bytes); }).status());
  return Must(out.Reread());
}

gen::PesSpec Bordereaux(int count, int pieces) {
  gen::PesSpec spec;
  spec.depense = 0;
  spec.recette = count;
  spec.pieces = pieces;
  spec.lines = 1;
  spec.layout.indentation = gen::Indentation::kNone;
  return spec;
}

// Mandats without attachments (dense in markup), and attachments (dense in text).
const InputFile& Markup() {
  static const InputFile kFile = Generate(Bordereaux(200, 40));
  return kFile;
}
const InputFile& Attachments() {
  static const InputFile kFile = [] {
    gen::PesSpec spec;
    spec.attachments = 6;
    spec.attachment_size = 1'500'000;
    return Generate(spec);
  }();
  return kFile;
}
const InputFile& FileOf(const benchmark::State& state) {
  return state.range(0) == 0 ? Markup() : Attachments();
}

class Deaf final : public xml::Handler {
 public:
  Status OnStart(const xml::StartElement&) override { return OkStatus(); }
  Status OnEnd(const xml::EndElement&) override { return OkStatus(); }
};

// The canonical form of the document element, digested.
class RootDigest final : public xml::CanonicalHandler {
 public:
  explicit RootDigest(xml::CanonicalMethod method) : form_({.method = method}, sink_) {}
  Status OnStart(const xml::StartElement& element) override {
    if (element.depth == 1) canonicaliser_.Open(form_);
    return canonicaliser_.Start(element);
  }
  std::string Finish() { return sink_.Finish(); }

 private:
  xml::DigestSink sink_{DigestAlgorithm::kSha256};
  xml::CanonicalForm form_;
};

void SetBytes(benchmark::State& state, int64_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * bytes);
}

void ParseOnly(benchmark::State& state) {
  const InputFile& file = FileOf(state);
  for (auto _ : state) {
    Deaf handler;
    Must(xml::Parse(file, handler).status());
  }
  SetBytes(state, file.size());
}
BENCHMARK(ParseOnly)->ArgName("attachments")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void ParseAndDigest(benchmark::State& state) {
  const InputFile& file = FileOf(state);
  const auto method =
      state.range(1) == 0 ? xml::CanonicalMethod::kExclusive : xml::CanonicalMethod::kInclusive10;
  for (auto _ : state) {
    RootDigest handler(method);
    Must(xml::Parse(file, handler).status());
    benchmark::DoNotOptimize(handler.Finish());
  }
  SetBytes(state, file.size());
}
BENCHMARK(ParseAndDigest)
    ->ArgNames({"attachments", "inclusive"})
    ->ArgsProduct({{0, 1}, {0, 1}})
    ->Unit(benchmark::kMillisecond);

void RawDigest(benchmark::State& state) {
  const InputFile& file = Attachments();
  const std::string bytes = Must(file.Slice(0, static_cast<size_t>(file.size())));
  for (auto _ : state) benchmark::DoNotOptimize(DigestOf(DigestAlgorithm::kSha256, bytes));
  SetBytes(state, file.size());
}
BENCHMARK(RawDigest)->Unit(benchmark::kMillisecond);

// 200 insertions of 4 KiB, spread over the file.
void SpliceSignatures(benchmark::State& state) {
  const InputFile& file = Markup();
  std::vector<xml::PlannedEdit> edits;
  constexpr int64_t kEdits = 200;
  for (int64_t i = 0; i < kEdits; ++i) {
    edits.push_back({file.size() * i / kEdits, "",
                     []() -> StatusOr<std::string> { return std::string(4096, ' '); }});
  }
  for (auto _ : state) {
    OutputFile out = OutputFile::Unnamed();
    Must(xml::Splice(file, edits, out));
  }
  SetBytes(state, file.size());
}
BENCHMARK(SpliceSignatures)->Unit(benchmark::kMillisecond);

// A real token with one RSA-2048 signer.
class Signer {
 public:
  Signer() {
    tokens_.AddToken("Banc", kPin);
    test::KeyOptions options;
    options.kind = test::KeyKind::kRsa2048;
    tokens_.AddSigner("Banc", pki_, options);
    modules_ = Must(hsm::Tokens::Open({.modules = {test::SoftTokens::ModulePath()}}));
    const auto pin = hsm::PinFromFile(tokens_.PinFile("Banc"));
    key_ = Must(modules_->OpenKey("pkcs11:token=Banc", pin.get()));
  }

  hsm::SigningKey& key() { return *key_; }
  xades::SignatureBuilder Builder() {
    static const xades::ProfileSet kProfiles = Must(xades::ProfileSet::BuiltIn());
    static const auto kProfile = Must(kProfiles.Find("helios-v3"));
    return Must(xades::SignatureBuilder::Create(
        *kProfile, {absl::Now(), "Maire", "Brest", "29200", "France"}, key_->certificates()));
  }
  StatusOr<std::string> Sign(std::string_view message) {
    return key_->Sign(DigestAlgorithm::kSha256, message, absl::InfiniteFuture());
  }

 private:
  test::SoftTokens tokens_;
  test::TestPki pki_;
  std::unique_ptr<hsm::Tokens> modules_;
  std::shared_ptr<hsm::SigningKey> key_;
};

Signer& TheSigner() {
  static Signer signer;
  return signer;
}

const xades::SignedElement& Element() {
  static const xades::SignedElement kElement{"BORDR0001", "BORDR0001_SIG_1",
                                             DigestOf(DigestAlgorithm::kSha256, "bordereau")};
  return kElement;
}

void SignedInfoOctets(benchmark::State& state) {
  const xades::SignatureBuilder builder = TheSigner().Builder();
  for (auto _ : state) benchmark::DoNotOptimize(builder.SignedInfoOctets(Element()));
}
BENCHMARK(SignedInfoOctets)->Unit(benchmark::kMicrosecond);

void WriteSignature(benchmark::State& state) {
  const xades::SignatureBuilder builder = TheSigner().Builder();
  const std::string value(256, 'v');
  for (auto _ : state) benchmark::DoNotOptimize(builder.Signature(Element(), value));
}
BENCHMARK(WriteSignature)->Unit(benchmark::kMicrosecond);

// Through hsm/: session pool, C_SignInit, C_Sign, and the check of the value.
void TokenSign(benchmark::State& state) {
  Signer& signer = TheSigner();
  for (auto _ : state) Must(signer.Sign("message").status());
}
BENCHMARK(TokenSign)->Unit(benchmark::kMicrosecond)->Threads(1)->Threads(2)->UseRealTime();

// Structure, own references, certificate and value of one signature.
void VerifyOneSignature(benchmark::State& state) {
  const xades::SignatureBuilder builder = TheSigner().Builder();
  const std::string octets = builder.SignedInfoOctets(Element());
  const std::string text = builder.Signature(Element(), Must(TheSigner().Sign(octets)));
  verifier::SignaturePlacement placement;
  placement.scope = schemas::Scope::kBordereau;
  placement.of = placement.parent_id = Element().reference_id;
  verifier::CertificateCache certificates;
  for (auto _ : state) {
    const xml::Fragment fragment = Must(xml::Fragment::FromText(text));
    const auto checked = verifier::CheckSignature(fragment, placement, certificates);
    Require(checked.value_holds && checked.own_digests_hold, "the signature does not hold");
  }
}
BENCHMARK(VerifyOneSignature)->Unit(benchmark::kMicrosecond);

// 150 MB as 75 attachments, and as one: the time must not depend on how they are cut.
void CheckAttachments(benchmark::State& state) {
  gen::PesSpec spec;
  spec.attachments = static_cast<int>(state.range(0));
  spec.attachment_size = int64_t{110'000'000} / spec.attachments;
  const InputFile file = Generate(spec);
  const auto catalog = Must(schemas::SchemaCatalog::Load(""));
  for (auto _ : state) {
    const schemas::Check check =
        Must(schemas::CheckDocument(file, {.catalog = catalog, .day = "2026-01-01"}));
    Require(!check.inspection.schema_set.empty(), "the generated file is valid");
  }
  SetBytes(state, file.size());
}
BENCHMARK(CheckAttachments)->ArgName("attachments")->Arg(75)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sceau::bench

BENCHMARK_MAIN();
