#include "tools/client/client.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "base/bytes.h"
#include "base/digest.h"
#include "sceau/v1/signing.grpc.pb.h"
#include "sceau/v1/verification.grpc.pb.h"
#include "tools/client/channel.h"
#include "tools/client/convert.h"
#include "tools/client/exchange.h"
#include "tools/client/inspection_reader.h"
#include "tools/client/report_reader.h"

namespace sceau::client {
namespace {

// Receives a signed document and holds it against the trailer.
class ResultReceiver {
 public:
  explicit ResultReceiver(OutputFile& output) : output_(output) {}

  // Of v1::SignResponse or v1::GetResultResponse what they have in common.
  template <typename Response>
  Status Take(const Response& response) {
    if (complete_) return Incomplete("message after the trailer");
    switch (response.message_case()) {
      case Response::kChunk:
        digest_.Update(response.chunk());
        answer_.size += static_cast<int64_t>(response.chunk().size());
        return output_.Append(response.chunk());
      case Response::kEdits:
        for (const v1::Edit& edit : response.edits().edits()) {
          answer_.edits.push_back(FromWire(edit));
        }
        return OkStatus();
      case Response::kElements:
        for (const v1::SignedElement& element : response.elements().elements()) {
          answer_.elements.push_back(FromWire(element));
        }
        return OkStatus();
      case Response::kTrailer:
        return TakeTrailer(response.trailer());
      default:
        return OkStatus();  // of a later server
    }
  }

  StatusOr<SignAnswer> Finish() {
    if (!complete_) return Incomplete("no trailer");
    return std::move(answer_);
  }

 protected:
  SignAnswer answer_;

 private:
  Status TakeTrailer(const v1::ResultTrailer& trailer) {
    const std::string sha256 = digest_.Finish();
    if (trailer.size() != answer_.size) return Incomplete("size");
    if (trailer.sha256() != sha256) return Incomplete("sha256");
    if (trailer.edits() != static_cast<int64_t>(answer_.edits.size())) return Incomplete("edits");
    if (trailer.elements() != static_cast<int64_t>(answer_.elements.size())) {
      return Incomplete("elements");
    }
    answer_.sha256 = ToHex(sha256);
    answer_.audit_id = trailer.audit_id();
    complete_ = true;
    return OkStatus();
  }

  OutputFile& output_;
  Digest digest_{DigestAlgorithm::kSha256};
  bool complete_ = false;
};

class SignReceiver : public ResultReceiver {
 public:
  SignReceiver(const Progress& progress, OutputFile& output)
      : ResultReceiver(output), progress_(progress) {}

  Status Take(const v1::SignResponse& response) {
    if (response.has_accepted()) {
      answer_.request_id = response.accepted().request_id();
      answer_.replayed = response.accepted().replayed();
    }
    if (response.has_progress() && progress_) {
      progress_(response.progress().of(), static_cast<size_t>(response.progress().done()),
                static_cast<size_t>(response.progress().total()));
    }
    return ResultReceiver::Take(response);
  }

 private:
  const Progress& progress_;
};

class PrepareReceiver {
 public:
  Status Take(const v1::PrepareResponse& response) {
    using M = v1::PrepareResponse;
    if (ended_) return Incomplete("message after the end");
    switch (response.message_case()) {
      case M::kPreparation:
        preparation_.id = response.preparation().preparation_id();
        preparation_.expires = FromWire(response.preparation().expires());
        preparation_.signing_time = FromWire(response.preparation().signing_time());
        return OkStatus();
      case M::kTarget:
        if (response.target().index() != static_cast<int64_t>(preparation_.targets.size())) {
          return Incomplete("index");
        }
        // A service that never ends must not fill this machine's memory.
        size_ += response.ByteSizeLong();
        if (size_ > kMaxPreparation) return Incomplete("targets");
        preparation_.targets.push_back(FromWire(response.target()));
        return OkStatus();
      case M::kEnd:
        ended_ = true;
        if (response.end().targets() != static_cast<int64_t>(preparation_.targets.size())) {
          return Incomplete("targets");
        }
        return OkStatus();
      case M::MESSAGE_NOT_SET:
        break;  // of a later server
    }
    return OkStatus();
  }

  StatusOr<Preparation> Finish() {
    if (!ended_ || preparation_.id.empty()) return Incomplete("preparation");
    return std::move(preparation_);
  }

 private:
  static constexpr size_t kMaxPreparation = 64 << 20;  // bytes; some 20 000 targets

  Preparation preparation_;
  size_t size_ = 0;
  bool ended_ = false;
};

class GrpcClient final : public Client {
 public:
  explicit GrpcClient(const Options& options)
      : options_(options),
        channel_(NewChannel(options)),
        signing_(v1::SigningService::NewStub(channel_)),
        verification_(v1::VerificationService::NewStub(channel_)) {}

