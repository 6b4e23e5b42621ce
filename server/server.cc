#include "server/server.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "sceau/v1/signing.grpc.pb.h"
#include "sceau/v1/verification.grpc.pb.h"
#include "server/access.h"
#include "server/fronts.h"
#include "server/prepared_work.h"
#include "server/workshop.h"

namespace sceau::server {
namespace {

constexpr int kIoThreads = 2;

int WorkersOf(const Config& config) {
  if (config.workers > 0) return config.workers;
  // Each signing waits for the disk six times; those that wait together share what is waited for.
  return 4 * std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// What outlives the daemon; null where no folder is configured for it.
struct Stores {
  std::unique_ptr<Results> results;
  std::unique_ptr<PreparedWorks> prepared;
  std::unique_ptr<Access> access;
};

StatusOr<Stores> OpenStores(const Config& config, const std::string& state_folder,
                            const Engine& engine, const Clock& clock) {
  Stores stores;
  if (!state_folder.empty()) {
    SCEAU_ASSIGN_OR_RETURN(stores.results, Results::Open(state_folder,
                                                         {.entries = config.idempotency_entries,
                                                          .bytes = config.idempotency_bytes,
                                                          .expiry = config.idempotency_expiry},
                                                         clock, engine.record_end));
    SCEAU_ASSIGN_OR_RETURN(stores.access, Access::Open(state_folder, clock, engine.record_access));
    stores.access->Configure(config.managers);
  }
  if (!config.desk_folder.empty()) {
    SCEAU_ASSIGN_OR_RETURN(
        stores.prepared,
        PreparedWorks::Open(config.desk_folder,
                            {.entries = config.desk_entries, .bytes = config.desk_bytes}, clock));
  }
  return stores;
}

class GrpcServer final : public Server {
 public:
  GrpcServer(const Config& config, std::shared_ptr<const Rights> rights, const Engine& engine,
             const Clock& clock, Stores stores)
      : stores_(std::move(stores)),
        calls_(config.max_requests, config.idle_timeout),
        work_(WorkersOf(config)),
        io_(kIoThreads),
        workshop_{std::make_shared<const Config>(config),
                  &engine,
                  &clock,
                  &calls_,
                  stores_.results.get(),
                  stores_.prepared.get(),
                  stores_.access.get(),
                  &io_,
                  &work_,
                  &metrics_},
        rights_(std::move(rights)),
        fronts_([this](const grpc::AuthContext& caller, const Door& door) {
          return WorkshopFor(IdentityOf(caller, door));
        }) {}

  ~GrpcServer() override { Drain(absl::ZeroDuration()); }

  Status Listen(const Config& config) {
    SCEAU_RETURN_IF_ERROR(fronts_.Open(config));
    SetVerificationHealth(false);
    SetSigningHealth(false);
    SetConfigurationHealth(true);
    return OkStatus();
  }

  int port() const override { return fronts_.port(); }

  void SetSigningHealth(bool serving) override {
    fronts_.SetHealth(v1::SigningService::service_full_name(), serving);
  }

  void SetVerificationHealth(bool serving) override {
    fronts_.SetHealth(v1::VerificationService::service_full_name(), serving);
  }

  void SetConfigurationHealth(bool serving) override {
    fronts_.SetHealth("sceau.Configuration", serving);
  }

  void Apply(const Config& config, std::shared_ptr<const Rights> rights) override {
    calls_.SetLimits(config.max_requests, config.idle_timeout);
    if (stores_.access != nullptr) stores_.access->Configure(config.managers);
    auto next = std::make_shared<const Config>(config);
    const std::lock_guard lock(mutex_);
    workshop_.config = std::move(next);
    rights_ = std::move(rights);
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
    const auto channel = fronts_.Channel();
    if (channel == nullptr) return false;
    grpc::GenericStub stub(channel);
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

  Status StoreState() override {
    return stores_.results == nullptr ? OkStatus() : stores_.results->Tend();
  }

  void Tidy() override {
    if (stores_.results != nullptr) stores_.results->DropExpired();
    if (stores_.prepared != nullptr) stores_.prepared->DropExpired();
    if (stores_.access != nullptr) stores_.access->Tend();
  }

  void Drain(absl::Duration limit) override {
    if (std::exchange(drained_, true)) return;
    calls_.Drain();
    fronts_.Shutdown(absl::Now() + limit);
  }

 private:
  Workshop WorkshopFor(const Identity& identity) {
    Workshop workshop;
    std::shared_ptr<const Rights> rights;
    {
      const std::lock_guard lock(mutex_);
      workshop = workshop_;
      rights = rights_;
    }
    auto caller = rights->Find(identity, workshop.clock->Now());
    if (caller.ok()) {
      workshop.caller = WithClosed(*std::move(caller));
    } else {
      workshop.stranger = caller.status();
    }
    return workshop;
  }

  // With what the managers have closed to him.
  CallerPtr WithClosed(CallerPtr caller) const {
    if (stores_.access == nullptr) return caller;
    std::vector<std::string> closed = stores_.access->ClosedTo(caller->name);
    if (closed.empty()) return caller;
    auto own = std::make_shared<Caller>(*caller);
    own->closed = std::move(closed);
    return own;
  }

  // In the order of use: each outlives those below it.
  Metrics metrics_;
  const Stores stores_;
  ActiveCalls calls_;
  WorkerPool work_;
  WorkerPool io_;
  std::mutex mutex_;
  Workshop workshop_;                     // guarded by the mutex
  std::shared_ptr<const Rights> rights_;  // so is this
  Fronts fronts_;
  bool drained_ = false;
};

}  // namespace

StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config,
                                                const std::string& state_folder,
                                                std::shared_ptr<const Rights> rights,
                                                const Engine& engine, const Clock& clock) {
  SCEAU_ASSIGN_OR_RETURN(Stores stores, OpenStores(config, state_folder, engine, clock));
  auto server =
      std::make_unique<GrpcServer>(config, std::move(rights), engine, clock, std::move(stores));
  SCEAU_RETURN_IF_ERROR(server->Listen(config));
  return StatusOr<std::unique_ptr<Server>>(std::move(server));
}

}  // namespace sceau::server
