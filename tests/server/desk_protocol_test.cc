// The contract's rules on Prepare, Complete and GetResult, over a real connection; the engine
// stands in for the rooms below.
#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "sceau/v1/signing.grpc.pb.h"
#include "tests/server/test_service.h"
#include "tests/support/temporary_folder.h"
#include "tools/client/convert.h"

namespace sceau::server {
namespace {

constexpr std::string_view kDocument = "<document/>";

v1::CompleteRequest Header(const std::string& id) {
  v1::CompleteRequest request;
  request.mutable_header()->set_preparation_id(id);
  return request;
}
v1::CompleteRequest Signature(int index) {
  v1::CompleteRequest request;
  request.mutable_signature()->set_index(index);
  request.mutable_signature()->set_value("value");
  return request;
}
v1::CompleteRequest Decline() {
  v1::CompleteRequest request;
  request.mutable_decline()->set_reason("no");
  return request;
}

class DeskProtocol : public ServiceTest {
 protected:
  void StartDesk(std::string_view settings = "") {
    Start(Concat("[desk]\nfolder = \"", folder_.path(), "/prepared\"\n", settings));
    engine_.prepare = [](const InputFile&, const SignOrder&, absl::Time) -> StatusOr<WorkForCard> {
      return WorkForCard{.targets = 2,
                         .target = [](size_t) { return signer::PreparedTarget{.of = "BD"}; },
                         .fingerprint = "fingerprint"};
    };
    engine_.complete = [this](const InputFile& input, const SignOrder& order, const CardSignatures&,
                              const SignWatch& watch, OutputFile& output) {
      return stand_in_.Sign(input, order, watch, output);
    };
    stub_ = v1::SigningService::NewStub(channel_);
  }

  std::string Prepared(const std::string& key = "key") {
    grpc::ClientContext context;
    const auto stream = stub_->Prepare(&context);
    v1::PrepareRequest request;
    v1::PrepareHeader& header = *request.mutable_header();
    header.set_idempotency_key(key);
    header.mutable_document()->set_sha256(DigestOf(DigestAlgorithm::kSha256, kDocument));
    header.mutable_parameters()->mutable_selection()->mutable_all();
    header.add_certificates("certificate");
    stream->Write(request);
    request.set_chunk(std::string(kDocument));
    stream->Write(request);
    request.mutable_end();
    stream->Write(request);
    stream->WritesDone();
    std::string id;
    int targets = 0;
    v1::PrepareResponse response;
    while (stream->Read(&response)) {
      if (response.has_preparation()) id = response.preparation().preparation_id();
      if (response.has_target()) {
        EXPECT_EQ(response.target().index(), targets++);
      }
    }
    EXPECT_TRUE(response.has_end());
    const Status ended = client::FromGrpc(stream->Finish());
    EXPECT_TRUE(ended.ok()) << ended;
    return id;
  }

  // The reason of the refusal, or nothing.
  std::optional<Reason> Complete(const std::vector<v1::CompleteRequest>& messages,
                                 std::string* request_id = nullptr) {
    grpc::ClientContext context;
    v1::CompleteResponse response;
    const auto stream = stub_->Complete(&context, &response);
    for (const auto& it : messages) {
      if (!stream->Write(it)) break;
    }
    stream->WritesDone();
    const Status status = client::FromGrpc(stream->Finish());
    if (request_id != nullptr) *request_id = response.request_id();
    return ReasonOf(status);
  }
  std::vector<v1::CompleteRequest> Whole(const std::string& id) const {
    return {Header(id), Signature(0), Signature(1)};
  }