  StatusOr<schemas::Inspection> Inspect(const InputFile& document) override {
    v1::InspectRequest header;
    SCEAU_ASSIGN_OR_RETURN(*header.mutable_header(), HeaderOf(document));
    grpc::ClientContext context;
    SetDeadline(options_, context);
    const auto stream = signing_->Inspect(&context);
    InspectionReader receiver;
    return Exchange<schemas::Inspection, v1::InspectResponse>(context, {&document}, header, *stream,
                                                              receiver);
  }

  StatusOr<SignAnswer> Sign(const InputFile& document, const SignOrder& order,
                            const Progress& progress, OutputFile& output) override {
    v1::SignRequest header;
    *header.mutable_header() = ToSignHeader(order);
    SCEAU_ASSIGN_OR_RETURN(*header.mutable_header()->mutable_document(), HeaderOf(document));
    std::vector<const InputFile*> files = {&document};
    if (order.content.file != nullptr) {
      SCEAU_ASSIGN_OR_RETURN(*header.mutable_header()->mutable_content(), HeaderOf(order.content));
      files.push_back(order.content.file);
    }
    grpc::ClientContext context;
    SetDeadline(options_, context);
    const auto stream = signing_->Sign(&context);
    SignReceiver receiver(progress, output);
    return Exchange<SignAnswer, v1::SignResponse>(context, files, header, *stream, receiver);
  }

  StatusOr<Preparation> Prepare(const InputFile& document, const SignOrder& order) override {
    v1::PrepareRequest header;
    *header.mutable_header() = ToPrepareHeader(order);
    SCEAU_ASSIGN_OR_RETURN(*header.mutable_header()->mutable_document(), HeaderOf(document));
    grpc::ClientContext context;
    SetDeadline(options_, context);
    const auto stream = signing_->Prepare(&context);
    PrepareReceiver receiver;
    return Exchange<Preparation, v1::PrepareResponse>(context, {&document}, header, *stream,
                                                      receiver);
  }

  StatusOr<std::string> Complete(const std::string& preparation_id,
                                 const std::vector<std::string>& values) override {
    std::vector<v1::CompleteRequest> messages(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      messages[i].mutable_signature()->set_index(static_cast<int32_t>(i));
      messages[i].mutable_signature()->set_value(values[i]);
    }
    return SendComplete(preparation_id, messages);
  }

  Status Decline(const std::string& preparation_id, const std::string& reason) override {
    v1::CompleteRequest decline;
    decline.mutable_decline()->set_reason(reason);
    return SendComplete(preparation_id, {decline}).status();
  }

  StatusOr<SignAnswer> GetResult(const ResultName& name, OutputFile& output) override {
    v1::GetResultRequest request;
    if (name.request_id.empty()) {
      request.set_idempotency_key(name.idempotency_key);
    } else {
      request.set_request_id(name.request_id);
    }
    grpc::ClientContext context;
    SetDeadline(options_, context);
    const auto stream = signing_->GetResult(&context, request);
    ResultReceiver receiver(output);
    return Receive<SignAnswer, v1::GetResultResponse>(context, OkStatus(), *stream, receiver);
  }

  StatusOr<verifier::FileReport> Verify(const InputFile& document, const std::string& name,
                                        std::optional<absl::Time> validation_time,
                                        const std::vector<Content>& contents) override {
    v1::VerifyRequest header;
    SCEAU_ASSIGN_OR_RETURN(*header.mutable_header()->mutable_document(), HeaderOf(document));
    if (validation_time) {
      *header.mutable_header()->mutable_validation_time() = ToTimestamp(*validation_time);
    }
    std::vector<const InputFile*> files = {&document};
    for (const Content& it : contents) {
      SCEAU_ASSIGN_OR_RETURN(*header.mutable_header()->add_contents(), HeaderOf(it));
      files.push_back(it.file);
    }
    grpc::ClientContext context;
    SetDeadline(options_, context);
    const auto stream = verification_->Verify(&context);
    ReportReader receiver(name);
    return Exchange<verifier::FileReport, v1::VerifyResponse>(context, files, header, *stream,
                                                              receiver);
  }

 private:
  StatusOr<std::string> SendComplete(const std::string& preparation_id,
                                     const std::vector<v1::CompleteRequest>& messages) {
    grpc::ClientContext context;
    SetDeadline(options_, context);
    v1::CompleteResponse response;
    const auto stream = signing_->Complete(&context, &response);
    v1::CompleteRequest header;
    header.mutable_header()->set_preparation_id(preparation_id);
    // When a write fails the server has ended the call: its status says why.
    bool open = stream->Write(header);
    for (size_t i = 0; open && i < messages.size(); ++i) open = stream->Write(messages[i]);
    stream->WritesDone();
    SCEAU_RETURN_IF_ERROR(FromGrpc(stream->Finish()));
    return response.request_id();
  }

  const Options options_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::SigningService::Stub> signing_;
  const std::unique_ptr<v1::VerificationService::Stub> verification_;
};

}  // namespace

std::unique_ptr<Client> Client::Create(const Options& options) {
  return std::make_unique<GrpcClient>(options);
}

}  // namespace sceau::client
