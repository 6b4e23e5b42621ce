// The contract's rules on streams, over a real connection.

#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "grpcpp/generic/generic_stub.h"
#include "sceau/v1/signing.grpc.pb.h"
#include "sceau/v1/verification.grpc.pb.h"
#include "tests/server/test_service.h"
#include "tools/client/convert.h"

namespace sceau::server {
namespace {

constexpr std::string_view kDocument = "<document/>";

std::string Sha256(std::string_view text) { return DigestOf(DigestAlgorithm::kSha256, text); }

v1::SignRequest Header(std::string_view key = "key-1", std::string_view document = kDocument) {
  v1::SignRequest request;
  v1::SignHeader& header = *request.mutable_header();
  header.set_idempotency_key(std::string(key));
  header.mutable_document()->set_size(static_cast<int64_t>(document.size()));
  header.mutable_document()->set_sha256(Sha256(document));
  header.mutable_parameters()->mutable_selection()->mutable_all();
  return request;
}

v1::SignRequest Chunk(std::string_view bytes) {
  v1::SignRequest request;
  request.set_chunk(std::string(bytes));
  return request;
}

v1::SignRequest End() {
  v1::SignRequest request;
  request.mutable_end();
  return request;
}

// What a whole exchange gave.
struct Exchange {
  Status status;
  std::optional<v1::Accepted> accepted;
  std::vector<v1::Progress> progress;
  std::string document;
  std::vector<v1::Edit> edits;
  std::optional<v1::ResultTrailer> trailer;
};

class Protocol : public ServiceTest {
 protected:
  Exchange Send(const std::vector<v1::SignRequest>& messages) {
    grpc::ClientContext context;
    const auto stub = v1::SigningService::NewStub(channel_);
    const auto stream = stub->Sign(&context);
    for (const auto& message : messages) {
      if (!stream->Write(message)) break;
    }
    stream->WritesDone();
    Exchange exchange;
    v1::SignResponse response;
    while (stream->Read(&response)) {
      EXPECT_FALSE(exchange.trailer.has_value()) << "the trailer is last";
      if (response.has_accepted()) exchange.accepted = response.accepted();
      if (response.has_progress()) exchange.progress.push_back(response.progress());
      if (response.has_chunk()) {
        EXPECT_LE(response.chunk().size(), size_t{1} << 20);
        exchange.document += response.chunk();
      }
      for (const auto& edit : response.edits().edits()) exchange.edits.push_back(edit);
      if (response.has_trailer()) exchange.trailer = response.trailer();
    }
    exchange.status = client::FromGrpc(stream->Finish());
    return exchange;
  }

