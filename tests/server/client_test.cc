// The client library against a real server, and against one that answers badly.

#include "tools/client/client.h"

#include <gmock/gmock.h>

#include "sceau/v1/signing.grpc.pb.h"
#include "tests/server/test_service.h"

namespace sceau::client {
namespace {

InputFile FileOf(std::string_view text) {
  OutputFile file = OutputFile::Unnamed();
  EXPECT_TRUE(file.Append(text).ok());
  return *file.Reread();
}

std::string TextOf(OutputFile& file) {
  const auto read = file.Reread();
  return *read->Slice(0, static_cast<size_t>(read->size()));
}

class ClientTest : public server::ServiceTest {
 protected:
  std::unique_ptr<Client> Connect() { return Client::Create({.address = address_}); }
};

TEST_F(ClientTest, SignGivesTheCheckedDocument) {
  Start();
  OutputFile output = OutputFile::Unnamed();
  std::vector<std::string> seen;
  const auto answer = Connect()->Sign(
      FileOf("<document/>"), {.idempotency_key = "k"},
      [&](const std::string& of, size_t done, size_t total) {
        seen.push_back(Concat(of, " ", done, "/", total));
      },
      output);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(TextOf(output), "<<signature/>document/<signature/>>");
  EXPECT_EQ(answer->sha256, ToHex(DigestOf(DigestAlgorithm::kSha256, TextOf(output))));
  EXPECT_EQ(answer->edits.size(), 2u);
  EXPECT_FALSE(answer->replayed);
  EXPECT_THAT(seen, ::testing::ElementsAre("BD1 1/2", "BD2 2/2"));
}

TEST_F(ClientTest, ASecondSignWithTheKeyIsReplayed) {
  Start();
  const InputFile document = FileOf("<document/>");
  OutputFile first = OutputFile::Unnamed();
  OutputFile second = OutputFile::Unnamed();
  ASSERT_TRUE(Connect()->Sign(document, {.idempotency_key = "k"}, {}, first).ok());
  const auto again = Connect()->Sign(document, {.idempotency_key = "k"}, {}, second);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(TextOf(first), TextOf(second));
}

TEST_F(ClientTest, TwentyThousandEditsArrive) {
  Start();
  stand_in_.edits.emplace();
  for (int i = 0; i < 20'001; ++i) {
    stand_in_.edits->push_back({i, "0", i * int64_t{5000}, 5000});
  }
  OutputFile output = OutputFile::Unnamed();
  const auto answer = Connect()->Sign(FileOf("<document/>"), {.idempotency_key = "k"}, {}, output);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->edits.size(), 20'001u);
  EXPECT_EQ(answer->edits[20'000].offset, 20'000);
  EXPECT_EQ(answer->edits[20'000].output_offset, 20'000 * int64_t{5000});
  EXPECT_EQ(answer->edits[20'000].inserted_size, 5000);
  ASSERT_EQ(answer->elements.size(), 2u);
  EXPECT_EQ(answer->elements[1].signature_id, "BD2_SIG_1");
  EXPECT_EQ(answer->edits[20'000].removed, "0");
}

TEST_F(ClientTest, ErrorsKeepReasonPlaceAndDetail) {
  Start();
  stand_in_.failure =
      Error(Reason::kDoctypeRefused, "détail", {.line = 3, .column = 1, .element = "PES_Aller"});
  OutputFile output = OutputFile::Unnamed();
  for (const Status& status :
       {Connect()->Sign(FileOf("<document/>"), {.idempotency_key = "k"}, {}, output).status(),
        Connect()->Inspect(FileOf("<document/>")).status()}) {
    EXPECT_EQ(ReasonOf(status), Reason::kDoctypeRefused);
    EXPECT_EQ(DetailOf(status), "détail");
    EXPECT_EQ(PlaceOf(status).line, 3);
    EXPECT_EQ(PlaceOf(status).column, 1);
    EXPECT_EQ(PlaceOf(status).element, "PES_Aller");
  }
}

TEST_F(ClientTest, NoServerIsServiceUnavailable) {
  Start();
  const auto client = Connect();
  server_.reset();
  EXPECT_EQ(ReasonOf(client->Inspect(FileOf("<a/>")).status()), Reason::kServiceUnavailable);
}

TEST_F(ClientTest, ADeadlineIsDeadlineExceeded) {
  Start();
  stand_in_.until_unwanted = true;
  OutputFile output = OutputFile::Unnamed();
  const auto answer = Client::Create({.address = address_, .timeout = absl::Milliseconds(200)})
                          ->Sign(FileOf("<document/>"), {.idempotency_key = "k"}, {}, output);
  EXPECT_EQ(ReasonOf(answer.status()), Reason::kDeadlineExceeded);
}

TEST_F(ClientTest, TheFilesBesideADocumentArriveWithTheirNames) {
  Start();
  const InputFile first = FileOf("premier"), second = FileOf("");
  ASSERT_TRUE(Connect()
                  ->Verify(FileOf("<a/>"), "f", std::nullopt,
                           {{"a.pdf", &first}, {"b \u00e9.pdf", &second}})
                  .ok());
  EXPECT_EQ(stand_in_.beside, "a.pdf=premier;b \u00e9.pdf=;");

  OutputFile output = OutputFile::Unnamed();
  SignOrder order{.idempotency_key = "k1", .content = {"a.pdf", &first}};
  ASSERT_TRUE(Connect()->Sign(FileOf("<acte/>"), order, {}, output).ok());
  EXPECT_EQ(stand_in_.beside, "premier");
  EXPECT_TRUE(stand_in_.last_order.detached);
  EXPECT_EQ(stand_in_.last_order.name, "a.pdf");
  // Another content is another request.
  order.content.file = &second;
  OutputFile again = OutputFile::Unnamed();
  EXPECT_EQ(ReasonOf(Connect()->Sign(FileOf("<acte/>"), order, {}, again).status()),
            Reason::kIdempotencyConflict);

  OutputFile alone = OutputFile::Unnamed();
  ASSERT_TRUE(
      Connect()
          ->Sign(FileOf("%PDF"), {.idempotency_key = "k2", .detached_name = "x.pdf"}, {}, alone)
          .ok());
  EXPECT_EQ(stand_in_.last_order.name, "x.pdf");
}

TEST_F(ClientTest, WhatIsNoDetachedSigningIsRefusedBeforeTheDocumentIsSent) {
  Start("[documents]\nmax_size = \"1 MiB\"\n");
  const InputFile large = FileOf(std::string(700'000, 'x'));
  const auto refused = [this](const SignOrder& order) {
    OutputFile output = OutputFile::Unnamed();
    return ReasonOf(Connect()->Sign(FileOf("<acte/>"), order, {}, output).status());
  };
  EXPECT_EQ(refused({.idempotency_key = "k", .detached_name = "x", .content = {"a", &large}}),
            Reason::kUsage);
  EXPECT_EQ(refused({.idempotency_key = "k", .content = {"", &large}}), Reason::kUsage);
  EXPECT_EQ(ReasonOf(Connect()
                         ->Verify(FileOf("<a/>"), "f", std::nullopt, {{"a", &large}, {"a", &large}})
                         .status()),
            Reason::kUsage);
  // Two that are each within the limit.
  EXPECT_EQ(ReasonOf(Connect()
                         ->Verify(FileOf("<a/>"), "f", std::nullopt, {{"a", &large}, {"b", &large}})
                         .status()),
            Reason::kDocumentTooLarge);
  EXPECT_EQ(stand_in_.runs, 0);
}

TEST_F(ClientTest, AnInspectionLargerThanAMessageArrivesWhole) {
  Start();
  schemas::Inspection& sent = stand_in_.inspection;
  sent.kind = schemas::Kind::kPesAller;
  sent.schema_set = "5.17";
  sent.encoding = "ISO-8859-1";
  sent.size = 42;
  sent.sha256 = std::string(64, 'a');
  sent.pes.root_qname = "n:PES_Aller";
  sent.pes.root_id = "R";
  sent.pes.collectivite = {"1", "2", "3", "4", "Libellé"};
  sent.pes.depense = {.present = true, .info_dematerialisee = "1", .line = 5, .column = 6};
  for (int i = 1; i <= 20'000; ++i) {
    schemas::Bordereau bordereau;
    bordereau.domain = i % 2 == 0 ? schemas::Domain::kRecette : schemas::Domain::kDepense;
    bordereau.ordinal = i;
    if (i % 3 == 0) bordereau.id = Concat("B", i);
    bordereau.number = Concat(i);
    bordereau.pieces_justificatives = {std::string(200, 'p'), Concat(i)};
    sent.pes.bordereaux.push_back(bordereau);
  }
  sent.pes.pieces_justificatives = {{.id = "P", .size = 7, .sha256 = std::string(64, 'b')},
                                    {.id = "Q"}};
  sent.pes.signatures = {{.id = "S", .scope = schemas::Scope::kWhole, .of = "R"}};
  sent.anomalies = {{.severity = schemas::Severity::kWarning,
                     .rule = "RULE",
                     .place = {.line = 1, .column = 2, .element = "e"},
                     .detail = "d"}};
  const auto got = Connect()->Inspect(FileOf("<a/>"));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->kind, sent.kind);
  EXPECT_EQ(got->schema_set, "5.17");
  EXPECT_EQ(got->encoding, sent.encoding);
  EXPECT_EQ(got->size, 42);
  EXPECT_EQ(got->sha256, sent.sha256);
  EXPECT_EQ(got->pes.root_id, "R");
  EXPECT_EQ(got->pes.collectivite.libelle, "Libellé");
  EXPECT_EQ(got->pes.depense.info_dematerialisee, "1");
  EXPECT_EQ(got->pes.recette.info_dematerialisee, std::nullopt);
  ASSERT_EQ(got->pes.bordereaux.size(), 20'000u);
  EXPECT_EQ(got->pes.bordereaux[19'999].number, "20000");
  EXPECT_EQ(got->pes.bordereaux[19'999].domain, schemas::Domain::kRecette);
  EXPECT_EQ(got->pes.bordereaux[19'999].id, std::nullopt);
  EXPECT_EQ(got->pes.bordereaux[2].id, "B3");
  ASSERT_EQ(got->pes.pieces_justificatives.size(), 2u);
  EXPECT_EQ(got->pes.pieces_justificatives[0].size, 7);
  EXPECT_EQ(got->pes.pieces_justificatives[0].sha256, std::string(64, 'b'));
  EXPECT_EQ(got->pes.pieces_justificatives[1].size, std::nullopt);
  EXPECT_EQ(got->pes.signatures[0].scope, schemas::Scope::kWhole);
  EXPECT_EQ(got->anomalies[0].rule, "RULE");
  EXPECT_EQ(got->anomalies[0].place.element, "e");
}

TEST_F(ClientTest, ContentsThatListMoreThanAMessageHoldsArriveWhole) {
  Start();
  schemas::Inspection& sent = stand_in_.inspection;
  sent.kind = schemas::Kind::kPesAller;
  for (int i = 0; i < 20; ++i) {
    schemas::OpenedContent opened;
    opened.facts.zip.emplace();
    for (int n = 0; n < 1000; ++n) {
      opened.facts.zip->members.push_back({.name = Concat(n, std::string(480, 'n')), .size = n});
    }
    sent.pes.pieces_justificatives.push_back(
        {.id = Concat(i),
         .size = 1,
         .content = schemas::ContentType::kZip,
         .opened = std::make_shared<const schemas::OpenedContent>(std::move(opened))});
  }
  const auto got = Connect()->Inspect(FileOf("<a/>"));
  ASSERT_TRUE(got.ok()) << got.status();
  ASSERT_EQ(got->pes.pieces_justificatives.size(), 20u);
  for (const schemas::PieceJustificative& it : got->pes.pieces_justificatives) {
    ASSERT_TRUE(it.opened != nullptr && it.opened->facts.zip) << it.id;
    ASSERT_EQ(it.opened->facts.zip->members.size(), 1000u) << it.id;
    EXPECT_EQ(it.opened->facts.zip->members[999].size, 999);
  }
}

TEST_F(ClientTest, AReportArrivesWhole) {
  Start();
  verifier::FileReport& sent = stand_in_.report;
  sent.kind = schemas::Kind::kPesAller;
  sent.sha256 = std::string(64, 'c');
  sent.verdict = verifier::Verdict::kIndeterminate;
  verifier::SignatureReport signature;
  signature.id = "S1";
  signature.level = "EPES";
  signature.scope = schemas::Scope::kBordereau;
  signature.of = "BORD1";
  signature.covers = {"/a/b[1]", "/a/c"};
  signature.integrity = verifier::Integrity::kIntact;
  signature.indication = verifier::Indication::kIndeterminate;
  signature.sub_indication = "NO_CERTIFICATE_CHAIN_FOUND";
  signature.signer = {"CN=é", "CN=AC", "12345678901234567890", std::string(64, 'd')};
  signature.claimed_time = "2018-07-04T15:19:45Z";
  signature.policy_id = "urn:oid:1";
  signature.policy_known = true;
  signature.policy_hash = verifier::PolicyHash::kMatches;
  signature.reasons = {{.code = "CHAIN_NOT_TRUSTED", .detail = "x"}};
  signature.line = 9;
  sent.signatures = {signature, {}};
  for (int i = 0; i < 1000; ++i) {
    sent.unsigned_elements.push_back(
        {.of = Concat(i), .why = verifier::UnsignedWhy::kNotDematerialised});
    sent.not_covered.push_back(Concat("/p/", i));
  }
  const absl::Time at = absl::FromUnixMillis(1'767'225'600'123);
  const auto got = Connect()->Verify(FileOf("<a/>"), "name.xml", at);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->file, "name.xml");
  EXPECT_EQ(got->verdict, sent.verdict);
  EXPECT_EQ(got->validation_time, at);
  EXPECT_EQ(got->sha256, sent.sha256);
  ASSERT_EQ(got->signatures.size(), 2u);
  const verifier::SignatureReport& first = got->signatures[0];
  EXPECT_EQ(first.of, "BORD1");
  EXPECT_EQ(first.covers, signature.covers);
  EXPECT_EQ(first.integrity, signature.integrity);
  EXPECT_EQ(first.sub_indication, signature.sub_indication);
  ASSERT_TRUE(first.signer.has_value());
  EXPECT_EQ(first.signer->subject, "CN=é");
  EXPECT_EQ(first.signer->sha256, std::string(64, 'd'));
  EXPECT_EQ(first.policy_hash, verifier::PolicyHash::kMatches);
  EXPECT_EQ(first.reasons[0].code, "CHAIN_NOT_TRUSTED");
  EXPECT_EQ(first.line, 9);
  EXPECT_FALSE(got->signatures[1].signer.has_value());
  ASSERT_EQ(got->unsigned_elements.size(), 1000u);
  EXPECT_EQ(got->unsigned_elements[999].of, "999");
  EXPECT_EQ(got->unsigned_elements[0].why, verifier::UnsignedWhy::kNotDematerialised);
  EXPECT_EQ(got->not_covered.size(), 1000u);
  EXPECT_TRUE(got->refusal.ok());
}

TEST_F(ClientTest, AFileThatCannotBeJudgedIsAReportWithItsReason) {
  Start();
  stand_in_.report.verdict = verifier::Verdict::kRefused;
  stand_in_.report.refusal = Error(Reason::kDoctypeRefused, "", {.line = 2});
  const auto got = Connect()->Verify(FileOf("<a/>"), "f", std::nullopt);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->verdict, verifier::Verdict::kRefused);
  EXPECT_EQ(ReasonOf(got->refusal), Reason::kDoctypeRefused);
  EXPECT_EQ(PlaceOf(got->refusal).line, 2);
}

// Answers Sign with what it is told to.
class BadServer final : public v1::SigningService::Service {
 public:
  grpc::Status Sign(grpc::ServerContext*,
                    grpc::ServerReaderWriter<v1::SignResponse, v1::SignRequest>* stream) override {
    v1::SignRequest request;
    while (stream->Read(&request)) {
    }
    for (const auto& message : answer) stream->Write(message);
    return grpc::Status::OK;
  }
  std::vector<v1::SignResponse> answer;
};

class BadAnswer : public ::testing::Test {
 protected:
  BadAnswer() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    service_.answer.resize(2);
    service_.answer[0].set_chunk("signed");
    auto& trailer = *service_.answer[1].mutable_trailer();
    trailer.set_size(6);
    trailer.set_sha256(DigestOf(DigestAlgorithm::kSha256, "signed"));
  }

  Status Sign() {
    OutputFile output = OutputFile::Unnamed();
    return Client::Create({.address = Concat("127.0.0.1:", port_)})
        ->Sign(FileOf("<document/>"), {.idempotency_key = "k"}, {}, output)
        .status();
  }

  BadServer service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(BadAnswer, TheUnspoiltAnswerIsTaken) { EXPECT_TRUE(Sign().ok()); }

TEST_F(BadAnswer, WithoutTrailerNothingIsKept) {
  service_.answer.pop_back();
  EXPECT_EQ(ReasonOf(Sign()), Reason::kAnswerIncomplete);
}

TEST_F(BadAnswer, AnotherSizeIsRefused) {
  service_.answer[1].mutable_trailer()->set_size(7);
  EXPECT_EQ(ReasonOf(Sign()), Reason::kAnswerIncomplete);
}

TEST_F(BadAnswer, OneChangedByteIsRefused) {
  service_.answer[0].set_chunk("sIgned");
  EXPECT_EQ(ReasonOf(Sign()), Reason::kAnswerIncomplete);
}

TEST_F(BadAnswer, MissingEditsAreNoticed) {
  service_.answer[1].mutable_trailer()->set_edits(1);
  EXPECT_EQ(ReasonOf(Sign()), Reason::kAnswerIncomplete);
}

TEST_F(BadAnswer, BytesAfterTheTrailerAreRefused) {
  service_.answer.push_back(service_.answer[0]);
  EXPECT_EQ(ReasonOf(Sign()), Reason::kAnswerIncomplete);
}

}  // namespace
}  // namespace sceau::client
