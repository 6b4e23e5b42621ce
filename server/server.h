// The gRPC server: listens, admits, hands each call to its reactor, drains.
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/status.h"
#include "server/config.h"
#include "server/engine.h"
#include "server/metrics.h"
#include "server/rights.h"

namespace sceau::server {

class Server {
 public:
  // Listens as `config` says, for the callers of `rights`; keeps results in `state_folder` (empty:
  // nothing is signed). `engine` and `clock` outlive the server.
  // Health starts with all services not serving.
  // Errors: kConfigInvalid when the address cannot be listened on; those of Results::Open and
  // PreparedWorks::Open.
  static StatusOr<std::unique_ptr<Server>> Start(const Config& config,
                                                 const std::string& state_folder,
                                                 std::shared_ptr<const Rights> rights,
                                                 const Engine& engine, const Clock& clock);
  virtual ~Server() = default;

  virtual int port() const = 0;
  // What the health service answers for sceau.v1.SigningService, sceau.v1.VerificationService.
  virtual void SetSigningHealth(bool serving) = 0;
  virtual void SetVerificationHealth(bool serving) = 0;
  // sceau.Configuration: whether the configuration in force is that of the file.
  virtual void SetConfigurationHealth(bool serving) = 0;
  // Calls that begin from now on see this configuration and these rights; what RestartKeys() names
  // stays.
  virtual void Apply(const Config& config, std::shared_ptr<const Rights> rights) = 0;
  virtual Metrics& metrics() = 0;
  // Documents that wait for a thread.
  virtual int64_t jobs_waiting() const = 0;
  // Whether it answers its own health service, through gRPC's threads, within `limit`.
  virtual bool Answers(absl::Duration limit) = 0;
  // Whether results can be kept. Error kStoreUnusable.
  virtual Status StoreState() = 0;
  // Frees what is over: to be called now and then.
  virtual void Tidy() = 0;
  // Takes no new calls, waits for those in progress, cancels them after `limit`.
  virtual void Drain(absl::Duration limit) = 0;
};

}  // namespace sceau::server
