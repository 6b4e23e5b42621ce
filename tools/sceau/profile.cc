// sceau profile list: the signature profiles this machine has.
#include "tools/sceau/profile.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/strings.h"
#include "tools/sceau/command.h"
#include "tools/sceau/console.h"

namespace sceau::cli {
namespace {

Json ProfileJson(const xades::Profile& it) {
  return {{"name", it.name},
          {"version", it.version},
          {"description", it.description},
          {"documents", it.documents},
          {"policy", it.policy ? Json(it.policy->id) : Json(nullptr)}};
}

StatusOr<int> List(const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const xades::ProfileSet profiles, LoadProfiles(config));
  std::vector<std::shared_ptr<const xades::Profile>> found;
  for (const std::string& name : profiles.Names()) {
    SCEAU_ASSIGN_OR_RETURN(std::shared_ptr<const xades::Profile> profile, profiles.Find(name));
    found.push_back(std::move(profile));
  }
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (!command.json) {
      for (const auto& it : found) sink(Concat(it->name, "  ", it->description, "\n"));
      return;
    }
    JsonStream json(sink);
    json.BeginArray("profiles");
    for (const auto& it : found) json.Element(ProfileJson(*it));
    json.EndArray();
    json.Finish();
  }));
  return 0;
}

}  // namespace

StatusOr<xades::ProfileSet> LoadProfiles(const Config& config) {
  SCEAU_ASSIGN_OR_RETURN(xades::ProfileSet profiles, xades::ProfileSet::BuiltIn());
  if (!config.profiles.empty()) SCEAU_RETURN_IF_ERROR(profiles.AddFolder(config.profiles));
  return profiles;
}

void AddProfile(CLI::App& app, Command& command) {
  CLI::App* verb = app.add_subcommand(
      "profile", std::string(command.In({"Profils de signature", "Signature profiles"})));
  verb->require_subcommand(1);
  CLI::App* list =
      AddVerb(*verb, command, "list", {"Les profils installés", "The installed profiles"},
              {"sceau profile list", "sceau profile list"});
  AddJson(list, command);
  list->callback([&command] { command.run = [&command] { return List(command); }; });
}

}  // namespace sceau::cli
