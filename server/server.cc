#include "server/server.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <thread>

#include "absl/time/clock.h"
#include "base/strings.h"
#include "server/complete_call.h"
#include "server/document_call.h"
#include "server/inspect_call.h"
#include "server/prepare_call.h"
#include "server/prepared_work.h"
#include "server/result_call.h"
#include "server/sign_call.h"
#include "server/verify_call.h"

namespace sceau::server {
namespace {

constexpr int kIoThreads = 2;

class Signing final : public v1::SigningService::CallbackService {
 public:
  explicit Signing(const Workshop& workshop) : workshop_(workshop) {}

  grpc::ServerBidiReactor<v1::InspectRequest, v1::InspectResponse>* Inspect(
      grpc::CallbackServerContext* context) override {
    return StartInspect(context, workshop_);
  }
  grpc::ServerBidiReactor<v1::SignRequest, v1::SignResponse>* Sign(
      grpc::CallbackServerContext* context) override {
    return StartSign(context, workshop_);
  }
  grpc::ServerBidiReactor<v1::PrepareRequest, v1::PrepareResponse>* Prepare(
      grpc::CallbackServerContext* context) override {
    return StartPrepare(context, workshop_);
  }
  grpc::ServerReadReactor<v1::CompleteRequest>* Complete(grpc::CallbackServerContext* context,
                                                         v1::CompleteResponse* response) override {
    return StartComplete(context, response, workshop_);
  }
  grpc::ServerWriteReactor<v1::GetResultResponse>* GetResult(
      grpc::CallbackServerContext* context, const v1::GetResultRequest* request) override {
    return StartGetResult(context, *request, workshop_);
  }

 private:
  const Workshop workshop_;
};

class Verification final : public v1::VerificationService::CallbackService {
 public:
  explicit Verification(const Workshop& workshop) : workshop_(workshop) {}

  grpc::ServerBidiReactor<v1::VerifyRequest, v1::VerifyResponse>* Verify(
      grpc::CallbackServerContext* context) override {
    return StartVerify(context, workshop_);
  }

 private:
  const Workshop workshop_;
};

int WorkersOf(const Config& config) {
  if (config.workers > 0) return config.workers;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

class GrpcServer final : public Server {
 public:
  GrpcServer(const Config& config, const Engine& engine, const Clock& clock,
             std::unique_ptr<PreparedWorks> prepared)
      : prepared_(std::move(prepared)),
        answers_({.entries = config.idempotency_entries,
                  .bytes = config.idempotency_bytes,
                  .expiry = config.idempotency_expiry},
                 &clock),
        calls_(config.max_requests, config.idle_timeout),
        work_(WorkersOf(config)),
        io_(kIoThreads),
        workshop_{&config, &engine, &clock, &calls_, &answers_, prepared_.get(), &io_, &work_},
        signing_(workshop_),
        verification_(workshop_) {}

  ~GrpcServer() override { Drain(absl::ZeroDuration()); }

  Status Listen(const std::string& address) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&signing_);
    builder.RegisterService(&verification_);
    // Two daemons never share a port.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return Error(Reason::kConfigInvalid, Concat("cannot listen on ", address),
                   {.element = "listen"});
    }
    SetVerificationHealth(false);
    SetSigningHealth(false);
    return OkStatus();
  }

  int port() const override { return port_; }

  void SetSigningHealth(bool serving) override {
    SetHealth(v1::SigningService::service_full_name(), serving);
  }

  void SetVerificationHealth(bool serving) override {
    SetHealth(v1::VerificationService::service_full_name(), serving);
  }

  void Tidy() override {
    answers_.DropExpired();
    if (prepared_ != nullptr) prepared_->DropExpired();
  }

  void Drain(absl::Duration limit) override {
    if (server_ == nullptr) return;
    calls_.Drain();
    if (auto* health = server_->GetHealthCheckService()) health->Shutdown();
    server_->Shutdown(absl::ToChronoTime(absl::Now() + limit));
    server_->Wait();
    server_.reset();
  }

 private:
  void SetHealth(const std::string& service, bool serving) {
    if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(service, serving);
  }

  // In the order of use: each outlives those below it.
  const std::unique_ptr<PreparedWorks> prepared_;
  IdempotencyTable answers_;
  ActiveCalls calls_;
  WorkerPool work_;
  WorkerPool io_;
  const Workshop workshop_;
  Signing signing_;
  Verification verification_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace

StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config, const Engine& engine,
                                                const Clock& clock) {
  std::unique_ptr<PreparedWorks> prepared;
  if (!config.desk_folder.empty()) {
    SCEAU_ASSIGN_OR_RETURN(
        prepared,
        PreparedWorks::Open(config.desk_folder,
                            {.entries = config.desk_entries, .bytes = config.desk_bytes}, clock));
  }
  auto server = std::make_unique<GrpcServer>(config, engine, clock, std::move(prepared));
  SCEAU_RETURN_IF_ERROR(server->Listen(config.listen));
  return StatusOr<std::unique_ptr<Server>>(std::move(server));
}

}  // namespace sceau::server