  struct Fetched {
    std::optional<Reason> refusal;
    std::string document;
    std::optional<v1::ResultTrailer> trailer;
  };
  Fetched Fetch(const v1::GetResultRequest& request) {
    grpc::ClientContext context;
    const auto stream = stub_->GetResult(&context, request);
    Fetched fetched;
    v1::GetResultResponse response;
    while (stream->Read(&response)) {
      EXPECT_FALSE(fetched.trailer.has_value()) << "the trailer is last";
      EXPECT_LE(response.chunk().size(), size_t{1} << 20);
      fetched.document += response.chunk();
      if (response.has_trailer()) fetched.trailer = response.trailer();
    }
    fetched.refusal = ReasonOf(client::FromGrpc(stream->Finish()));
    return fetched;
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<v1::SigningService::Stub> stub_;
};

TEST_F(DeskProtocol, CompletesAndGivesTheResultByEitherName) {
  StartDesk();
  std::string request_id;
  EXPECT_EQ(Complete(Whole(Prepared()), &request_id), std::nullopt);
  v1::GetResultRequest request;
  request.set_request_id(request_id);
  const Fetched by_request = Fetch(request);
  ASSERT_TRUE(by_request.trailer.has_value());
  EXPECT_EQ(by_request.trailer->audit_id(), request_id);
  EXPECT_EQ(by_request.trailer->sha256(), DigestOf(DigestAlgorithm::kSha256, by_request.document));
  request.set_idempotency_key("key");
  EXPECT_EQ(Fetch(request).document, by_request.document);
  EXPECT_EQ(Fetch(v1::GetResultRequest()).refusal, Reason::kUsage);
}

TEST_F(DeskProtocol, MessagesInAnotherOrderAreRefused) {
  StartDesk();
  const std::string id = Prepared();
  EXPECT_EQ(Complete({Signature(0)}), Reason::kStreamProtocol);
  EXPECT_EQ(Complete({}), Reason::kStreamProtocol);
  EXPECT_EQ(Complete({v1::CompleteRequest()}), Reason::kStreamProtocol);
  EXPECT_EQ(Complete({Header(id), Header(id)}), Reason::kStreamProtocol);
  EXPECT_EQ(Complete({Header(id), Signature(0), Decline()}), Reason::kStreamProtocol);
  EXPECT_EQ(Complete({Header(id), Decline(), Signature(0)}), Reason::kStreamProtocol);
  EXPECT_EQ(Complete({Header(id), v1::CompleteRequest()}), Reason::kStreamProtocol);
  EXPECT_EQ(Complete({Header(id), Signature(0), Signature(0)}), Reason::kUsage);
  EXPECT_EQ(Complete({Header(id), Signature(-1)}), Reason::kUsage);
  EXPECT_EQ(Complete({Header(id), Signature(2)}), Reason::kUsage);
  EXPECT_EQ(Complete({Header(id), Signature(1)}), Reason::kUploadIncomplete);
  EXPECT_EQ(stand_in_.runs, 0);
  EXPECT_EQ(Complete(Whole(id)), std::nullopt);
}

TEST_F(DeskProtocol, ACompletionThatStandsStillIsEnded) {
  StartDesk("[limits]\nidle_timeout = \"50ms\"\n");
  const std::string id = Prepared();
  grpc::ClientContext context;
  v1::CompleteResponse response;
  const auto stream = stub_->Complete(&context, &response);
  stream->Write(Header(id));
  EXPECT_EQ(ReasonOf(client::FromGrpc(stream->Finish())), Reason::kUploadIncomplete);
}

TEST_F(DeskProtocol, OfTwoCompletionsAtOnceOneIsMade) {
  StartDesk();
  const std::string id = Prepared();
  stand_in_.hold = true;
  std::optional<Reason> first = Reason::kInternal;
  std::thread completing([&] { first = Complete(Whole(id)); });
  stand_in_.reached.Wait();
  EXPECT_EQ(Complete(Whole(id)), Reason::kIdempotencyInProgress);
  EXPECT_EQ(Complete({Header(id), Decline()}), Reason::kIdempotencyInProgress);
  stand_in_.released.Open();
  completing.join();
  EXPECT_EQ(first, std::nullopt);
  EXPECT_EQ(stand_in_.runs, 1);
  EXPECT_EQ(Complete(Whole(id)), Reason::kPreparationUsed);
}

TEST_F(DeskProtocol, AClientThatLeavesStopsTheWorkAndMayComeBack) {
  StartDesk();
  const std::string id = Prepared();
  stand_in_.until_unwanted = true;
  {
    grpc::ClientContext context;
    v1::CompleteResponse response;
    const auto stream = stub_->Complete(&context, &response);
    for (const auto& it : Whole(id)) stream->Write(it);
    stream->WritesDone();
    stand_in_.reached.Wait();
    context.TryCancel();
    stream->Finish();
  }
  stand_in_.until_unwanted = false;
  std::optional<Reason> again = Reason::kIdempotencyInProgress;
  while (again == Reason::kIdempotencyInProgress) again = Complete(Whole(id));
  EXPECT_EQ(again, std::nullopt);
}

TEST_F(DeskProtocol, AFailedCompletionLeavesThePreparation) {
  StartDesk();
  const std::string id = Prepared();
  stand_in_.failure = Error(Reason::kOutputCheckFailed);
  EXPECT_EQ(Complete(Whole(id)), Reason::kOutputCheckFailed);
  v1::GetResultRequest request;
  request.set_idempotency_key("key");
  EXPECT_EQ(Fetch(request).refusal, Reason::kResultUnknown);
  stand_in_.failure = OkStatus();
  EXPECT_EQ(Complete(Whole(id)), std::nullopt);
}

}  // namespace
}  // namespace sceau::server
