// sceau token: the tokens (cards, HSMs) of this machine.
#include <memory>
#include <string>
#include <vector>

#include "hsm/key_store.h"
#include "tools/sceau/command.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/token_list.h"

namespace sceau::cli {
namespace {

StatusOr<std::vector<ListedToken>> Tokens(const std::string& uri, const Config& config) {
  const hsm::TokensOptions options = TokensOf(config);
  SCEAU_ASSIGN_OR_RETURN(const auto descriptions, hsm::ListTokens(options, uri));
  SCEAU_ASSIGN_OR_RETURN(const auto tokens, hsm::Tokens::Open(options));
  std::vector<ListedToken> listed;
  for (const hsm::TokenDescription& token : descriptions) {
    SCEAU_ASSIGN_OR_RETURN(const auto keys, tokens->ListKeys(token.uri));
    listed.push_back({token, static_cast<int>(keys.size())});
  }
  return listed;
}

StatusOr<int> List(const std::string& uri, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const std::vector<ListedToken> tokens, Tokens(uri, config));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (command.json) {
      WriteTokensJson(tokens, sink);
    } else {
      sink(TokensText(tokens, command.lang));
    }
  }));
  return 0;
}

}  // namespace

void AddToken(CLI::App& app, Command& command) {
  CLI::App* group = app.add_subcommand(
      "token", std::string(command.In({"Jetons (cartes, HSM)", "Tokens (cards, HSMs)"})));
  group->require_subcommand(1);
  CLI::App* list = AddVerb(*group, command, "list",
                           {"Les jetons de cette machine", "The tokens of this machine"},
                           {"sceau token list", "sceau token list"});
  auto uri = std::make_shared<std::string>("pkcs11:");
  AddValue(list, command, "--token,--key", *uri, {"URI", "URI"},
           {"Seulement ce que cette URI PKCS#11 désigne", "Only what this PKCS#11 URI names"});
  AddJson(list, command);
  list->callback(
      [&command, uri] { command.run = [&command, uri] { return List(*uri, command); }; });
}

}  // namespace sceau::cli
