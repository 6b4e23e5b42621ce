// One gRPC server with the services, for all that comes in by one door.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "base/file.h"
#include "base/status.h"
#include "server/workshop.h"

namespace sceau::server {

class Front {
 public:
  // What a call of this caller that begins now works with.
  using NewWorkshop = std::function<Workshop(const grpc::AuthContext&)>;

  // Listens on `address` with these credentials; without one, connections are given by Take. Health
  // starts with nothing serving; whoever is no caller gets CANCELLED from it.
  // Error kConfigInvalid (element "listen").
  static StatusOr<std::unique_ptr<Front>> Start(
      const std::string& address, const std::shared_ptr<grpc::ServerCredentials>& credentials,
      NewWorkshop workshop);
  virtual ~Front() = default;

  virtual int port() const = 0;
  // A connection that was accepted elsewhere and does not block.
  virtual void Take(FileDescriptor connection) = 0;
  virtual void SetHealth(const std::string& service, bool serving) = 0;
  // A channel within the process.
  virtual std::shared_ptr<grpc::Channel> Channel() = 0;
  // Takes no new calls, waits for those in progress until then, cancels what is left.
  virtual void Shutdown(absl::Time deadline) = 0;
};

}  // namespace sceau::server
