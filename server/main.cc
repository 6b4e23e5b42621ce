// sceaud: the signing and verification daemon.

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/strings.h"
#include "hsm/call_threads.h"
#include "server/appliance.h"
#include "server/config.h"
#include "server/log.h"
#include "server/server.h"

namespace sceau::server {
namespace {

// Also how soon a token that came is seen.
constexpr time_t kTidySeconds = 2;
constexpr absl::Duration kLastCallsWait = absl::Seconds(5);

struct CommandLine {
  std::string config;
  std::string port_file;
  bool check_config = false;
  bool print_default_config = false;
  Lang lang = Lang::kFr;
};

int Fail(const Status& status, Lang lang) {
  std::cerr << "sceaud: " << Describe(status, lang) << "\n  "
            << InfoOf(*ReasonOf(status)).remedy.In(lang) << std::endl;
  return ExitCodeOf(status);
}

// SIGTERM and SIGINT are taken by WaitForSignal only; every later thread inherits the mask.
sigset_t BlockSignals() {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t ending;
  ::sigemptyset(&ending);
  ::sigaddset(&ending, SIGTERM);
  ::sigaddset(&ending, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  return ending;
}

Status WritePort(const std::string& path, int port) {
  SCEAU_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path, /*force=*/true));
  SCEAU_RETURN_IF_ERROR(file.Append(Concat(port, "\n")));
  return file.Publish();
}

// A module that hangs must not keep the daemon for ever.
class DrainWatchdog {
 public:
  explicit DrainWatchdog(absl::Duration limit) {
    std::thread([limit] {
      absl::SleepFor(limit);
      Log(LogLevel::kError, "drain", {{"outcome", "a request did not end; leaving"}});
      std::_Exit(0);
    }).detach();
  }
};

Status Serve(const Config& config, const CommandLine& command_line) {
  const sigset_t ending = BlockSignals();
  SetLogLevel(config.log_level);
  const SystemClock clock;
  SCEAU_ASSIGN_OR_RETURN(const std::unique_ptr<Appliance> appliance,
                         Appliance::Open(config, clock));
  // The folder must know files without a name: better told now than at the first request.
  SCEAU_RETURN_IF_ERROR(OutputFile::CheckFolder(config.work_folder));
  const Engine engine = appliance->engine();
  SCEAU_ASSIGN_OR_RETURN(const std::unique_ptr<Server> server,
                         Server::Start(config, engine, clock));
  Log(LogLevel::kWarning, "competence", {{"enforced", "no"}, {"configured", config.competence}});
  bool signing = appliance->keys().CheckAll();
  server->SetSigningHealth(signing);
  bool verification = appliance->CanVerify();
  server->SetVerificationHealth(verification);
  if (!verification) Log(LogLevel::kWarning, "trust", {{"outcome", "no anchor"}});
  Log(signing ? LogLevel::kInfo : LogLevel::kWarning, "started",
      {{"port", Concat(server->port())},
       {"keys", Concat(config.keys.size())},
       {"signing", signing ? "ready" : "degraded"},
       {"verification", verification ? "ready" : "degraded"}});
  if (!command_line.port_file.empty()) {
    SCEAU_RETURN_IF_ERROR(WritePort(command_line.port_file, server->port()));
  }
  const timespec period{.tv_sec = kTidySeconds, .tv_nsec = 0};
  int received = -1;
  while ((received = ::sigtimedwait(&ending, nullptr, &period)) < 0) {
    server->Tidy();
    signing = appliance->keys().CheckAll();
    server->SetSigningHealth(signing);
    verification = appliance->CanVerify();
    server->SetVerificationHealth(verification);
  }
  Log(LogLevel::kInfo, "draining", {{"signal", Concat(received)}});
  const DrainWatchdog watchdog(config.drain_timeout + absl::Seconds(5));
  server->Drain(config.drain_timeout);
  Log(LogLevel::kInfo, "stopped");
  return OkStatus();
}

int Main(int argc, char** argv) {
  KeepMemoryPrivate();
  ReturnMemoryEarly();
  CommandLine command_line;
  CLI::App app{
      "sceaud: service de signature et de vérification / signing and verification service"};
  app.add_option("--config", command_line.config, "configuration (TOML)")->type_name("FILE");
  app.add_option("--port-file", command_line.port_file,
                 "écrit le port choisi / writes the port in use")
      ->type_name("FILE");
  app.add_flag("--check-config", command_line.check_config,
               "vérifie la configuration et s'arrête / checks the configuration and ends");
  app.add_flag("--print-default-config", command_line.print_default_config,
               "montre la configuration par défaut / shows the default configuration");
  std::string lang = "fr";
  app.add_option("--lang", lang, "fr, en")->check(CLI::IsMember({"fr", "en"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : InfoOf(Reason::kUsage).exit_code;
  }
  if (lang == "en") command_line.lang = Lang::kEn;
  if (command_line.print_default_config) {
    std::cout << DefaultConfigText();
    return 0;
  }
  auto config = LoadConfig(command_line.config);
  if (!config.ok()) return Fail(config.status(), command_line.lang);
  if (command_line.check_config) {
    // Profiles and trust are read; no token is touched.
    Config without_keys = *config;
    without_keys.keys.clear();
    const SystemClock clock;
    const Status status = Appliance::Open(without_keys, clock).status();
    return status.ok() ? 0 : Fail(status, command_line.lang);
  }
  const Status status = Serve(*config, command_line);
  return status.ok() ? 0 : Fail(status, command_line.lang);
}

// A module that hangs keeps nobody from leaving.
[[noreturn]] void Leave(int code) {
  if (hsm::EndCalls(absl::Now() + kLastCallsWait)) std::exit(code);
  std::_Exit(code);
}

}  // namespace
}  // namespace sceau::server

int main(int argc, char** argv) { sceau::server::Leave(sceau::server::Main(argc, argv)); }
