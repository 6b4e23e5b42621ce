// sceaud running: the appliance and its server, looked after until a signal ends it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/status.h"
#include "server/appliance.h"
#include "server/config.h"
#include "server/readiness.h"
#include "server/server.h"

namespace sceau::server {

class Daemon {
 public:
  // SIGTERM, SIGINT and SIGHUP are taken by Run only: to be called before any thread begins.
  static void BlockSignals();

  // Opens everything, listens, looks at each part once. `config_path` is what SIGHUP reads again;
  // `clock` outlives it. Errors: those of Appliance::Open and Server::Start; kOutputUnwritable of
  // the work folder.
  static StatusOr<std::unique_ptr<Daemon>> Start(const std::string& config_path,
                                                 const Config& config, const Clock& clock);
  ~Daemon();

  int port() const { return server_->port(); }

  // Until SIGTERM or SIGINT, then drains. SIGHUP: Reload.
  void Run();

  // Reads the configuration anew, whole or not at all: what is wrong leaves the old one in force,
  // with an error in the log, a count and sceau.Configuration not serving. Tells the supervisor.
  void Reload();

 private:
  Daemon(std::string config_path, const Clock& clock)
      : config_path_(std::move(config_path)), clock_(clock) {}

  Status ServeMetrics(const Config& config);
  void LookAround();          // one round: readiness, and what follows from it
  void LookAroundUntilEnd();  // in a thread of its own: a token that hangs holds up nothing else
  Readiness Latest() const;

  const std::string config_path_;
  const Clock& clock_;
  std::unique_ptr<Appliance> appliance_;
  Engine engine_;
  std::unique_ptr<Server> server_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  Status last_reload_;
  Readiness readiness_;
  std::string told_;  // the faults in the log last
  std::thread rounds_;
};

}  // namespace sceau::server
