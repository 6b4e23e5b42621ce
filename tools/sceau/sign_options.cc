#include "tools/sceau/sign_options.h"

#include <string_view>

#include "tools/sceau/schema_folder.h"

namespace sceau::cli {
namespace {

Status Usage(std::string_view detail) { return Error(Reason::kUsage, detail); }

void AddWhatToSign(CLI::App* verb, const Command& command, SignOptions& options) {
  AddFile(verb, command, options.file,
          {"Fichier à signer (- : entrée standard)", "File to sign (-: standard input)"});
  verb->add_option("REF", options.more_bordereaux,
                   std::string(command.In({"Autres bordereaux, après --bordereau REF",
                                           "Further bordereaux, after --bordereau REF"})))
      ->type_name("");
  AddValue(verb, command, "-o,--output", options.output, {"FICHIER", "FILE"},
           {"Fichier signé (- : sortie standard)", "Signed file (-: standard output)"});
  AddFlag(verb, command, "--whole", options.whole,
          {"Une signature du fichier entier", "One signature of the whole file"});
  AddFlag(verb, command, "--all", options.all,
          {"Une signature de chaque bordereau", "One signature of each bordereau"});
  AddFlag(verb, command, "--detached", options.detached,
          {"Une signature détachée, du fichier tel qu'il est, quel qu'il soit",
           "A detached signature, of the file as it is, whatever it is"});
  AddValue(verb, command, "--acte", options.acte, {"ACTE", "ACTE"},
           {"Avec --detached : met la signature dans ce message @CTES, qui nomme le fichier "
            "(FichierSigne/Signature)",
            "With --detached: puts the signature into this message of @CTES, which names the file "
            "(FichierSigne/Signature)"});
  AddValue(verb, command, "--bordereau", options.bordereaux, {"REF", "REF"},
           {"Ce bordereau : Id, ou DEPENSE:Exer:TypBord:IdBord (répétable)",
            "This bordereau: Id, or DEPENSE:Exer:TypBord:IdBord (repeatable)"})
      ->allow_extra_args(false);
  AddFlag(verb, command, "--set-dematerialisee", options.set_dematerialisee,
          {"Met InfoDematerialisee à 1 avant de signer",
           "Sets InfoDematerialisee to 1 before signing"});
  AddFlag(verb, command, "--force", options.force,
          {"Remplace un fichier de sortie existant", "Replaces an existing output file"});
  AddFlag(verb, command, "--yes", options.yes,
          {"Signe sans poser la question", "Signs without asking"});
}

void AddWhoSigns(CLI::App* verb, const Command& command, SignOptions& options) {
  AddValue(verb, command, "--key", options.key, {"URI", "URI"},
           {"Clé, URI PKCS#11 (RFC 7512)", "Key, PKCS#11 URI (RFC 7512)"});
  AddValue(verb, command, "--pin-source", options.pin_source, {"FICHIER", "FILE"},
           {"Fichier dont la première ligne est le code PIN (sinon demandé dans le terminal)",
            "File whose first line is the PIN (else asked on the terminal)"});
  AddValue(verb, command, "--profile", options.profile, {"NOM", "NAME"},
           {"Profil de signature (voir « sceau profile list »)",
            "Signature profile (see 'sceau profile list')"});
  AddValue(verb, command, "--role", options.role, {"TEXTE", "TEXT"},
           {"Qualité du signataire", "The signer's role"});
  AddValue(verb, command, "--city", options.city, {"TEXTE", "TEXT"},
           {"Lieu de signature : ville", "Place of signature: city"});
  AddValue(verb, command, "--postal-code", options.postal_code, {"TEXTE", "TEXT"},
           {"Lieu de signature : code postal", "Place of signature: postal code"});
  AddValue(verb, command, "--country", options.country, {"TEXTE", "TEXT"},
           {"Lieu de signature : pays", "Place of signature: country"});
  AddValue(verb, command, "--at", options.at, {"INSTANT", "TIME"},
           {"Heure de signature imposée, RFC 3339 (essais, avec --allow-test-clock)",
            "Given signing time, RFC 3339 (tests, with --allow-test-clock)"});
  AddFlag(verb, command, "--allow-test-clock", options.allow_test_clock,
          {"Admet --at (essais)", "Admits --at (tests)"});
}

}  // namespace

void AddSignOptions(CLI::App* verb, const Command& command, SignOptions& options) {
  AddWhatToSign(verb, command, options);
  AddWhoSigns(verb, command, options);
  AddSchemaFolder(verb, command, options.schemas);
  AddServer(verb, command, options.server);
  AddValue(
      verb, command, "--idempotency-key", options.idempotency_key, {"VALEUR", "VALUE"},
      {"Même clé, même demande : le résultat est rendu sans signer deux fois (avec --server)",
       "Same key, same request: the result is given again without signing twice (with --server)"});
  AddValue(verb, command, "--decline", options.decline, {"MOTIF", "REASON"},
           {"Ne signe pas, et dit au service pourquoi (avec --server et --key)",
            "Does not sign, and tells the service why (with --server and --key)"});
}

Status CheckUse(const SignOptions& options, const Command& command) {
  if (options.output.empty()) return Usage("-o");
  const int selections = (options.whole ? 1 : 0) + (options.all ? 1 : 0) +
                         (options.bordereaux.empty() ? 0 : 1) + (options.detached ? 1 : 0);
  if (selections != 1) return Usage("--whole | --all | --bordereau REF | --detached");
  if (!options.acte.empty() && !options.detached) return Usage("--acte (--detached)");
  if (options.detached && options.file == "-") return Usage("--detached -");
  if (!options.acte.empty() && options.server.given() && options.key) {
    return Usage("--acte --server --key");
  }
  if (!options.more_bordereaux.empty() && options.bordereaux.empty()) {
    return Usage(options.more_bordereaux.front());
  }
  if (command.json && options.output == "-") return Usage("--json -o -");
  if (!options.idempotency_key.empty() && !options.server.given()) {
    return Usage("--idempotency-key (--server)");
  }
  if (!options.decline.empty() && !(options.server.given() && options.key)) {
    return Usage("--decline (--server --key)");
  }
  if (options.at.empty()) return OkStatus();
  if (!options.allow_test_clock) return Error(Reason::kTestClockRefused, "--at");
  if (options.server.given()) return Error(Reason::kTestClockRefused, "--at --server");
  return OkStatus();
}

signer::Selection SelectionOf(const SignOptions& options) {
  signer::Selection selection;
  if (options.whole) selection.what = signer::Selection::What::kWhole;
  if (options.bordereaux.empty()) return selection;
  selection.what = signer::Selection::What::kListed;
  selection.bordereaux = options.bordereaux;
  selection.bordereaux.insert(selection.bordereaux.end(), options.more_bordereaux.begin(),
                              options.more_bordereaux.end());
  return selection;
}

}  // namespace sceau::cli
