// sceau key: the signing keys of this machine's tokens. Here: list, and test.
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "hsm/tokens.h"
#include "tools/sceau/command.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/key_list.h"
#include "tools/sceau/key_verbs.h"
#include "tools/sceau/local_key.h"
#include "xades/certificate.h"

namespace sceau::cli {
namespace {

StatusOr<int> List(const std::string& uri, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const auto tokens, hsm::Tokens::Open(TokensOf(config)));
  SCEAU_ASSIGN_OR_RETURN(const auto keys, tokens->ListKeys(uri));
  const absl::Time now = absl::Now();
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (command.json) {
      WriteKeysJson(keys, now, sink);
    } else {
      sink(KeysText(keys, now, command.lang));
    }
  }));
  return 0;
}

Status CheckValidity(const hsm::KeyDescription& key) {
  SCEAU_ASSIGN_OR_RETURN(const auto certificate, xades::Certificate::FromDer(key.certificate));
  const absl::Time now = absl::Now();
  if (now < certificate.NotBefore() || now > certificate.NotAfter()) {
    return Error(Reason::kCertificateNotValid, key.uri);
  }
  return OkStatus();
}

// Signs random bytes; the signature is checked with the certificate's key.
StatusOr<int> Test(const KeyPlace& place, const Command& command) {
  constexpr size_t kMessage = 32;  // bytes
  KeepMemoryPrivate();
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(
      LocalKey key, LocalKey::Find(TokensOf(config), place.uri.value_or(config.key),
                                   place.pin_source.value_or(config.pin_source), command.lang));
  SCEAU_RETURN_IF_ERROR(key.Unlock());
  const std::string message[] = {RandomBytes(kMessage)};
  SCEAU_RETURN_IF_ERROR(key.Signing()(DigestAlgorithm::kSha256, message,
                                      [](size_t, std::string) { return OkStatus(); }));
  SCEAU_RETURN_IF_ERROR(CheckValidity(key.description()));
  Console(command.lang)
      .Say(Text{"La clé signe, et sa signature se vérifie avec son certificat.",
                "The key signs, and its signature verifies with its certificate."});
  SCEAU_RETURN_IF_ERROR(PrintKey(key.description(), command));
  return 0;
}

void AddList(CLI::App& group, Command& command) {
  CLI::App* verb =
      AddVerb(group, command, "list",
              {"Les clés des jetons de cette machine", "The keys of this machine's tokens"},
              {"sceau key list --json", "sceau key list --json"});
  auto uri = std::make_shared<std::string>("pkcs11:");
  AddValue(verb, command, "--key", *uri, {"URI", "URI"},
           {"Seulement ce que cette URI PKCS#11 désigne", "Only what this PKCS#11 URI names"});
  AddJson(verb, command);
  verb->callback(
      [&command, uri] { command.run = [&command, uri] { return List(*uri, command); }; });
}

void AddTest(CLI::App& group, Command& command) {
  CLI::App* verb = AddVerb(
      group, command, "test",
      {"Fait une signature d'essai et vérifie qu'une signature serait valide aujourd'hui",
       "Makes a test signature and checks that a signature would be valid today"},
      {"sceau key test --key 'pkcs11:token=mairie'", "sceau key test --key 'pkcs11:token=mairie'"});
  auto place = std::make_shared<KeyPlace>();
  AddKeyPlace(verb, command, "--key", *place);
  AddJson(verb, command);
  verb->callback(
      [&command, place] { command.run = [&command, place] { return Test(*place, command); }; });
}

}  // namespace

void AddKey(CLI::App& app, Command& command) {
  CLI::App* group =
      app.add_subcommand("key", std::string(command.In({"Clés de signature", "Signing keys"})));
  group->require_subcommand(1);
  AddList(*group, command);
  AddTest(*group, command);
  AddKeyGenerate(*group, command);
  AddKeyRequest(*group, command);
  AddKeyImportCertificate(*group, command);
  AddKeyImport(*group, command);
}

}  // namespace sceau::cli
