// sceau token clear-pin-block: lets PIN sources be tried again that a token has refused.
#include <memory>
#include <string>

#include "base/strings.h"
#include "hsm/tokens.h"
#include "tools/sceau/command.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"

namespace sceau::cli {
namespace {

struct Options {
  std::string serial;
  std::string state_folder;
};

StatusOr<int> Clear(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  const std::string folder =
      options.state_folder.empty() ? StateFolderOf(config) : options.state_folder;
  SCEAU_ASSIGN_OR_RETURN(const int cleared, hsm::ClearPinRefusals(folder, options.serial));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    sink(Concat(command.In({"Refus de codes PIN effacés : ", "PIN refusals cleared: "}), cleared,
                "\n"));
  }));
  return 0;
}

}  // namespace

void AddTokenPins(CLI::App& app, Command& command) {
  CLI::App* verb = AddVerb(
      *app.get_subcommand("token"), command, "clear-pin-block",
      {"Autorise un nouvel essai des codes PIN qu'un jeton a refusés",
       "Lets PINs be tried again that a token has refused"},
      {"sceau token clear-pin-block --serial 0123", "sceau token clear-pin-block --serial 0123"});
  auto options = std::make_shared<Options>();
  AddValue(verb, command, "--serial", options->serial, {"NUMÉRO", "SERIAL"},
           {"Seulement pour ce jeton ; sinon pour tous", "For this token only; else for all"});
  AddValue(verb, command, "--state-folder", options->state_folder, {"DOSSIER", "FOLDER"},
           {"Dossier d'état (celui du service, par exemple)",
            "State folder (the service's, for instance)"});
  verb->callback([&command, options] {
    command.run = [&command, options] { return Clear(*options, command); };
  });
}

}  // namespace sceau::cli