  void ExpectRefused(const std::vector<v1::SignRequest>& messages, Reason reason) {
    const Exchange exchange = Send(messages);
    EXPECT_EQ(ReasonOf(exchange.status), reason) << exchange.status;
    EXPECT_TRUE(exchange.document.empty());
    EXPECT_FALSE(exchange.trailer.has_value());
    EXPECT_EQ(stand_in_.signatures, 0);
  }
};

TEST_F(Protocol, SignAnswersProgressDocumentEditsAndTrailer) {
  Start();
  const Exchange exchange = Send({Header(), Chunk("<docu"), Chunk("ment/>"), End()});
  ASSERT_TRUE(exchange.status.ok()) << exchange.status;
  ASSERT_TRUE(exchange.accepted.has_value());
  EXPECT_EQ(exchange.accepted->request_id().size(), 32u);
  EXPECT_FALSE(exchange.accepted->replayed());
  ASSERT_EQ(exchange.progress.size(), 2u);
  EXPECT_EQ(exchange.progress[1].of(), "BD2");
  EXPECT_EQ(exchange.progress[1].done(), 2);
  EXPECT_EQ(exchange.progress[1].total(), 2);
  EXPECT_EQ(exchange.document, "<<signature/>document/<signature/>>");
  ASSERT_TRUE(exchange.trailer.has_value());
  EXPECT_EQ(exchange.trailer->sha256(), Sha256(exchange.document));
  EXPECT_EQ(exchange.trailer->size(), static_cast<int64_t>(exchange.document.size()));
  EXPECT_EQ(exchange.trailer->edits(), 2);
  EXPECT_EQ(exchange.trailer->audit_id(), exchange.accepted->request_id());
}

TEST_F(Protocol, UndoingTheEditsGivesTheDocumentBack) {
  Start();
  const Exchange exchange = Send({Header(), Chunk(kDocument), End()});
  std::string document = exchange.document;
  ASSERT_EQ(exchange.edits.size(), 2u);
  for (auto edit = exchange.edits.rbegin(); edit != exchange.edits.rend(); ++edit) {
    const auto offset = static_cast<size_t>(edit->output_offset());
    const auto size = static_cast<size_t>(edit->inserted_size());
    EXPECT_EQ(document.substr(offset, size), kMark);
    document.replace(offset, size, edit->removed());
  }
  EXPECT_EQ(document, kDocument);
}

TEST_F(Protocol, P60_ADocumentBeyondGrpcsMessageLimitPassesInChunks) {
  Start();
  const std::string piece(1 << 20, 'x');
  std::string document;
  for (int i = 0; i < 20; ++i) document += piece;
  std::vector<v1::SignRequest> messages = {Header("big", document)};
  for (int i = 0; i < 20; ++i) messages.push_back(Chunk(piece));
  messages.push_back(End());
  const Exchange exchange = Send(messages);
  ASSERT_TRUE(exchange.status.ok()) << exchange.status;
  EXPECT_EQ(exchange.document.size(), document.size() + 2 * kMark.size());
}

TEST_F(Protocol, ChunkBeforeHeader) {
  Start();
  ExpectRefused({Chunk("x"), End()}, Reason::kStreamProtocol);
}
TEST_F(Protocol, EndBeforeHeader) {
  Start();
  ExpectRefused({End()}, Reason::kStreamProtocol);
}
TEST_F(Protocol, SecondHeader) {
  Start();
  ExpectRefused({Header(), Header()}, Reason::kStreamProtocol);
}
TEST_F(Protocol, EmptyMessage) {
  Start();
  ExpectRefused({Header(), v1::SignRequest()}, Reason::kStreamProtocol);
}
TEST_F(Protocol, EmptyChunk) {
  Start();
  ExpectRefused({Header(), Chunk("")}, Reason::kStreamProtocol);
}
TEST_F(Protocol, OversizedChunk) {
  Start();
  const std::string document((1 << 20) + 1, 'x');
  ExpectRefused({Header("k", document), Chunk(document), End()}, Reason::kChunkTooLarge);
}
TEST_F(Protocol, MissingEnd) {
  Start();
  ExpectRefused({Header(), Chunk(kDocument)}, Reason::kUploadIncomplete);
}
TEST_F(Protocol, NothingAtAll) {
  Start();
  ExpectRefused({}, Reason::kUploadIncomplete);
}
TEST_F(Protocol, WrongSha256) {
  Start();
  v1::SignRequest header = Header();
  header.mutable_header()->mutable_document()->set_sha256(std::string(32, 'x'));
  ExpectRefused({header, Chunk(kDocument), End()}, Reason::kContentMismatch);
}
TEST_F(Protocol, FewerBytesThanAnnounced) {
  Start();
  ExpectRefused({Header(), Chunk("<doc"), End()}, Reason::kContentMismatch);
}
TEST_F(Protocol, MoreBytesThanAnnounced) {
  Start();
  ExpectRefused({Header(), Chunk(kDocument), Chunk("x"), End()}, Reason::kContentMismatch);
}
TEST_F(Protocol, MissingSha256) {
  Start();
  v1::SignRequest header = Header();
  header.mutable_header()->mutable_document()->clear_sha256();
  ExpectRefused({header, Chunk(kDocument), End()}, Reason::kUsage);
}
TEST_F(Protocol, MissingIdempotencyKey) {
  Start();
  ExpectRefused({Header(""), Chunk(kDocument), End()}, Reason::kUsage);
}
TEST_F(Protocol, IdempotencyKeyBeyond128Characters) {
  Start();
  ExpectRefused({Header(std::string(129, 'k')), Chunk(kDocument), End()}, Reason::kUsage);
}
TEST_F(Protocol, IdempotencyKeyOf128AccentedCharactersIsTaken) {
  Start();
  std::string key;
  for (int i = 0; i < 128; ++i) key += "é";
  EXPECT_TRUE(Send({Header(key), Chunk(kDocument), End()}).status.ok());
}
TEST_F(Protocol, MissingSelection) {
  Start();
  v1::SignRequest header = Header();
  header.mutable_header()->mutable_parameters()->clear_selection();
  ExpectRefused({header, Chunk(kDocument), End()}, Reason::kUsage);
}
TEST_F(Protocol, EmptyListOfBordereaux) {
  Start();
  v1::SignRequest header = Header();
  header.mutable_header()->mutable_parameters()->mutable_selection()->mutable_listed();
  ExpectRefused({header, Chunk(kDocument), End()}, Reason::kUsage);
}
TEST_F(Protocol, AnOrderThatCannotBeCarriedOutIsRefusedBeforeTheDocument) {
  Start();
  v1::SignRequest header = Header();
  header.mutable_header()->set_key("nobody");
  ExpectRefused({header}, Reason::kKeyNotFound);
}

TEST_F(Protocol, P60_TheCapIsTakenAndOneByteMoreIsNot) {
  Start("[documents]\nmax_size = 11");
  v1::SignRequest header = Header("cap+1", "<document/>x");
  ExpectRefused({header, Chunk("<document/>x"), End()}, Reason::kDocumentTooLarge);
  header.mutable_header()->mutable_document()->clear_size();  // found out while it comes
  ExpectRefused({header, Chunk(kDocument), Chunk("x"), End()}, Reason::kDocumentTooLarge);
  EXPECT_TRUE(Send({Header(), Chunk(kDocument), End()}).status.ok());
}

TEST_F(Protocol, P60_AnUploadThatStandsStillIsEnded) {
  Start("[limits]\nidle_timeout = \"100ms\"");
  grpc::ClientContext context;
  const auto stub = v1::SigningService::NewStub(channel_);
  const auto stream = stub->Sign(&context);
  ASSERT_TRUE(stream->Write(Header()));
  v1::SignResponse response;
  while (stream->Read(&response)) {
  }
  EXPECT_EQ(ReasonOf(client::FromGrpc(stream->Finish())), Reason::kUploadIncomplete);
}

TEST_F(Protocol, TheSameRequestAgainGivesTheSameBytesAndSignsNothing) {
  Start();
  const Exchange first = Send({Header(), Chunk(kDocument), End()});
  const Exchange second = Send({Header(), Chunk(kDocument), End()});
  ASSERT_TRUE(second.status.ok()) << second.status;
  EXPECT_TRUE(second.accepted->replayed());
  EXPECT_EQ(second.document, first.document);
  EXPECT_EQ(second.trailer->SerializeAsString(), first.trailer->SerializeAsString());
  EXPECT_EQ(second.edits.size(), first.edits.size());
  EXPECT_EQ(stand_in_.runs, 1);
}

TEST_F(Protocol, AStoredAnswerIsOnlyForWhoHasTheDocument) {
  Start();
  ASSERT_TRUE(Send({Header(), Chunk(kDocument), End()}).status.ok());
  const Exchange thief = Send({Header(), Chunk("<DOCUMENT/>"), End()});
  EXPECT_EQ(ReasonOf(thief.status), Reason::kContentMismatch);
  EXPECT_TRUE(thief.document.empty());
}

TEST_F(Protocol, TheSameKeyWithOtherContentOrParametersIsAConflict) {
  Start();
  ASSERT_TRUE(Send({Header(), Chunk(kDocument), End()}).status.ok());
  EXPECT_EQ(ReasonOf(Send({Header("key-1", "<other/>"), Chunk("<other/>"), End()}).status),
            Reason::kIdempotencyConflict);
  v1::SignRequest other = Header();
  other.mutable_header()->mutable_parameters()->set_role("Adjoint");
  EXPECT_EQ(ReasonOf(Send({other, Chunk(kDocument), End()}).status), Reason::kIdempotencyConflict);
  EXPECT_EQ(stand_in_.runs, 1);
}

TEST_F(Protocol, WhileTheFirstRunsTheSecondIsInProgress) {
  Start("[limits]\nworkers = 2");
  stand_in_.hold = true;
  Exchange first;
  std::thread running([&] { first = Send({Header(), Chunk(kDocument), End()}); });
  stand_in_.reached.Wait();
  EXPECT_EQ(ReasonOf(Send({Header(), Chunk(kDocument), End()}).status),
            Reason::kIdempotencyInProgress);
  stand_in_.released.Open();
  running.join();
  EXPECT_TRUE(first.status.ok()) << first.status;
  EXPECT_EQ(stand_in_.runs, 1);
}

TEST_F(Protocol, AFailedRequestMayBeSentAgainWithItsKey) {
  Start();
  stand_in_.failure = Error(Reason::kTokenUnavailable, "CKR_TOKEN_NOT_PRESENT");
  const Exchange failed = Send({Header(), Chunk(kDocument), End()});
  EXPECT_EQ(ReasonOf(failed.status), Reason::kTokenUnavailable);
  EXPECT_EQ(DetailOf(failed.status), "CKR_TOKEN_NOT_PRESENT");
  EXPECT_FALSE(failed.trailer.has_value());
  stand_in_.failure = OkStatus();
  EXPECT_TRUE(Send({Header(), Chunk(kDocument), End()}).status.ok());
}

TEST_F(Protocol, ACancelledCallSignsNothingMore) {
  Start();
  stand_in_.until_unwanted = true;
  grpc::ClientContext context;
  const auto stub = v1::SigningService::NewStub(channel_);
  const auto stream = stub->Sign(&context);
  for (const auto& message : {Header(), Chunk(kDocument), End()}) stream->Write(message);
  stand_in_.reached.Wait();
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  server_->Drain(absl::InfiniteDuration());
  EXPECT_EQ(stand_in_.runs, 1);
  EXPECT_EQ(stand_in_.signatures, 0);
}

TEST_F(Protocol, AfterTheDeadlineNothingMoreIsSigned) {
  Start();
  stand_in_.until_unwanted = true;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(300));
  const auto stub = v1::SigningService::NewStub(channel_);
  const auto stream = stub->Sign(&context);
  for (const auto& message : {Header(), Chunk(kDocument), End()}) stream->Write(message);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  server_->Drain(absl::InfiniteDuration());
  EXPECT_EQ(stand_in_.signatures, 0);
}

TEST_F(Protocol, TheServersOwnLimitOnSigningHolds) {
  Start("[limits]\nsign_timeout = \"100ms\"");
  stand_in_.until_unwanted = true;
  EXPECT_EQ(ReasonOf(Send({Header(), Chunk(kDocument), End()}).status), Reason::kDeadlineExceeded);
  EXPECT_EQ(stand_in_.signatures, 0);
}

TEST_F(Protocol, DrainingCancelsWhatDoesNotEndInTime) {
  Start();
  stand_in_.until_unwanted = true;
  Exchange exchange;
  std::thread running([&] { exchange = Send({Header(), Chunk(kDocument), End()}); });
  stand_in_.reached.Wait();
  server_->Drain(absl::Milliseconds(50));
  running.join();
  EXPECT_FALSE(exchange.status.ok());
  EXPECT_FALSE(exchange.trailer.has_value());
  EXPECT_EQ(stand_in_.signatures, 0);
}

TEST_F(Protocol, RequestsBeyondTheLimitAreOverloadedAndMayComeBack) {
  Start("[limits]\nmax_requests = 1");
  grpc::ClientContext context;
  const auto stub = v1::SigningService::NewStub(channel_);
  const auto stream = stub->Sign(&context);
  stream->Write(Header());
  v1::SignResponse response;
  ASSERT_TRUE(stream->Read(&response));  // accepted: the call is in
  const Exchange second = Send({Header("key-2"), Chunk(kDocument), End()});
  EXPECT_EQ(ReasonOf(second.status), Reason::kOverloaded);
  EXPECT_EQ(second.status.code(), absl::StatusCode::kResourceExhausted);
  stream->Write(Chunk(kDocument));
  stream->Write(End());
  while (stream->Read(&response)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(Protocol, P61_ManyOpenUploadsDoNotKeepAnotherWaiting) {
  Start("[limits]\nmax_requests = 600\nworkers = 1");
  const auto stub = v1::SigningService::NewStub(channel_);
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReaderWriter<v1::SignRequest, v1::SignResponse>>> streams;
  for (int i = 0; i < 500; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    streams.push_back(stub->Sign(contexts.back().get()));
    ASSERT_TRUE(streams.back()->Write(Header(Concat("slow-", i))));
  }
  v1::SignResponse response;
  for (auto& stream : streams) ASSERT_TRUE(stream->Read(&response));  // all are accepted, none ends
  EXPECT_TRUE(Send({Header(), Chunk(kDocument), End()}).status.ok());
  for (auto& context : contexts) context->TryCancel();
  for (auto& stream : streams) (void)stream->Finish();
}

TEST_F(Protocol, DrainingLetsRequestsInProgressEnd) {
  Start();
  stand_in_.hold = true;
  Exchange exchange;
  std::thread running([&] { exchange = Send({Header(), Chunk(kDocument), End()}); });
  stand_in_.reached.Wait();
  std::thread draining([&] { server_->Drain(absl::InfiniteDuration()); });
  stand_in_.released.Open();
  draining.join();
  running.join();
  EXPECT_TRUE(exchange.status.ok()) << exchange.status;
}

// A unary call without generated code: the health messages are not shipped with the library.
grpc::Status CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                     const std::string& request, std::string& answer) {
  grpc::ClientContext context;
  grpc::Slice slice(request);
  grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer received;
  grpc::GenericStub stub(channel);
  Gate done;
  grpc::Status status;
  stub.UnaryCall(&context, method, {}, &sent, &received, [&](grpc::Status ended) {
    status = std::move(ended);
    done.Open();
  });
  done.Wait();
  std::vector<grpc::Slice> slices;
  if (status.ok() && received.Dump(&slices).ok()) {
    for (const grpc::Slice& piece : slices) {
      answer.append(reinterpret_cast<const char*>(piece.begin()), piece.size());
    }
  }
  return status;
}

// grpc.health.v1: HealthCheckRequest.service is field 1, HealthCheckResponse.status field 1.
constexpr std::string_view kServing = "\x08\x01";
constexpr std::string_view kNotServing = "\x08\x02";

std::string HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
  std::string answer;
  const std::string request =
      service.empty() ? ""
                      : Concat("\x0A", std::string(1, static_cast<char>(service.size())), service);
  const grpc::Status status = CallRaw(channel, "/grpc.health.v1.Health/Check", request, answer);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return answer;
}

TEST_F(Protocol, HealthTellsSigningFromVerifying) {
  Start();
  EXPECT_EQ(HealthOf(channel_, ""), kServing);
  EXPECT_EQ(HealthOf(channel_, "sceau.v1.VerificationService"), kNotServing);
  EXPECT_EQ(HealthOf(channel_, "sceau.v1.SigningService"), kNotServing);
  server_->SetSigningHealth(true);
  EXPECT_EQ(HealthOf(channel_, "sceau.v1.SigningService"), kServing);
  EXPECT_EQ(HealthOf(channel_, "sceau.v1.VerificationService"), kNotServing);
  server_->SetVerificationHealth(true);
  EXPECT_EQ(HealthOf(channel_, "sceau.v1.VerificationService"), kServing);
}

TEST_F(Protocol, P63_ReflectionIsOff) {
  Start();
  std::string answer;
  for (const char* method : {"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                             "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"}) {
    EXPECT_EQ(CallRaw(channel_, method, "", answer).error_code(), grpc::StatusCode::UNIMPLEMENTED)
        << method;
  }
}

}  // namespace
}  // namespace sceau::server
