// sceau check: schema and business rules, each error with its place.
#include "schemas/check.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "base/strings.h"
#include "tools/sceau/command.h"
#include "tools/sceau/console.h"
#include "tools/sceau/contents.h"
#include "tools/sceau/display.h"
#include "tools/sceau/findings_text.h"
#include "tools/sceau/schema_folder.h"

namespace sceau::cli {
namespace {

struct Options {
  std::string file, schemas, schema, agreements, at;
  std::vector<std::string> contents;
};

std::string CheckText(const std::string& file, const schemas::Check& check, Lang lang) {
  const auto in = [&](std::string_view fr, std::string_view en) { return Text{fr, en}.In(lang); };
  std::string out = Concat(Printable(file), in(" : ", ": "), NameOf(check.inspection.kind), ", ");
  if (!check.inspection.schema_set.empty()) {
    AppendTo(out, in("valide selon le jeu de schémas ", "valid by schema set "),
             check.inspection.schema_set);
  } else if (!check.nearest.empty()) {
    AppendTo(out, in("aucun jeu de schémas ne l'admet ; le plus proche est ",
                     "no schema set admits it; the nearest is "), check.nearest);
  } else {
    out += in("non validé", "not validated");
  }
  AppendTo(out, "\n  ", in("Erreurs : ", "Errors: "), check.errors, "\n");
  for (const schemas::Finding& it : check.findings) {
    AppendTo(out, "  ", FindingLine(it, lang), "\n");
    if (!it.place.element.empty()) AppendTo(out, "      ", Printable(it.place.element), "\n");
  }
  return out;
}

StatusOr<int> RunCheck(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  absl::Time at = absl::Now();
  if (!options.at.empty()) {
    SCEAU_ASSIGN_OR_RETURN(at, ParseTime("--at", options.at));
  }
  SCEAU_ASSIGN_OR_RETURN(schemas::CheckOptions with,
                         CheckOptionsOf(options.schemas, options.agreements, config));
  with.set = options.schema;
  with.day = absl::FormatTime("%Y-%m-%d", at, absl::UTCTimeZone());
  with.open = schemas::OpenOptions{.virus_scan = config.virus_scan};
  SCEAU_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(options.file, config.max_size));
  SCEAU_ASSIGN_OR_RETURN(const auto contents, OpenContents(options.contents, config.max_size));
  with.given.emplace();
  for (const verifier::GivenContent& it : contents) with.given->push_back({it.name, it.file});
  SCEAU_ASSIGN_OR_RETURN(const schemas::Check check, schemas::CheckDocument(input, with));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (command.json) {
      schemas::WriteJson(check, command.lang, sink);
    } else {
      sink(CheckText(options.file, check, command.lang));
    }
  }));
  return check.passed() ? 0 : 1;
}

}  // namespace

void AddCheck(CLI::App& app, Command& command) {
  CLI::App* verb = AddVerb(
      app, command, "check",
      {"Schémas et règles du comptable : chaque erreur, à sa place",
       "Schemas and the accountant's rules: every error, at its place"},
      {"sceau check flux.xml --schema 5.17", "sceau check file.xml --schema 5.17"});
  auto options = std::make_shared<Options>();
  AddFile(verb, command, options->file,
          {"Fichier à contrôler (- : entrée standard)", "File to check (-: standard input)"});
  AddContents(verb, command, options->contents);
  AddSchemaFolder(verb, command, options->schemas);
  AddValue(verb, command, "--schema", options->schema, {"JEU", "SET"},
           {"Le jeu de schémas à appliquer (sinon tous, du plus récent au plus ancien)",
            "The schema set to apply (else all, from the newest to the oldest)"});
  AddValue(verb, command, "--agreements", options->agreements, {"FICHIER", "FILE"},
           {"Conventions locales (sinon celles de la configuration)",
            "Local agreements (else the configuration's)"});
  AddValue(verb, command, "--at", options->at, {"INSTANT", "TIME"},
           {"Jour où le fichier sera reçu (maintenant par défaut), RFC 3339",
            "Day on which the file will be received (default now), RFC 3339"});
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return RunCheck(*options, command); };
  });
}

}  // namespace sceau::cli
