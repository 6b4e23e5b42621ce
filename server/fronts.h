// All ways into the service: the port, and the Unix socket with a gRPC server for each user that
// comes by it, so that a call's user is that of its server and cannot be taken for another's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "base/status.h"
#include "server/config.h"
#include "server/front.h"
#include "server/identity.h"
#include "server/unix_door.h"

namespace sceau::server {

class Fronts {
 public:
  // What a call by this door works with.
  using NewWorkshop = std::function<Workshop(const grpc::AuthContext&, const Door&)>;

  explicit Fronts(NewWorkshop workshop) : workshop_(std::move(workshop)) {}

  // Errors: kConfigInvalid (element: the key).
  Status Open(const Config& config);

  int port() const;  // 0: none
  void SetHealth(const std::string& service, bool serving);
  // A channel within the process.
  std::shared_ptr<grpc::Channel> Channel();
  void Shutdown(absl::Time deadline);

 private:
  Status OpenPort(const Config& config);
  StatusOr<Front*> FrontOf(uid_t user);
  StatusOr<std::unique_ptr<Front>> NewFront(
      const std::string& address, const std::shared_ptr<grpc::ServerCredentials>& credentials,
      const Door& door);

  const NewWorkshop workshop_;
  std::mutex mutex_;
  std::map<std::string, bool> health_;
  std::unique_ptr<Front> port_;
  std::map<uid_t, std::unique_ptr<Front>> users_;
  std::unique_ptr<UnixDoor> door_;  // ends before the fronts it gives connections to
};

}  // namespace sceau::server
