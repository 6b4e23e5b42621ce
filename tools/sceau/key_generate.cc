// sceau key generate, sceau key csr: a new key in a token, and the request for its certificate.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/strings.h"
#include "tools/sceau/command.h"
#include "tools/sceau/console.h"
#include "tools/sceau/key_verbs.h"

namespace sceau::cli {
namespace {

struct KeyKind {
  std::string_view name;
  hsm::KeyType type;
  int bits;
};

constexpr KeyKind kKinds[] = {
    {"rsa2048", hsm::KeyType::kRsa, 2048}, {"rsa3072", hsm::KeyType::kRsa, 3072},
    {"rsa4096", hsm::KeyType::kRsa, 4096}, {"p256", hsm::KeyType::kEc, 256},
    {"p384", hsm::KeyType::kEc, 384},
};

StatusOr<KeyKind> FindKind(const std::string& name) {
  std::string known;
  for (const KeyKind& kind : kKinds) {
    if (kind.name == name) return kind;
    AppendTo(known, known.empty() ? "" : " | ", kind.name);
  }
  return Error(Reason::kUsage, Concat("--type ", known));
}

struct GenerateOptions {
  KeyPlace place;
  std::string type = "rsa3072";
  std::string label;
};

StatusOr<int> Generate(const GenerateOptions& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const KeyKind kind, FindKind(options.type));
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const OpenStore open, OpenStoreOf(options.place, config, command.lang));
  SCEAU_ASSIGN_OR_RETURN(hsm::NewKey key, NameNewKey(*open.store, options.label));
  key.type = kind.type;
  key.bits = kind.bits;
  SCEAU_ASSIGN_OR_RETURN(const hsm::KeyDescription made, open.store->Generate(key));
  Console(command.lang)
      .Say(Text{"Clé créée dans le jeton ; elle n'en sortira pas. Demandez son certificat avec « "
                "sceau key csr ».",
                "Key made in the token; it will not come out. Ask for its certificate with 'sceau "
                "key csr'."});
  SCEAU_RETURN_IF_ERROR(PrintKey(made, command));
  return 0;
}

struct RequestOptions {
  KeyPlace place;
  std::string subject;
  std::string output = "-";
  bool force = false;
};

StatusOr<int> Request(const RequestOptions& options, const Command& command) {
  if (command.json && options.output == "-") return Error(Reason::kUsage, "--json -o -");
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const OpenStore open, OpenStoreOf(options.place, config, command.lang));
  SCEAU_ASSIGN_OR_RETURN(const std::string pem, open.store->Request(options.subject));
  SCEAU_RETURN_IF_ERROR(
      PrintToFile(options.output, options.force, [&](const TextSink& sink) { sink(pem); }));
  if (command.json) {
    SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
      JsonStream json(sink);
      json.Field("output", options.output);
      json.Field("pem", pem);
      json.Finish();
    }));
  }
  return 0;
}

}  // namespace

void AddKeyGenerate(CLI::App& group, Command& command) {
  CLI::App* verb = AddVerb(
      group, command, "generate",
      {"Crée une clé dans un jeton ; celles qui y sont déjà y restent",
       "Makes a key in a token; those that are there already stay"},
      {"sceau key generate --token 'pkcs11:token=mairie' --type rsa3072 --label ordonnateur-2027",
       "sceau key generate --token 'pkcs11:token=mairie' --type rsa3072 --label ordonnateur-2027"});
  auto options = std::make_shared<GenerateOptions>();
  AddKeyPlace(verb, command, "--token", options->place);
  AddValue(verb, command, "--type", options->type, {"TYPE", "TYPE"},
           {"rsa2048, rsa3072 (par défaut), rsa4096, p256, p384",
            "rsa2048, rsa3072 (default), rsa4096, p256, p384"});
  AddValue(verb, command, "--label", options->label, {"NOM", "NAME"},
           {"Nom de la clé, nouveau dans ce jeton (sinon sceau- et la date)",
            "The key's name, new in this token (else sceau- and the date)"});
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return Generate(*options, command); };
  });
}

void AddKeyRequest(CLI::App& group, Command& command) {
  CLI::App* verb = AddVerb(group, command, "csr",
                           {"Demande de certificat (PKCS#10) pour une clé, signée par elle",
                            "Request for a certificate (PKCS#10) for a key, signed by it"},
                           {"sceau key csr --key 'pkcs11:object=ordonnateur-2027' --subject "
                            "'CN=Prénom Nom,O=Commune,C=FR' -o demande.csr",
                            "sceau key csr --key 'pkcs11:object=ordonnateur-2027' --subject "
                            "'CN=Prénom Nom,O=Commune,C=FR' -o request.csr"});
  auto options = std::make_shared<RequestOptions>();
  AddKeyPlace(verb, command, "--key", options->place);
  AddValue(verb, command, "--subject", options->subject, {"NOM", "NAME"},
           {"Titulaire, RFC 4514 (sinon celui du certificat actuel de la clé)",
            "Holder, RFC 4514 (else that of the key's present certificate)"});
  AddValue(verb, command, "-o,--output", options->output, {"FICHIER", "FILE"},
           {"Demande, PEM (- : sortie standard, par défaut)",
            "Request, PEM (-: standard output, the default)"});
  AddFlag(verb, command, "--force", options->force,
          {"Remplace un fichier de sortie existant", "Replaces an existing output file"});
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return Request(*options, command); };
  });
}

}  // namespace sceau::cli
