#include "server/daemon.h"

#include <signal.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "base/file.h"
#include "base/strings.h"
#include "server/figures.h"
#include "server/log.h"
#include "server/supervisor.h"

namespace sceau::server {
namespace {

// Also how soon a token that came is seen.
constexpr absl::Duration kRoundPeriod = absl::Seconds(2);
// Within this time a daemon that works answers its own question.
constexpr absl::Duration kAnswerTime = absl::Seconds(5);

sigset_t TakenSignals() {
  sigset_t taken;
  ::sigemptyset(&taken);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&taken, signal);
  return taken;
}

// A module that hangs must not keep the daemon for ever.
void LeaveAfter(absl::Duration limit) {
  std::thread([limit] {
    absl::SleepFor(limit);
    Log(LogLevel::kError, "drain", {{"outcome", "a request did not end; leaving"}});
    std::_Exit(0);
  }).detach();
}

std::string Word(bool ready) { return ready ? "ready" : "degraded"; }

std::string StatusLine(const Readiness& readiness) {
  const std::string faults = readiness.Faults();
  return Concat("signing ", Word(readiness.CanSign()), ", verification ",
                Word(readiness.CanVerify()), faults.empty() ? "" : ": ", faults);
}

}  // namespace

void Daemon::BlockSignals() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of one write
  const sigset_t taken = TakenSignals();
  ::pthread_sigmask(SIG_BLOCK, &taken, nullptr);
}

StatusOr<std::unique_ptr<Daemon>> Daemon::Start(const std::string& config_path,
                                                const Config& config, const Clock& clock) {
  std::unique_ptr<Daemon> daemon(new Daemon(config_path, clock));
  SCEAU_ASSIGN_OR_RETURN(daemon->appliance_, Appliance::Open(config, clock));
  // The folder must know files without a name: better told now than at the first request.
  SCEAU_RETURN_IF_ERROR(OutputFile::CheckFolder(config.work_folder));
  daemon->engine_ = daemon->appliance_->engine();
  SCEAU_ASSIGN_OR_RETURN(daemon->server_, Server::Start(config, daemon->appliance_->state_folder(),
                                                        daemon->appliance_->Current()->rights,
                                                        daemon->engine_, clock));
  SCEAU_RETURN_IF_ERROR(daemon->ServeMetrics(config));
  if (!config.certificates_asked) Log(LogLevel::kWarning, "identity", {{"certificates", "no"}});
  if (!config.competence_enforced) Log(LogLevel::kWarning, "competence", {{"enforced", "no"}});
  daemon->LookAround();
  const Readiness readiness = daemon->Latest();
  Log(readiness.CanSign() ? LogLevel::kInfo : LogLevel::kWarning, "started",
      {{"port", Concat(daemon->port())},
       {"keys", Concat(config.keys.size())},
       {"signing", Word(readiness.CanSign())},
       {"verification", Word(readiness.CanVerify())}});
  daemon->rounds_ = std::thread([it = daemon.get()] { it->LookAroundUntilEnd(); });
  return daemon;
}

Daemon::~Daemon() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_all();
  if (rounds_.joinable()) rounds_.join();
  // It shows what goes before it does.
  if (server_ != nullptr) server_->metrics().StopListening();
}

Status Daemon::ServeMetrics(const Config& config) {
  if (config.metrics_listen.empty()) return OkStatus();
  SCEAU_ASSIGN_OR_RETURN(
      const int port, server_->metrics().Listen(config.metrics_listen, clock_, [this] {
        return FiguresOf(*appliance_->Current(), Latest(), server_->jobs_waiting());
      }));
  Log(LogLevel::kInfo, "metrics", {{"port", Concat(port)}});
  return OkStatus();
}

Readiness Daemon::Latest() const {
  const std::lock_guard lock(mutex_);
  return readiness_;
}

void Daemon::LookAround() {
  Status reloaded;
  {
    const std::lock_guard lock(mutex_);
    reloaded = last_reload_;
  }
  const std::shared_ptr<const Setup> setup = appliance_->Current();
  const Status store = server_->StoreState();
  Readiness seen = LookAtEachPart({.setup = *setup,
                                   .clock_watch = appliance_->clock_watch(),
                                   .journal = appliance_->journal(),
                                   .stamper = appliance_->stamper(),
                                   .store = store,
                                   .now = clock_.Now(),
                                   .last_reload = reloaded});
  server_->SetSigningHealth(seen.CanSign());
  server_->SetVerificationHealth(seen.CanVerify());
  const std::string faults = seen.Faults();
  const std::string line = StatusLine(seen);
  {
    const std::lock_guard lock(mutex_);
    readiness_ = std::move(seen);
    if (std::exchange(told_, faults) == faults) return;
  }
  Log(faults.empty() ? LogLevel::kInfo : LogLevel::kWarning, "readiness",
      {{"faults", faults.empty() ? "none" : faults}});
  TellStatus(line);
}

void Daemon::LookAroundUntilEnd() {
  std::unique_lock lock(mutex_);
  while (
      !ended_.wait_for(lock, absl::ToChronoNanoseconds(kRoundPeriod), [this] { return ending_; })) {
    lock.unlock();
    LookAround();
    lock.lock();
  }
}

void Daemon::Reload() {
  TellReloading();
  Status status;
  auto next = LoadConfig(config_path_);
  status = next.ok() ? appliance_->Reload(*next) : next.status();
  if (status.ok()) {
    server_->Apply(*next, appliance_->Current()->rights);
    SetLogLevel(next->log_level);
  }
  const std::string outcome =
      status.ok() ? "OK" : std::string(InfoOf(ReasonOf(status).value_or(Reason::kInternal)).name);
  server_->metrics().Reloaded(outcome);
  server_->SetConfigurationHealth(status.ok());
  Log(status.ok() ? LogLevel::kInfo : LogLevel::kError, "reload",
      {{"outcome", outcome},
       {"detail", DetailOf(status)},
       {"in_force", status.ok() ? "new" : "old"}});
  Readiness known;
  {
    const std::lock_guard lock(mutex_);
    last_reload_ = status;
    known = readiness_;
  }
  TellReady(status.ok() ? StatusLine(known)
                        : Concat("configuration refused, the old one is in force: ", outcome, " ",
                                 DetailOf(status)));
}

void Daemon::Run() {
  const std::optional<absl::Duration> watchdog = WatchdogPeriod();
  TellReady(StatusLine(Latest()));
  // Twice within the period: one late answer is none.
  const absl::Duration period = std::min(kRoundPeriod, watchdog.value_or(kRoundPeriod) / 3);
  const timespec wait = absl::ToTimespec(period);
  const sigset_t taken = TakenSignals();
  int received = -1;
  while ((received = ::sigtimedwait(&taken, nullptr, &wait)) < 0 || received == SIGHUP) {
    if (received == SIGHUP) Reload();
    server_->Tidy();
    if (watchdog && server_->Answers(std::min(kAnswerTime, *watchdog / 2))) TellAlive();
  }
  TellStopping();
  Log(LogLevel::kInfo, "draining", {{"signal", Concat(received)}});
  const absl::Duration limit = appliance_->Current()->config.drain_timeout;
  LeaveAfter(limit + absl::Seconds(5));
  server_->Drain(limit);
}

}  // namespace sceau::server
