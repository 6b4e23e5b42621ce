#include "server/front.h"

#include <fcntl.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_posix.h>
#include <grpcpp/support/server_interceptor.h>

#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "server/access_call.h"
#include "server/complete_call.h"
#include "server/delegation_call.h"
#include "server/inspect_call.h"
#include "server/prepare_call.h"
#include "server/result_call.h"
#include "server/sign_call.h"
#include "server/verify_call.h"

namespace sceau::server {
namespace {

class Signing final : public v1::SigningService::CallbackService {
 public:
  explicit Signing(const Front::NewWorkshop& workshop) : workshop_(workshop) {}

  grpc::ServerBidiReactor<v1::InspectRequest, v1::InspectResponse>* Inspect(
      grpc::CallbackServerContext* context) override {
    return StartInspect(context, workshop_(*context->auth_context()));
  }
  grpc::ServerBidiReactor<v1::SignRequest, v1::SignResponse>* Sign(
      grpc::CallbackServerContext* context) override {
    return StartSign(context, workshop_(*context->auth_context()));
  }
  grpc::ServerBidiReactor<v1::PrepareRequest, v1::PrepareResponse>* Prepare(
      grpc::CallbackServerContext* context) override {
    return StartPrepare(context, workshop_(*context->auth_context()));
  }
  grpc::ServerReadReactor<v1::CompleteRequest>* Complete(grpc::CallbackServerContext* context,
                                                         v1::CompleteResponse* response) override {
    return StartComplete(context, response, workshop_(*context->auth_context()));
  }
  grpc::ServerWriteReactor<v1::GetResultResponse>* GetResult(
      grpc::CallbackServerContext* context, const v1::GetResultRequest* request) override {
    return StartGetResult(context, *request, workshop_(*context->auth_context()));
  }

 private:
  const Front::NewWorkshop& workshop_;
};

class Verification final : public v1::VerificationService::CallbackService {
 public:
  explicit Verification(const Front::NewWorkshop& workshop) : workshop_(workshop) {}

  grpc::ServerBidiReactor<v1::VerifyRequest, v1::VerifyResponse>* Verify(
      grpc::CallbackServerContext* context) override {
    return StartVerify(context, workshop_(*context->auth_context()));
  }

 private:
  const Front::NewWorkshop& workshop_;
};

// gRPC's own health service asks nobody who he is: this ends the calls of strangers.
class HealthGuard final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit HealthGuard(const Front::NewWorkshop& workshop) : workshop_(workshop) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* call) override {
    constexpr std::string_view kHealth = "/grpc.health.v1.Health/";
    if (!std::string_view(call->method()).starts_with(kHealth)) return nullptr;
    return new Guard(workshop_, call);
  }

 private:
  class Guard final : public grpc::experimental::Interceptor {
   public:
    Guard(const Front::NewWorkshop& workshop, grpc::experimental::ServerRpcInfo* call)
        : workshop_(workshop), call_(call) {}

    void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
      using Point = grpc::experimental::InterceptionHookPoints;
      if (methods->QueryInterceptionHookPoint(Point::POST_RECV_INITIAL_METADATA) &&
          workshop_(*call_->server_context()->auth_context()).caller == nullptr) {
        call_->server_context()->TryCancel();
      }
      methods->Proceed();
    }

   private:
    const Front::NewWorkshop& workshop_;
    grpc::experimental::ServerRpcInfo* const call_;
  };

  const Front::NewWorkshop& workshop_;
};

class GrpcFront final : public Front {
 public:
  explicit GrpcFront(NewWorkshop workshop) : workshop_(std::move(workshop)) {}

  Status Listen(const std::string& address,
                const std::shared_ptr<grpc::ServerCredentials>& credentials) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    if (!address.empty()) builder.AddListeningPort(address, credentials, &port_);
    builder.RegisterService(&signing_);
    builder.RegisterService(&verification_);
    builder.RegisterService(&access_);
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> guards;
    guards.push_back(std::make_unique<HealthGuard>(workshop_));
    builder.experimental().SetInterceptorCreators(std::move(guards));
    builder.RegisterService(&delegations_);
    // Two daemons never share a port.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || (port_ == 0 && !address.empty())) {
      return Error(Reason::kConfigInvalid, Concat("cannot listen on ", address),
                   {.element = "listen"});
    }
    return OkStatus();
  }

  int port() const override { return port_; }

  void Take(FileDescriptor connection) override {
    // gRPC closes the descriptor that it is given.
    const int own = ::fcntl(connection.get(), F_DUPFD_CLOEXEC, 0);
    if (own >= 0) grpc::AddInsecureChannelFromFd(server_.get(), own);
  }

  void SetHealth(const std::string& service, bool serving) override {
    if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(service, serving);
  }

  std::shared_ptr<grpc::Channel> Channel() override { return server_->InProcessChannel({}); }

  void Shutdown(absl::Time deadline) override {
    if (auto* health = server_->GetHealthCheckService()) health->Shutdown();
    server_->Shutdown(absl::ToChronoTime(deadline));
    server_->Wait();
  }

 private:
  const NewWorkshop workshop_;
  Signing signing_{workshop_};
  Verification verification_{workshop_};
  AccessCalls access_{workshop_};
  DelegationCalls delegations_{workshop_};
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace

StatusOr<std::unique_ptr<Front>> Front::Start(
    const std::string& address, const std::shared_ptr<grpc::ServerCredentials>& credentials,
    NewWorkshop workshop) {
  auto front = std::make_unique<GrpcFront>(std::move(workshop));
  SCEAU_RETURN_IF_ERROR(front->Listen(address, credentials));
  return StatusOr<std::unique_ptr<Front>>(std::move(front));
}

}  // namespace sceau::server
