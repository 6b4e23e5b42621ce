#include "tests/sceau/lying_daemon.h"

#include <utility>

#include "absl/time/clock.h"
#include "base/strings.h"
#include "server/convert.h"
#include "tests/support/require.h"

namespace sceau::test {
namespace {

constexpr const char* kRequest = "request";

grpc::Status Wire(const Status& status) { return server::ToGrpc(status, ""); }

}  // namespace

LyingDaemon::LyingDaemon() {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  Require(server_ != nullptr && port != 0, "listen");
  address_ = Concat("127.0.0.1:", port);
}

grpc::Status LyingDaemon::Prepare(
    grpc::ServerContext*,
    grpc::ServerReaderWriter<v1::PrepareResponse, v1::PrepareRequest>* stream) {
  v1::PrepareRequest request;
  v1::PrepareHeader header;
  document_.clear();
  while (stream->Read(&request)) {
    if (request.has_header()) header = request.header();
    document_ += request.chunk();
    if (request.has_end()) break;
  }
  ++prepared_;
  key_ = header.idempotency_key();
  if (document) document(document_);
  auto order = server::ToSignOrder(header);
  if (!order.ok()) return Wire(order.status());
  if (name) name(order->name);
  signer::SignatureParameters it{.profile = files_.Parameters(order->profile).profile,
                                 .selection = order->selection,
                                 .role = order->role,
                                 .city = order->city,
                                 .postal_code = order->postal_code,
                                 .country = order->country,
                                 .set_dematerialisee = order->set_dematerialisee,
                                 .signing_time = absl::Now(),
                                 .certificates = order->certificates};
  if (parameters) parameters(it);
  auto made = MakePrepared(*order, it);
  if (!made.ok()) return Wire(made.status());
  work_ = *std::move(made);
  const auto texts = signer::ToBeSigned::Of(*work_);
  if (!texts.ok()) return Wire(texts.status());
  std::vector<v1::PreparedTarget> asked;
  for (size_t i = 0; i < texts->size(); ++i) asked.push_back(server::ToWire(texts->At(i)));
  if (targets) targets(asked);

  v1::PrepareResponse response;
  v1::Preparation& told = *response.mutable_preparation();
  told.set_preparation_id("preparation");
  *told.mutable_expires() = server::ToTimestamp(it.signing_time + absl::Minutes(15));
  *told.mutable_signing_time() = server::ToTimestamp(it.signing_time);
  if (preparation) preparation(told);
  stream->Write(response);
  for (size_t i = 0; i < asked.size(); ++i) {
    asked[i].set_index(static_cast<int32_t>(i));
    *response.mutable_target() = asked[i];
    stream->Write(response);
  }
  response.mutable_end()->set_targets(static_cast<int64_t>(asked.size()));
  stream->Write(response);
  return grpc::Status::OK;
}

StatusOr<signer::Prepared> LyingDaemon::MakePrepared(const server::SignOrder& order,
                                                     const signer::SignatureParameters& it) {
  if (!order.detached) return signer::Prepare(files_.AsFile(document_), it);
  SCEAU_ASSIGN_OR_RETURN(
      auto task, signer::DetachedTask::Of(
                     std::make_shared<const InputFile>(files_.AsFile(document_)), order.name));
  detached_.emplace(std::move(task));
  return detached_->Prepare(it);
}

grpc::Status LyingDaemon::Complete(grpc::ServerContext*,
                                   grpc::ServerReader<v1::CompleteRequest>* reader,
                                   v1::CompleteResponse* response) {
  v1::CompleteRequest request;
  std::vector<std::string> values;
  while (reader->Read(&request)) {
    if (request.has_signature()) values.push_back(request.signature().value());
    if (request.has_decline()) declined_ = request.decline().reason();
  }
  response->set_request_id(kRequest);
  if (!declined_.empty()) return grpc::Status::OK;
  ++completed_;
  if (breaks-- > 0) return {grpc::StatusCode::UNAVAILABLE, "broken"};
  const Status made = Make(values);
  if (!made.ok()) return Wire(made);
  return loses_answer ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "lost") : grpc::Status::OK;
}

Status LyingDaemon::Make(const std::vector<std::string>& values) {
  SCEAU_ASSIGN_OR_RETURN(const signer::ToBeSigned texts, signer::ToBeSigned::Of(*work_));
  OutputFile output = OutputFile::Unnamed();
  const signer::SignFunction key = own_key ? own_key : texts.Made(values);
  const InputFile whole = files_.AsFile(document_);
  SCEAU_ASSIGN_OR_RETURN(
      const signer::Outcome outcome,
      signer::Complete(detached_ ? detached_->Document() : whole, *work_, key, {}, output));
  SCEAU_ASSIGN_OR_RETURN(const InputFile written, output.Reread());
  Result made;
  SCEAU_ASSIGN_OR_RETURN(made.document, written.Slice(0, static_cast<size_t>(written.size())));
  for (const auto& it : outcome.edits) made.edits.push_back(server::ToWire(it));
  for (const auto& it : outcome.elements) made.elements.push_back(server::ToWire(it));
  if (result) result(made);
  results_[kRequest] = results_[key_] = made;
  return OkStatus();
}

// Size and digest are those of what is sent: a lie that holds together.
grpc::Status LyingDaemon::GetResult(grpc::ServerContext*, const v1::GetResultRequest* request,
                                    grpc::ServerWriter<v1::GetResultResponse>* writer) {
  const auto found =
      results_.find(request->has_request_id() ? request->request_id() : request->idempotency_key());
  if (found == results_.end()) return Wire(Error(Reason::kResultUnknown));
  const Result& it = found->second;
  v1::GetResultResponse response;
  response.set_chunk(it.document);
  writer->Write(response);
  response.mutable_edits();
  for (const v1::Edit& edit : it.edits) *response.mutable_edits()->add_edits() = edit;
  writer->Write(response);
  response.mutable_elements();
  for (const auto& element : it.elements) *response.mutable_elements()->add_elements() = element;
  writer->Write(response);
  v1::ResultTrailer& trailer = *response.mutable_trailer();
  trailer.set_sha256(DigestOf(DigestAlgorithm::kSha256, it.document));
  trailer.set_size(static_cast<int64_t>(it.document.size()));
  trailer.set_edits(static_cast<int64_t>(it.edits.size()));
  trailer.set_elements(static_cast<int64_t>(it.elements.size()));
  writer->Write(response);
  return grpc::Status::OK;
}

}  // namespace sceau::test
