// sceau: signs and verifies the documents of public finance.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/clock.h"
#include "base/memory.h"
#include "base/strings.h"
#include "hsm/call_threads.h"
#include "tools/sceau/acte_verbs.h"
#include "tools/sceau/command.h"
#include "tools/sceau/console.h"

namespace sceau::cli {
namespace {

constexpr absl::Duration kLastCallsWait = absl::Seconds(5);
constexpr Text kAbout = {"sceau : signe et vérifie les documents des finances publiques",
                         "sceau: signs and verifies the documents of public finance"};
constexpr Text kExitCodes = {
    "Codes de sortie :\n"
    "  0   fait ; pour verify : tout ce qui doit être signé l'est, et chaque signature est valide\n"
    "  1   verify : une signature est invalide ; check : au moins une erreur\n"
    "  2   verify : une signature reste indéterminée\n"
    "  3   verify : aucune signature, ou il en manque une qui est obligatoire\n"
    "  64  commande mal formée ; qualité ou lieu manquant\n"
    "  65  document refusé ou illisible\n"
    "  69  jeton ou service indisponible\n"
    "  70  erreur interne\n"
    "  73  sortie impossible à écrire (un fichier existant demande --force)\n"
    "  75  à réessayer plus tard\n"
    "  77  refusé : identité, droits, compétence, code PIN\n"
    "  78  configuration invalide\n"
    "\n"
    "sceau VERBE --help donne les options et un exemple.",
    "Exit codes:\n"
    "  0   done; for verify: all that must be signed is, and every signature is valid\n"
    "  1   verify: a signature is invalid; check: at least one error\n"
    "  2   verify: a signature stays indeterminate\n"
    "  3   verify: no signature, or a mandatory one is missing\n"
    "  64  wrong use of the command; role or place missing\n"
    "  65  document refused or unreadable\n"
    "  69  token or service unavailable\n"
    "  70  internal error\n"
    "  73  output cannot be written (an existing file needs --force)\n"
    "  75  try again later\n"
    "  77  refused: identity, rights, competence, PIN\n"
    "  78  invalid configuration\n"
    "\n"
    "sceau VERB --help shows the options and an example."};

// The value of --lang, wherever it stands: the help and the messages of the parser need it before
// the options are parsed.
std::optional<std::string> NamedLanguage(const std::vector<std::string_view>& arguments) {
  constexpr std::string_view kOption = "--lang";
  for (size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == kOption && i + 1 < arguments.size()) return std::string(arguments[i + 1]);
    if (argument.substr(0, kOption.size() + 1) == "--lang=") {
      return std::string(argument.substr(kOption.size() + 1));
    }
  }
  return std::nullopt;
}

bool Asks(const std::vector<std::string_view>& arguments, std::string_view flag) {
  for (std::string_view argument : arguments) {
    if (argument == "--") return false;
    if (argument == flag) return true;
  }
  return false;
}

// French unless --lang or SCEAU_LANG says otherwise; the system's language does not count.
Lang LanguageOf(const std::optional<std::string>& named) {
  const char* environment = std::getenv("SCEAU_LANG");
  const std::string name = named.value_or(environment == nullptr ? "" : environment);
  return name == "en" ? Lang::kEn : Lang::kFr;
}

void SetLabels(CLI::App& app, const Command& command) {
  const auto formatter = app.get_formatter();
  if (command.lang != Lang::kFr) return;
  formatter->label("Usage", "Utilisation ");
  formatter->label("Positionals", "Arguments ");
  formatter->label("SUBCOMMAND", "VERBE");
  formatter->label("REQUIRED", "(obligatoire)");
}

std::unique_ptr<CLI::App> MakeApp(Command& command) {
  auto app = std::make_unique<CLI::App>(std::string(command.In(kAbout)), "sceau");
  SetLabels(*app, command);
  app->option_defaults()->group(std::string(command.In({"Options ", "Options"})));
  app->set_help_flag("-h,--help",
                     std::string(command.In({"Affiche cette aide", "Shows this help"})));
  app->set_version_flag("--version", SCEAU_VERSION,
                        std::string(command.In({"Affiche la version", "Shows the version"})));
  AddValue(app.get(), command, "--lang", command.lang_name, {"fr|en", "fr|en"},
           {"Langue des messages (fr par défaut ; aussi $SCEAU_LANG)",
            "Language of the messages (default fr; also $SCEAU_LANG)"});
  AddInspect(*app, command);
  AddCheck(*app, command);
  AddSign(*app, command);
  AddVerify(*app, command);
  AddSchemas(*app, command);
  AddKey(*app, command);
  AddToken(*app, command);
  AddTokenPins(*app, command);
  AddTrust(*app, command);
  AddTrustRefresh(*app, command);
  AddProfile(*app, command);
  AddBudget(*app, command);
  AddPes(*app, command);
  AddActe(*app, command);
  AddDelegation(*app, command);
  AddAudit(*app, command);
  AddAccess(*app, command);
  for (CLI::App* verb : app->get_subcommands({})) {
    verb->group(std::string(command.In({"Verbes ", "Verbs"})));
  }
  app->require_subcommand(1);
  app->footer(std::string(command.In(kExitCodes)));
  return app;
}

// What the parser did not understand, as the language-neutral detail of USAGE.
Status UsageOf(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unexpected = app.remaining(/*recurse=*/true);
  if (!unexpected.empty()) return Error(Reason::kUsage, unexpected.front());
  if (dynamic_cast<const CLI::RequiredError*>(&error) == nullptr) {
    return Error(Reason::kUsage, error.what());
  }
  // "FILE is required", or a sentence about the verb that is missing.
  const std::string_view words = error.what();
  return Error(Reason::kUsage, words.substr(0, 4) == "FILE" ? "FILE" : "sceau --help");
}

int Fail(const Status& error, const Command& command, bool json) {
  Console(command.lang).Say(error);
  if (json) {
    const Status printed = PrintError(error, command.lang);
    if (!printed.ok()) Console(command.lang).Say(printed);
  }
  return ExitCodeOf(error);
}

int Main(int argc, char** argv) {
  ReturnMemoryEarly();
  const std::vector<std::string_view> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const std::optional<std::string> language = NamedLanguage(arguments);
  Command command;
  command.lang = LanguageOf(language);
  const std::unique_ptr<CLI::App> app = MakeApp(command);
  const bool json = Asks(arguments, "--json");
  try {
    app->parse(argc, argv);
  } catch (const CLI::Success& answer) {  // --help, --version
    return app->exit(answer);
  } catch (const CLI::ParseError& error) {
    return Fail(UsageOf(*app, error), command, json);
  }
  if (language && *language != "fr" && *language != "en") {
    return Fail(Error(Reason::kUsage, Concat("--lang ", *language)), command, json);
  }
  const StatusOr<int> code = command.run();
  return code.ok() ? *code : Fail(code.status(), command, json);
}

// A module that hangs keeps nobody from leaving.
[[noreturn]] void Leave(int code) {
  if (hsm::EndCalls(absl::Now() + kLastCallsWait)) std::exit(code);
  std::fflush(nullptr);
  std::_Exit(code);
}

}  // namespace
}  // namespace sceau::cli

int main(int argc, char** argv) { sceau::cli::Leave(sceau::cli::Main(argc, argv)); }
