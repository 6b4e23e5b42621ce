// sceau trust refresh: the European trusted lists, from the network into a folder.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/strings.h"
#include "tools/sceau/command.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/display.h"
#include "verifier/trusted_list_refresh.h"

namespace sceau::cli {
namespace {

using verifier::RefreshedList;

struct Options {
  std::string folder;
  verifier::RefreshOptions refresh;
};

void ShowJson(const std::vector<RefreshedList>& lists, Lang lang, const TextSink& sink) {
  JsonStream json(sink);
  json.BeginArray("lists");
  for (const RefreshedList& it : lists) {
    json.Element({{"territory", it.territory},
                  {"url", it.url},
                  {"error", it.status.ok() ? Json() : ErrorJson(it.status, lang)}});
  }
  json.EndArray();
  json.Finish();
}

void ShowText(const std::vector<RefreshedList>& lists, const Command& command,
              const TextSink& sink) {
  for (const RefreshedList& it : lists) {
    const std::string state = it.status.ok() ? std::string(command.In({"à jour", "up to date"}))
                                             : Describe(it.status, command.lang);
    sink(Concat(Printable(it.territory), "  ", Printable(state), "\n"));
  }
}

StatusOr<int> Refresh(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  const std::string& folder = options.folder.empty() ? config.lists : options.folder;
  if (folder.empty()) return Error(Reason::kUsage, "--lists FOLDER");
  SCEAU_ASSIGN_OR_RETURN(const auto lists, verifier::RefreshTrustedLists(folder, options.refresh,
                                                                         SystemClock().Now()));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (command.json) {
      ShowJson(lists, command.lang, sink);
    } else {
      ShowText(lists, command, sink);
    }
  }));
  for (const RefreshedList& it : lists) {
    if (!it.status.ok()) return ExitCodeOf(it.status);
  }
  return 0;
}

}  // namespace

void AddTrustRefresh(CLI::App& app, Command& command) {
  CLI::App* verb = AddVerb(
      *app.get_subcommand("trust"), command, "refresh",
      {"Prend les listes de confiance européennes sur le réseau ; le dossier « signers » dit qui "
       "les signe",
       "Takes the European trusted lists from the network; the folder 'signers' says who signs "
       "them"},
      {"sceau trust refresh --lists listes --territory FR",
       "sceau trust refresh --lists lists --territory FR"});
  auto options = std::make_shared<Options>();
  AddValue(verb, command, "--lists", options->folder, {"DOSSIER", "FOLDER"},
           {"Dossier des listes (celui de la configuration par défaut)",
            "Folder of the lists (default the configuration's)"});
  AddValue(verb, command, "--territory", options->refresh.territories, {"PAYS", "COUNTRY"},
           {"Seulement ces pays (FR, DE...) ; répétable",
            "Only these countries (FR, DE...); repeatable"})
      ->allow_extra_args(false);
  AddValue(verb, command, "--from", options->refresh.url, {"ADRESSE", "ADDRESS"},
           {"Adresse de la liste des listes (celle de la Commission par défaut)",
            "Address of the list of lists (default the Commission's)"});
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return Refresh(*options, command); };
  });
}

}  // namespace sceau::cli
