// sceau access: the callers of a collectivité, kept by its principal manager.
#include "tools/client/access.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "base/strings.h"
#include "tools/sceau/command.h"
#include "tools/sceau/console.h"
#include "tools/sceau/display.h"

namespace sceau::cli {
namespace {

using nlohmann::json;

struct Options {
  client::AccessOrder order;
  ServerOptions server;
};

StatusOr<client::Options> ServiceOf(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  return ClientOptionsOf(ConnectionOf(options.server, config));
}

json JsonOf(const std::vector<client::CallerAccess>& callers) {
  json list = json::array();
  for (const client::CallerAccess& it : callers) {
    list.push_back({{"name", it.name},
                    {"roles", it.roles},
                    {"keys", it.keys},
                    {"enabled", it.enabled},
                    {"manager", it.manager}});
  }
  return {{"callers", std::move(list)}};
}

std::string TextOf(const std::vector<client::CallerAccess>& callers, Lang lang) {
  const Text manager{"  gestionnaire principal", "  principal manager"};
  const Text closed{"  écarté", "  disabled"};
  std::string out;
  for (const client::CallerAccess& it : callers) {
    AppendTo(out, Printable(it.name), "  ", absl::StrJoin(it.roles, ", "), "  ",
             Printable(absl::StrJoin(it.keys, ", ")), it.manager ? manager.In(lang) : "",
             it.enabled ? "" : closed.In(lang), "\n");
  }
  return out;
}

StatusOr<int> List(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const client::Options service, ServiceOf(options, command));
  SCEAU_ASSIGN_OR_RETURN(const std::vector<client::CallerAccess> callers,
                         client::ListAccess(service, options.order.collectivite));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    sink(command.json ? JsonOf(callers).dump(2) + "\n" : TextOf(callers, command.lang));
  }));
  return 0;
}

StatusOr<int> Change(const Options& options, const Command& command,
                     const std::function<Status(const client::Options&)>& change) {
  SCEAU_ASSIGN_OR_RETURN(const client::Options service, ServiceOf(options, command));
  SCEAU_RETURN_IF_ERROR(change(service));
  if (!command.json) return 0;
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    sink(json{{"collectivite", options.order.collectivite}, {"caller", options.order.caller}}.dump(
             2) +
         "\n");
  }));
  return 0;
}

StatusOr<int> Enable(const Options& options, const Command& command) {
  return Change(options, command, [&](const client::Options& service) {
    return client::SetAccess(service, options.order, true);
  });
}

StatusOr<int> Disable(const Options& options, const Command& command) {
  return Change(options, command, [&](const client::Options& service) {
    return client::SetAccess(service, options.order, false);
  });
}

StatusOr<int> HandOver(const Options& options, const Command& command) {
  return Change(options, command, [&](const client::Options& service) {
    return client::HandOver(service, options.order);
  });
}

struct Verb {
  const char* name;
  Text description, example;
  StatusOr<int> (*work)(const Options&, const Command&);
  bool changes;
};

constexpr Verb kVerbs[] = {
    {"list",
     {"Les appelants de la collectivité", "The callers of the collectivité"},
     {"sceau access list --collectivite 213500017 --server sceau.example:8443",
      "sceau access list --collectivite 213500017 --server sceau.example:8443"},
     List,
     false},
    {"enable",
     {"Admet de nouveau un appelant", "Lets a caller in again"},
     {"sceau access enable --collectivite 213500017 --caller compta --reason retour --server "
      "sceau.example:8443",
      "sceau access enable --collectivite 213500017 --caller compta --reason back --server "
      "sceau.example:8443"},
     Enable,
     true},
    {"disable",
     {"Écarte un appelant des documents de la collectivité",
      "Keeps a caller out of the collectivité's documents"},
     {"sceau access disable --collectivite 213500017 --caller compta --reason départ --server "
      "sceau.example:8443",
      "sceau access disable --collectivite 213500017 --caller compta --reason left --server "
      "sceau.example:8443"},
     Disable,
     true},
    {"hand-over",
     {"Un autre appelant devient gestionnaire principal",
      "Another caller becomes the principal manager"},
     {"sceau access hand-over --collectivite 213500017 --caller dgs --reason mutation --server "
      "sceau.example:8443",
      "sceau access hand-over --collectivite 213500017 --caller dgs --reason transfer --server "
      "sceau.example:8443"},
     HandOver,
     true},
};

}  // namespace

void AddAccess(CLI::App& app, Command& command) {
  CLI::App* group = app.add_subcommand(
      "access", std::string(command.In(
                    {"Gestionnaire principal : qui peut appeler le service pour la collectivité",
                     "Principal manager: who may call the service for the collectivité"})));
  group->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  for (const Verb& it : kVerbs) {
    CLI::App* verb = AddVerb(*group, command, it.name, it.description, it.example);
    AddValue(
        verb, command, "--collectivite", options->order.collectivite, {"SIREN", "SIREN"},
        {"Comme la configuration du service la nomme", "As the service's configuration names it"})
        ->required();
    if (it.changes) {
      AddValue(verb, command, "--caller", options->order.caller, {"NOM", "NAME"},
               {"L'appelant", "The caller"})
          ->required();
      AddValue(verb, command, "--reason", options->order.reason, {"TEXTE", "TEXT"},
               {"Le motif, pour le journal d'audit", "The reason, for the audit log"})
          ->required();
    }
    AddServer(verb, command, options->server);
    verb->get_option("--server")->required();
    AddJson(verb, command);
    OnCall(verb, command, options, it.work);
  }
}

}  // namespace sceau::cli
