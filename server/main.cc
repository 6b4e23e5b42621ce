// sceaud: the signing and verification daemon.

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <string>

#include "absl/time/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/strings.h"
#include "hsm/call_threads.h"
#include "proto/tls13.h"
#include "server/backup.h"
#include "server/config.h"
#include "server/config_check.h"
#include "server/daemon.h"
#include "server/log.h"

namespace sceau::server {
namespace {

constexpr absl::Duration kLastCallsWait = absl::Seconds(5);

struct CommandLine {
  std::string config;
  std::string port_file;
  std::string backup, check_backup;
  bool check_config = false;
  bool print_default_config = false;
  Lang lang = Lang::kFr;
};

int Fail(const Status& status, Lang lang) {
  std::cerr << "sceaud: " << Describe(status, lang) << "\n  "
            << InfoOf(*ReasonOf(status)).remedy.In(lang) << std::endl;
  return ExitCodeOf(status);
}

Status WritePort(const std::string& path, int port) {
  SCEAU_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path, /*force=*/true));
  SCEAU_RETURN_IF_ERROR(file.Append(Concat(port, "\n")));
  return file.Publish();
}

Status Serve(const Config& config, const CommandLine& command_line) {
  Daemon::BlockSignals();
  SetLogLevel(config.log_level);
  const SystemClock clock;
  SCEAU_ASSIGN_OR_RETURN(const std::unique_ptr<Daemon> daemon,
                         Daemon::Start(command_line.config, config, clock));
  if (!command_line.port_file.empty()) {
    SCEAU_RETURN_IF_ERROR(WritePort(command_line.port_file, daemon->port()));
  }
  daemon->Run();
  return OkStatus();
}

int Check(const Config& config, Lang lang) {
  int exit_code = 0;
  for (const Status& problem : CheckConfig(config, SystemClock())) {
    const int code = Fail(problem, lang);
    if (exit_code == 0) exit_code = code;
  }
  return exit_code;
}

Status BackUp(const Config& config, const std::string& to) {
  const std::string state =
      config.state_folder.empty() ? hsm::DefaultStateFolder() : config.state_folder;
  return MakeBackup({.state = state,
                     .audit = config.audit_folder.empty() ? state + "/audit" : config.audit_folder,
                     .desk = config.desk_folder,
                     .register_file = config.competence_register},
                    to);
}

int CheckBackupIn(const std::string& folder, Lang lang) {
  const auto found = CheckBackup(folder);
  if (!found.ok()) return Fail(found.status(), lang);
  const Text text{"documents signés : ", "signed documents: "};
  const Text records{"enregistrements d'audit : ", "audit records: "};
  const Text covered{"dont couverts par un point de contrôle : ", "covered by a checkpoint: "};
  std::cout << text.In(lang) << found->results << "\n"
            << records.In(lang) << found->records << "\n"
            << covered.In(lang) << found->covered << std::endl;
  return 0;
}

int Main(int argc, char** argv) {
  wire::KeepToTls13();
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
  app.add_option("--backup", command_line.backup,
                 "copie l'état dans un nouveau dossier, que le service soit en marche ou non / "
                 "copies the state into a new folder, whether the service runs or not")
      ->type_name("DIR");
  app.add_option("--check-backup", command_line.check_backup,
                 "lit une telle copie (--backup) en entier et la vérifie / reads all of such a "
                 "copy (--backup) and checks it")
      ->type_name("DIR");
  app.add_flag("--print-default-config", command_line.print_default_config,
               "montre la configuration par défaut / shows the default configuration");
  app.footer(
      "exemple / example:\n  sceaud --check-config --config /etc/sceau/sceaud.toml\n"
      "  sceaud --config /etc/sceau/sceaud.toml");
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
  if (!command_line.check_backup.empty()) {
    return CheckBackupIn(command_line.check_backup, command_line.lang);
  }
  auto config = LoadConfig(command_line.config);
  if (!config.ok()) return Fail(config.status(), command_line.lang);
  if (command_line.check_config) return Check(*config, command_line.lang);
  const Status status = command_line.backup.empty() ? Serve(*config, command_line)
                                                    : BackUp(*config, command_line.backup);
  if (!status.ok()) return Fail(status, command_line.lang);
  if (command_line.backup.empty()) Log(LogLevel::kInfo, "stopped");
  return 0;
}

// A module that hangs keeps nobody from leaving.
[[noreturn]] void Leave(int code) {
  if (hsm::EndCalls(absl::Now() + kLastCallsWait)) std::exit(code);
  std::_Exit(code);
}

}  // namespace
}  // namespace sceau::server

int main(int argc, char** argv) { sceau::server::Leave(sceau::server::Main(argc, argv)); }
