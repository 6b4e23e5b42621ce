// The card at the desk, with the real daemon: Prepare, Complete, GetResult and everything that must
// be refused between them. The card is a key of this test; the virtual card is in tests/card.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "base/random.h"
#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"
#include "tests/signer/signing_support.h"
#include "tools/client/client.h"

namespace sceau::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Desk : public testing::Test {
 protected:
  Desk() {
    gen::PesSpec spec;
    spec.depense = 3;
    spec.recette = 0;
    document_ = Generate(spec);
    Start();
  }

  void Start(const std::string& more = "") {
    appliance_.Start(Concat("[desk]\nfolder = \"", folder(), "\"\n", more));
    client_ = client::Client::Create({.address = appliance_.address()});
  }
  void Restart() {
    appliance_.daemon().Stop(SIGKILL);
    Start();
  }
  std::string folder() const { return appliance_.Path("prepared"); }

  client::SignOrder Order(const std::string& key = "key") const {
    return {.idempotency_key = key,
            .profile = "helios-v3",
            .role = "Maire",
            .city = "Nouméa",
            .postal_code = "98800",
            .country = "NC",
            .certificates = {card_.certificate()}};
  }
  StatusOr<client::Preparation> Prepare(const client::SignOrder& order) {
    return client_->Prepare(card_.AsFile(document_), order);
  }
  // Prepares what the card is then asked to sign; a failure ends the test.
  client::Preparation Prepared() {
    auto prepared = Prepare(Order());
    Require(prepared.ok(), prepared.status().ToString());
    return *std::move(prepared);
  }
  static std::vector<std::string> ValuesOf(const Signing& card, const client::Preparation& asked) {
    std::vector<std::string> values;
    for (const signer::PreparedTarget& it : asked.targets) {
      values.push_back(*card.Value(DigestAlgorithm::kSha256, it.signed_info));
    }
    return values;
  }
  std::vector<std::string> Values(const client::Preparation& asked) const {
    return ValuesOf(card_, asked);
  }
  std::optional<Reason> Refusal(const std::string& id, const std::vector<std::string>& values) {
    return ReasonOf(client_->Complete(id, values).status());
  }

  struct Fetched {
    Status status;
    client::SignAnswer answer;
    std::string document;
  };
  Fetched Fetch(const client::ResultName& name) {
    OutputFile output = OutputFile::Unnamed();
    auto answer = client_->GetResult(name, output);
    if (!answer.ok()) return {answer.status(), {}, ""};
    const InputFile written = *output.Reread();
    return {OkStatus(), *std::move(answer), *written.Slice(0, static_cast<size_t>(written.size()))};
  }
  void ExpectSigned(const Fetched& result) const {
    ASSERT_TRUE(result.status.ok()) << result.status;
    EXPECT_EQ(Undo(result.document, result.answer.edits), document_);
    const verifier::FileReport report = card_.VerifyTrusted(result.document);
    EXPECT_THAT(report.signatures, SizeIs(3));
    for (const auto& it : report.signatures) {
      EXPECT_EQ(it.integrity, verifier::Integrity::kIntact);
    }
  }
  // The preparation can still be completed, and then serves.
  void ExpectStillUsable(const client::Preparation& asked) {
    const auto completed = client_->Complete(asked.id, Values(asked));
    ASSERT_TRUE(completed.ok()) << completed.status();
    ExpectSigned(Fetch({.request_id = *completed}));
  }

