// sceau key list, sceau token list: the signing keys and tokens of this machine, without login.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hsm/tokens.h"
#include "tools/sceau/command.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/key_list.h"

namespace sceau::cli {
namespace {

constexpr std::string_view kEveryKey = "pkcs11:";

// How one of the two lists is shown.
struct Shown {
  void (*json)(const std::vector<hsm::KeyDescription>&, const TextSink&);
  std::string (*text)(const std::vector<hsm::KeyDescription>&, Lang);
};

StatusOr<int> List(const std::string& uri, const Shown& shown, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const std::unique_ptr<hsm::Tokens> tokens,
                         hsm::Tokens::Open(TokensOf(config)));
  SCEAU_ASSIGN_OR_RETURN(const std::vector<hsm::KeyDescription> keys, tokens->ListKeys(uri));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (command.json) {
      shown.json(keys, sink);
    } else {
      sink(shown.text(keys, command.lang));
    }
  }));
  return 0;
}

void AddList(CLI::App& app, Command& command, const std::string& name, const Text& description,
             const Text& list_description, const Text& example, const Shown& shown) {
  CLI::App* group = app.add_subcommand(name, std::string(command.In(description)));
  group->require_subcommand(1);
  CLI::App* list = AddVerb(*group, command, "list", list_description, example);
  auto uri = std::make_shared<std::string>(kEveryKey);
  AddValue(list, command, "--key", *uri, {"URI", "URI"},
           {"Seulement ce que cette URI PKCS#11 désigne", "Only what this PKCS#11 URI names"});
  AddJson(list, command);
  list->callback([&command, uri, shown] {
    command.run = [&command, uri, shown] { return List(*uri, shown, command); };
  });
}

}  // namespace

void AddKey(CLI::App& app, Command& command) {
  AddList(app, command, "key", {"Clés de signature", "Signing keys"},
          {"Les clés des jetons de cette machine", "The keys of this machine's tokens"},
          {"sceau key list --json", "sceau key list --json"}, {WriteKeysJson, KeysText});
}

void AddToken(CLI::App& app, Command& command) {
  AddList(app, command, "token", {"Jetons (cartes, HSM)", "Tokens (cards, HSMs)"},
          {"Les jetons de cette machine qui portent une clé",
           "The tokens of this machine that hold a key"},
          {"sceau token list", "sceau token list"}, {WriteTokensJson, TokensText});
}

}  // namespace sceau::cli
