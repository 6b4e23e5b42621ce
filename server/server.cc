#include "server/server.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

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

// What a call that begins now works with.
using NewWorkshop = std::function<Workshop()>;

class Signing final : public v1::SigningService::CallbackService {
 public:
  explicit Signing(NewWorkshop workshop) : workshop_(std::move(workshop)) {}

  grpc::ServerBidiReactor<v1::InspectRequest, v1::InspectResponse>* Inspect(
      grpc::CallbackServerContext* context) override {
    return StartInspect(context, workshop_());
  }
  grpc::ServerBidiReactor<v1::SignRequest, v1::SignResponse>* Sign(
      grpc::CallbackServerContext* context) override {
    return StartSign(context, workshop_());
  }
  grpc::ServerBidiReactor<v1::PrepareRequest, v1::PrepareResponse>* Prepare(
      grpc::CallbackServerContext* context) override {
    return StartPrepare(context, workshop_());
  }
  grpc::ServerReadReactor<v1::CompleteRequest>* Complete(grpc::CallbackServerContext* context,
                                                         v1::CompleteResponse* response) override {
    return StartComplete(context, response, workshop_());
  }
  grpc::ServerWriteReactor<v1::GetResultResponse>* GetResult(
      grpc::CallbackServerContext* context, const v1::GetResultRequest* request) override {
    return StartGetResult(context, *request, workshop_());
  }

 private:
  const NewWorkshop workshop_;
};

class Verification final : public v1::VerificationService::CallbackService {
 public:
  explicit Verification(NewWorkshop workshop) : workshop_(std::move(workshop)) {}

  grpc::ServerBidiReactor<v1::VerifyRequest, v1::VerifyResponse>* Verify(
      grpc::CallbackServerContext* context) override {
    return StartVerify(context, workshop_());
  }

 private:
  const NewWorkshop workshop_;
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
        workshop_{std::make_shared<const Config>(config),
                  &engine,
                  &clock,
                  &calls_,
                  &answers_,
                  prepared_.get(),
                  &io_,
                  &work_,
                  &metrics_},
        signing_([this] { return NewWorkshopNow(); }),
        verification_([this] { return NewWorkshopNow(); }) {}

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
    SetConfigurationHealth(true);
    return OkStatus();
  }

  int port() const override { return port_; }

  void SetSigningHealth(bool serving) override {
    SetHealth(v1::SigningService::service_full_name(), serving);
  }

  void SetVerificationHealth(bool serving) override {
    SetHealth(v1::VerificationService::service_full_name(), serving);
  }

  void SetConfigurationHealth(bool serving) override { SetHealth("sceau.Configuration", serving); }

  void Apply(const Config& config) override {
    calls_.SetLimits(config.max_requests, config.idle_timeout);
    auto next = std::make_shared<const Config>(config);
    const std::lock_guard lock(mutex_);
    workshop_.config = std::move(next);
  }

  Metrics& metrics() override { return metrics_; }

  int64_t jobs_waiting() const override { return static_cast<int64_t>(work_.waiting()); }

  bool Answers(absl::Duration limit) override {
    const absl::Time deadline = absl::Now() + limit;
    auto ran = std::make_shared<std::promise<void>>();
    std::future<void> done = ran->get_future();
    io_.Post([ran] { ran->set_value(); });
    if (done.wait_until(absl::ToChronoTime(deadline)) != std::future_status::ready) return false;
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    grpc::GenericStub stub(server_->InProcessChannel({}));
    grpc::CompletionQueue queue;
    grpc::ByteBuffer answer;
    grpc::Status status;
    const grpc::Slice nothing;  // HealthCheckRequest of the whole server
    const auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check",
                                            grpc::ByteBuffer(&nothing, 1), &queue);
    call->StartCall();
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool came = false;
    queue.Next(&tag, &came);
    return status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED &&
           status.error_code() != grpc::StatusCode::UNAVAILABLE;
  }

  void Tidy() override {
    answers_.DropExpired();
    if (prepared_ != nullptr) prepared_->DropExpired();
  }

  void Drain(absl::Duration limit) override {
    if (server_ == nullptr || std::exchange(drained_, true)) return;
    calls_.Drain();
    if (auto* health = server_->GetHealthCheckService()) health->Shutdown();
    server_->Shutdown(absl::ToChronoTime(absl::Now() + limit));
    server_->Wait();
  }

 private:
  void SetHealth(const std::string& service, bool serving) {
    if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(service, serving);
  }

  Workshop NewWorkshopNow() {
    const std::lock_guard lock(mutex_);
    return workshop_;
  }

  // In the order of use: each outlives those below it.
  Metrics metrics_;
  const std::unique_ptr<PreparedWorks> prepared_;
  IdempotencyTable answers_;
  ActiveCalls calls_;
  WorkerPool work_;
  WorkerPool io_;
  std::mutex mutex_;
  Workshop workshop_;  // guarded by the mutex
  Signing signing_;
  Verification verification_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  bool drained_ = false;
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
