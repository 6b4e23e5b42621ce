// The gRPC server: listens, admits, hands each call to its reactor, drains.
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/status.h"
#include "server/config.h"
#include "server/engine.h"

namespace sceau::server {

class Server {
 public:
  // Listens on config.listen. `config`, `engine` and `clock` outlive the server. Health starts
  // with both services not serving.
  // Errors: kConfigInvalid when the address cannot be listened on, kStoreUnusable.
  static StatusOr<std::unique_ptr<Server>> Start(const Config& config, const Engine& engine,
                                                 const Clock& clock);
  virtual ~Server() = default;

  virtual int port() const = 0;
  // What the health service answers for sceau.v1.SigningService, sceau.v1.VerificationService.
  virtual void SetSigningHealth(bool serving) = 0;
  virtual void SetVerificationHealth(bool serving) = 0;
  // Frees what is over: to be called now and then.
  virtual void Tidy() = 0;
  // Takes no new calls, waits for those in progress, cancels them after `limit`.
  virtual void Drain(absl::Duration limit) = 0;
};

}  // namespace sceau::server
