// sceau schemas import, list: the schema sets of this machine.
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/strings.h"
#include "schemas/compiled_schema.h"
#include "schemas/schema_import.h"
#include "tools/sceau/command.h"
#include "tools/sceau/console.h"
#include "tools/sceau/display.h"
#include "tools/sceau/schema_folder.h"

namespace sceau::cli {
namespace {

Json SetJson(const schemas::SchemaSet& set) {
  Json roots = Json::array();
  for (const schemas::SchemaRoot& it : set.roots) {
    roots.push_back({{"namespace", it.uri}, {"element", it.local}, {"file", it.file}});
  }
  return {{"name", set.name},
          {"inForceFrom", NullIfEmpty(set.in_force_from)},
          {"inForceUntil", NullIfEmpty(set.in_force_until)},
          {"folder", NullIfEmpty(set.folder)},
          {"documents", roots}};
}

std::string SetText(const schemas::SchemaSet& set, Lang lang) {
  std::string out = set.name;
  const Text from{"  depuis le ", "  from "};
  const Text until{"  jusqu'au ", "  until "};
  if (!set.in_force_from.empty()) AppendTo(out, from.In(lang), Date(set.in_force_from, lang));
  if (!set.in_force_until.empty()) AppendTo(out, until.In(lang), Date(set.in_force_until, lang));
  for (const schemas::SchemaRoot& it : set.roots) AppendTo(out, "  ", Printable(it.local));
  return out + "\n";
}

Status Show(const std::vector<schemas::SchemaSet>& sets, const Command& command) {
  return Print([&](const TextSink& sink) {
    if (!command.json) {
      for (const auto& it : sets) sink(SetText(it, command.lang));
      return;
    }
    JsonStream json(sink);
    json.BeginArray("sets");
    for (const auto& it : sets) json.Element(SetJson(it));
    json.EndArray();
    json.Finish();
  });
}

StatusOr<int> List(const std::string& folder, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const auto catalog,
                         schemas::SchemaCatalog::Load(SchemaFolder(folder, config)));
  SCEAU_RETURN_IF_ERROR(Show(catalog->sets(), command));
  return 0;
}

StatusOr<int> Import(schemas::SchemaImport import, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  import.folder = SchemaFolder(import.folder, config);
  SCEAU_ASSIGN_OR_RETURN(const schemas::SchemaSet set, schemas::ImportSchemaSet(import));
  SCEAU_RETURN_IF_ERROR(Show({set}, command));
  return 0;
}

void AddImport(CLI::App& parent, Command& command) {
  CLI::App* verb =
      AddVerb(parent, command, "import",
              {"Installe un jeu de schémas officiel à côté des autres",
               "Installs an official schema set beside the others"},
              {"sceau schemas import schemas_pes_v5.17.zip --in-force-from 2024-01-01",
               "sceau schemas import schemas_pes_v5.17.zip --in-force-from 2024-01-01"});
  auto import = std::make_shared<schemas::SchemaImport>();
  verb->add_option("SOURCE", import->source,
                   std::string(command.In(
                       {"Dossier ou archive (zip, tar, tar.gz) tels qu'ils ont été publiés",
                        "Folder or archive (zip, tar, tar.gz) as it was published"})))
      ->type_name("")
      ->required();
  AddValue(verb, command, "--name", import->name, {"NOM", "NAME"},
           {"Nom du jeu (sinon la version que dit le nom de la source)",
            "Name of the set (else the version in the source's name)"});
  AddValue(verb, command, "--in-force-from", import->in_force_from, {"JOUR", "DAY"},
           {"Premier jour où le comptable l'admet (par exemple 2024-01-31)",
            "First day on which the accountant admits it (for example 2024-01-31)"});
  AddValue(verb, command, "--in-force-until", import->in_force_until, {"JOUR", "DAY"},
           {"Dernier jour où le comptable l'admet", "Last day on which the accountant admits it"});
  AddFlag(verb, command, "--force", import->force,
          {"Remplace le jeu de ce nom", "Replaces the set of this name"});
  AddSchemaFolder(verb, command, import->folder);
  AddJson(verb, command);
  verb->callback([&command, import] {
    command.run = [&command, import] { return Import(*import, command); };
  });
}

}  // namespace

void AddSchemaFolder(CLI::App* verb, const Command& command, std::string& folder) {
  AddValue(verb, command, "--schemas", folder, {"DOSSIER", "DIR"},
           {"Dossier des jeux de schémas (sinon celui de la configuration)",
            "Folder of the schema sets (else the configuration's)"});
}

std::string SchemaFolder(const std::string& named, const Config& config) {
  if (!named.empty()) return named;
  if (!config.schemas.empty()) return config.schemas;
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (const std::string data = variable("XDG_DATA_HOME"); !data.empty()) {
    return data + "/sceau/schemas";
  }
  const std::string home = variable("HOME");
  return home.empty() ? "" : home + "/.local/share/sceau/schemas";
}

StatusOr<std::shared_ptr<schemas::SentRegister>> SentRegisterOf(const Config& config) {
  if (config.state_folder.empty()) return nullptr;
  SCEAU_ASSIGN_OR_RETURN(std::shared_ptr<schemas::SentRegister> sent,
                         schemas::FileSentRegister::Open(config.state_folder));
  return sent;
}

StatusOr<schemas::CheckOptions> CheckOptionsOf(const std::string& schema_folder,
                                               const std::string& agreements,
                                               const Config& config) {
  SCEAU_ASSIGN_OR_RETURN(
      schemas::CheckOptions options,
      schemas::LoadCheckOptions(SchemaFolder(schema_folder, config),
                                agreements.empty() ? config.agreements : agreements));
  options.agreement_refuses = config.agreement_refuses;
  SCEAU_ASSIGN_OR_RETURN(options.sent, SentRegisterOf(config));
  return options;
}

void AddSchemas(CLI::App& app, Command& command) {
  CLI::App* verb = app.add_subcommand(
      "schemas", std::string(command.In({"Jeux de schémas installés", "Installed schema sets"})));
  verb->require_subcommand(1);
  AddImport(*verb, command);
  CLI::App* list = AddVerb(*verb, command, "list", {"Les jeux installés, le plus récent d'abord",
                                                    "The installed sets, newest first"},
                           {"sceau schemas list", "sceau schemas list"});
  auto folder = std::make_shared<std::string>();
  AddSchemaFolder(list, command, *folder);
  AddJson(list, command);
  list->callback([&command, folder] {
    command.run = [&command, folder] { return List(*folder, command); };
  });
}

}  // namespace sceau::cli