  std::vector<std::string> FilesKept() const {
    std::vector<std::string> names;
    for (const auto& it : fs::directory_iterator(folder())) {
      names.push_back(it.path().extension().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Appliance appliance_;
  Signing card_;
  std::string document_;
  std::unique_ptr<client::Client> client_;
};

TEST_F(Desk, WhatTheCardSignsIsVerifiedReleasedAndFetchedByEitherName) {
  const client::Preparation asked = Prepared();
  EXPECT_THAT(asked.targets, SizeIs(3));
  EXPECT_THAT(asked.id, SizeIs(32));
  const auto completed = client_->Complete(asked.id, Values(asked));
  ASSERT_TRUE(completed.ok()) << completed.status();
  const Fetched by_request = Fetch({.request_id = *completed});
  ExpectSigned(by_request);
  const Fetched by_key = Fetch({.idempotency_key = "key"});
  EXPECT_EQ(by_key.document, by_request.document);
  EXPECT_THAT(appliance_.Log(), HasSubstr("event=complete audit=" + *completed));
}

TEST_F(Desk, TheResultOfASigningWithTheServersKeyIsFetchedToo) {
  std::vector<std::string> command =
      appliance_.SignThere(appliance_.Generate("flux.xml", {}), appliance_.Path("signed.xml"));
  command.insert(command.end(), {"--idempotency-key", "server"});
  ASSERT_EQ(appliance_.Sceau(command).exit_code, 0);
  EXPECT_EQ(Fetch({.idempotency_key = "server"}).document, ReadFile(appliance_.Path("signed.xml")));
}

TEST_F(Desk, AResultNobodyMadeIsUnknown) {
  EXPECT_EQ(ReasonOf(Fetch({.request_id = RandomHex(16)}).status), Reason::kResultUnknown);
  EXPECT_EQ(ReasonOf(Fetch({.idempotency_key = "none"}).status), Reason::kResultUnknown);
  const client::Preparation asked = Prepared();
  EXPECT_EQ(ReasonOf(Fetch({.idempotency_key = "key"}).status), Reason::kResultUnknown);
}

TEST_F(Desk, ACompletedPreparationIsUsed) {
  const client::Preparation asked = Prepared();
  const std::vector<std::string> values = Values(asked);
  ASSERT_TRUE(client_->Complete(asked.id, values).ok());
  EXPECT_EQ(Refusal(asked.id, values), Reason::kPreparationUsed);
  // The same request again is not prepared again: its result is there.
  EXPECT_EQ(ReasonOf(Prepare(Order()).status()), Reason::kPreparationUsed);
  client::SignOrder other = Order();
  other.role = "Adjointe";
  EXPECT_EQ(ReasonOf(Prepare(other).status()), Reason::kIdempotencyConflict);
}

TEST_F(Desk, AUsedPreparationStaysUsedWhenTheDaemonWasKilled) {
  const client::Preparation asked = Prepared();
  const std::vector<std::string> values = Values(asked);
  ASSERT_TRUE(client_->Complete(asked.id, values).ok());
  Restart();
  EXPECT_EQ(Refusal(asked.id, values), Reason::kPreparationUsed);
}

TEST_F(Desk, APreparationSurvivesTheDaemonBeingKilled) {
  const client::Preparation asked = Prepared();
  Restart();
  ExpectStillUsable(asked);
}

TEST_F(Desk, APreparationExpires) {
  appliance_.daemon().Stop(SIGKILL);
  Start("expiry = \"1ms\"\n");
  const client::Preparation asked = Prepared();
  while (absl::Now() < asked.expires) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_EQ(Refusal(asked.id, Values(asked)), Reason::kPreparationExpired);
  EXPECT_THAT(FilesKept(), ElementsAre(".json"));  // the document is gone
  Restart();
  EXPECT_EQ(Refusal(asked.id, Values(asked)), Reason::kPreparationExpired);
}

TEST_F(Desk, AnIdentifierNobodyWasGivenIsUnknown) {
  const client::Preparation asked = Prepared();
  EXPECT_EQ(Refusal(RandomHex(16), Values(asked)), Reason::kPreparationUnknown);
  EXPECT_EQ(Refusal("../" + asked.id, Values(asked)), Reason::kPreparationUnknown);
  EXPECT_EQ(Refusal("", Values(asked)), Reason::kPreparationUnknown);
  ExpectStillUsable(asked);
}

TEST_F(Desk, P43_ValuesOfAnotherTimeAreRefused) {
  const client::Preparation asked = Prepared();
  signer::SignatureParameters parameters = card_.Parameters();
  parameters.role = "Maire";
  parameters.city = "Nouméa";
  parameters.country = "NC";
  parameters.signing_time = asked.signing_time + absl::Seconds(1);
  const auto prepared = signer::Prepare(card_.AsFile(document_), parameters);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  const auto texts = signer::ToBeSigned::Of(*prepared);
  EXPECT_EQ(Refusal(asked.id, *texts->SignWith(card_.Key())), Reason::kSignatureCheckFailed);
  ExpectStillUsable(asked);
}

TEST_F(Desk, P43_ValuesOfAnotherCertificatesKeyAreRefused) {
  const client::Preparation asked = Prepared();
  const Signing other;
  EXPECT_EQ(Refusal(asked.id, ValuesOf(other, asked)), Reason::kSignatureCheckFailed);
  ExpectStillUsable(asked);
}

TEST_F(Desk, P43_OneChangedBitOfAValueIsRefused) {
  const client::Preparation asked = Prepared();
  std::vector<std::string> values = Values(asked);
  values.back().back() = static_cast<char>(values.back().back() ^ 1);
  EXPECT_EQ(Refusal(asked.id, values), Reason::kSignatureCheckFailed);
  std::vector<std::string> swapped = Values(asked);
  std::swap(swapped[0], swapped[1]);
  EXPECT_EQ(Refusal(asked.id, swapped), Reason::kSignatureCheckFailed);
  ExpectStillUsable(asked);
}

TEST_F(Desk, MissingValuesAreRefusedAndMoreThanThereAreTargets) {
  const client::Preparation asked = Prepared();
  std::vector<std::string> values = Values(asked);
  values.push_back(values.back());
  EXPECT_EQ(Refusal(asked.id, values), Reason::kUsage);
  values.resize(2);
  EXPECT_EQ(Refusal(asked.id, values), Reason::kUploadIncomplete);
  EXPECT_EQ(Refusal(asked.id, {}), Reason::kUploadIncomplete);
  values.emplace_back(1 << 20, 'x');
  EXPECT_EQ(Refusal(asked.id, values), Reason::kUsage);
  ExpectStillUsable(asked);
}

// Whoever can write into the daemon's own folder still cannot have another document or other claims
// completed than the card has signed.
class DeskTampered : public Desk, public testing::WithParamInterface<const char*> {};

TEST_P(DeskTampered, P43_IsRefused) {
  const client::Preparation asked = Prepared();
  const std::string name = Concat(folder(), "/", asked.id);
  const std::string changed = GetParam();
  appliance_.daemon().Stop(SIGKILL);
  if (changed == "document") {
    std::string text = ReadFile(name + ".document");
    const size_t at = text.find("<MtBordHT V=\"") + std::string("<MtBordHT V=\"").size();
    text[at] = text[at] == '9' ? '8' : '9';
    std::ofstream(name + ".document", std::ios::binary) << text;
  } else {
    Json description = Json::parse(ReadFile(name + ".json"));
    ASSERT_TRUE(description.contains(changed));
    const Signing other;
    description[changed] = changed == "certificates"  ? Json::array({ToBase64(other.certificate())})
                           : changed == "signingTime" ? Json("2026-01-01T00:00:00+00:00")
                                                      : Json("Adjointe");
    std::ofstream(name + ".json", std::ios::binary) << description;
  }
  Start();
  EXPECT_EQ(Refusal(asked.id, Values(asked)), Reason::kPreparationDiffers);
  EXPECT_EQ(ReasonOf(Fetch({.idempotency_key = "key"}).status), Reason::kResultUnknown);
}

INSTANTIATE_TEST_SUITE_P(Of, DeskTampered,
                         testing::Values("document", "role", "city", "certificates", "signingTime"),
                         [](const auto& row) { return std::string(row.param); });

TEST_F(Desk, ARefusalOfTheSignerIsRecordedWithItsReasonAndFinal) {
  const client::Preparation asked = Prepared();
  ASSERT_TRUE(client_->Decline(asked.id, "mandat 12 contesté").ok());
  EXPECT_THAT(appliance_.Log(), HasSubstr("declined=\"mandat 12 contest"));
  const std::string audit = appliance_.AuditLog();
  EXPECT_THAT(audit, HasSubstr(R"("kind":"PREPARED")"));
  EXPECT_THAT(audit, HasSubstr(R"("declined":"mandat 12 contesté")"));
  EXPECT_THAT(audit, HasSubstr(Concat(R"("preparation":")", asked.id)));
  EXPECT_EQ(Refusal(asked.id, Values(asked)), Reason::kPreparationUsed);
  Restart();
  EXPECT_EQ(Refusal(asked.id, Values(asked)), Reason::kPreparationUsed);
  EXPECT_THAT(FilesKept(), ElementsAre(".json"));
}

TEST_F(Desk, PreparingAgainUnderTheSameKeyTakesThePlaceOfTheFirst) {
  const client::Preparation first = Prepared();
  const client::Preparation second = Prepared();
  EXPECT_EQ(Refusal(first.id, Values(first)), Reason::kPreparationUnknown);
  ExpectStillUsable(second);
}

TEST_F(Desk, ACertificateIsNeededAndMustBeOneForSigning) {
  client::SignOrder order = Order();
  order.certificates.clear();
  EXPECT_EQ(ReasonOf(Prepare(order).status()), Reason::kCertificateMissing);
  order.certificates = {"no certificate"};
  EXPECT_EQ(ReasonOf(Prepare(order).status()), Reason::kCertificateNotValid);
  const Signing authentication(
      {.key_usage = "critical,digitalSignature", .extended_key_usage = "clientAuth"});
  order.certificates = {authentication.certificate()};
  EXPECT_EQ(ReasonOf(Prepare(order).status()), Reason::kCertificateNotForSigning);
  const Signing over(
      {.not_after = absl::FromCivil(absl::CivilDay(2025, 1, 1), absl::UTCTimeZone())});
  order.certificates = {over.certificate()};
  EXPECT_EQ(ReasonOf(Prepare(order).status()), Reason::kCertificateNotValid);
  EXPECT_THAT(FilesKept(), IsEmpty());
}

TEST_F(Desk, NoMoreIsKeptThanTheConfigurationAdmits) {
  appliance_.daemon().Stop(SIGKILL);
  Start("max_entries = 2\n");
  ASSERT_TRUE(Prepare(Order("1")).ok());
  ASSERT_TRUE(Prepare(Order("2")).ok());
  EXPECT_EQ(ReasonOf(Prepare(Order("3")).status()), Reason::kOverloaded);
  EXPECT_TRUE(Prepare(Order("2")).ok());
}

TEST_F(Desk, P67_DocumentsAreInTheDaemonsOwnFolderOnlyAndRemnantsAreSwept) {
  const client::Preparation asked = Prepared();
  EXPECT_THAT(FilesKept(), ElementsAre(".document", ".json"));
  EXPECT_EQ(fs::status(folder()).permissions(), fs::perms::owner_all);
  for (const auto& it : fs::directory_iterator(folder())) {
    EXPECT_EQ(it.status().permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
  // A document whose description a killed daemon did not write any more, and a staged one.
  std::ofstream(Concat(folder(), "/", RandomHex(16), ".document")) << document_;
  std::ofstream(Concat(folder(), "/.sceau-", RandomHex(12))) << document_;
  Restart();
  EXPECT_THAT(FilesKept(), ElementsAre(".document", ".json"));
  ASSERT_TRUE(client_->Complete(asked.id, Values(asked)).ok());
  EXPECT_THAT(FilesKept(), ElementsAre(".json"));
}

// The example for integrators, with a key of openssl for the card.
class PythonDesk : public Desk {
 protected:
  PythonDesk() {
    key_ = appliance_.Path("card.pem");
    OutputFile pem = *OutputFile::Create(key_, false);
    BioHandle memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(memory.get(), card_.key(), nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const auto size = static_cast<size_t>(BIO_get_mem_data(memory.get(), &text));
    Require(pem.Append({text, size}).ok() && pem.Publish().ok(), key_);
    std::ofstream(appliance_.Path("card.der"), std::ios::binary) << card_.certificate();
    std::ofstream(appliance_.Path("in.xml"), std::ios::binary) << document_;
  }
  ProcessResult Run(const std::string& role) const {
    return RunProcess({"/usr/bin/python3", SCEAU_SOURCE_DIR "/docs/examples/sceau_client.py",
                       "--server", appliance_.address(), "desk", appliance_.Path("in.xml"),
                       appliance_.Path("out.xml"), "--certificate", appliance_.Path("card.der"),
                       "--card-key", key_, "--role", role, "--city", "Nouméa", "--postal-code",
                       "98800", "--country", "NC"});
  }
  std::string key_;
};

TEST_F(PythonDesk, SignsWithAKeyOfItsOwn) {
  const ProcessResult run = Run("Maire");
  ASSERT_EQ(run.exit_code, 0) << run.out << run.err << appliance_.Log();
  const verifier::FileReport report = card_.VerifyTrusted(ReadFile(appliance_.Path("out.xml")));
  EXPECT_THAT(report.signatures, SizeIs(3));
  for (const auto& it : report.signatures) EXPECT_EQ(it.integrity, verifier::Integrity::kIntact);
}

// The daemon's own role stands in for what was not given: the example did not say so and refuses.
TEST_F(PythonDesk, RefusesClaimsItDidNotMake) {
  appliance_.daemon().Stop(SIGKILL);
  Start("[signature]\nrole = \"Adjoint\"\n");
  const ProcessResult run = Run("");
  EXPECT_EQ(run.exit_code, 1) << run.out;
  EXPECT_THAT(run.err, HasSubstr("PREPARATION_DIFFERS detail=BORDD0001: claims"));
  EXPECT_THAT(appliance_.Log(), HasSubstr("event=decline"));
  EXPECT_FALSE(fs::exists(appliance_.Path("out.xml")));
}

// A moment of a completion, as clock ticks (10 ms) of the daemon's processor time since it began.
class DeskKilled : public Desk, public testing::WithParamInterface<int> {};

TEST_P(DeskKilled, P67_WhileItCompletesItLeavesThePreparationAndNothingElse) {
  gen::PesSpec spec;
  spec.depense = 1500;  // seconds of work
  spec.recette = 0;
  spec.pieces = 1;
  spec.lines = 1;
  document_ = Generate(spec);
  const client::Preparation asked = Prepared();
  const std::vector<std::string> values = Values(asked);
  const std::set<std::string> files = appliance_.Files();
  const int64_t before = ProcessorTime(appliance_.daemon());
  Status ended;
  std::thread completing([&] { ended = client_->Complete(asked.id, values).status(); });
  const bool reached = AwaitProcessorTime(appliance_.daemon(), before + GetParam());
  appliance_.daemon().Stop(SIGKILL);
  completing.join();
  ASSERT_TRUE(reached);
  ASSERT_EQ(ReasonOf(ended), Reason::kServiceUnavailable) << "too late a moment: " << ended;
  EXPECT_EQ(appliance_.Files(), files);
  Start();
  EXPECT_EQ(ReasonOf(Fetch({.idempotency_key = "key"}).status), Reason::kResultUnknown);
  const auto completed = client_->Complete(asked.id, values);
  ASSERT_TRUE(completed.ok()) << completed.status();
  const Fetched result = Fetch({.request_id = *completed});
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(Undo(result.document, result.answer.edits), document_);
  EXPECT_THAT(result.answer.elements, SizeIs(1500));
}

INSTANTIATE_TEST_SUITE_P(AfterTicks, DeskKilled, testing::Values(1, 8, 16));

TEST_F(Desk, WithoutAFolderNothingIsPrepared) {
  appliance_.daemon().Stop(SIGKILL);
  appliance_.Start();
  client_ = client::Client::Create({.address = appliance_.address()});
  EXPECT_EQ(ReasonOf(Prepare(Order()).status()), Reason::kStoreUnusable);
}

}  // namespace
}  // namespace sceau::test
