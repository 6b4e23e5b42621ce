// sceau inspect: what a file is, what is in it, what can be or is signed.
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "schemas/check.h"
#include "schemas/inspection.h"
#include "schemas/inspection_json.h"
#include "tools/sceau/command.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/inspection_text.h"
#include "tools/sceau/schema_folder.h"

namespace sceau::cli {
namespace {

struct Options {
  std::string file, schemas;
  ServerOptions server;
};

StatusOr<schemas::Inspection> InspectHere(const Options& options, const Config& config,
                                          const InputFile& input) {
  schemas::CheckOptions with;
  SCEAU_ASSIGN_OR_RETURN(with.catalog,
                         schemas::SchemaCatalog::Load(SchemaFolder(options.schemas, config)));
  with.day = absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone());
  with.use = schemas::BudgetUse::kReading;
  with.open = schemas::OpenOptions{.virus_scan = config.virus_scan};
  return schemas::InspectWithSchemas(input, with);
}

StatusOr<int> Inspect(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(options.file, config.max_size));
  SCEAU_ASSIGN_OR_RETURN(const schemas::Inspection inspection,
                         options.server.given()
                             ? RemoteInspect(ConnectionOf(options.server, config), input)
                             : InspectHere(options, config, input));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (command.json) {
      schemas::WriteJson(inspection, command.lang, sink);
    } else {
      sink(InspectionText(options.file, inspection, command.lang));
    }
  }));
  return 0;
}

}  // namespace

void AddInspect(CLI::App& app, Command& command) {
  CLI::App* verb =
      AddVerb(app, command, "inspect",
              {"Ce qu'est un fichier, ce qu'il contient, ce qui est ou peut être signé",
               "What a file is, what is in it, what is or can be signed"},
              {"sceau inspect flux.xml --json", "sceau inspect file.xml --json"});
  auto options = std::make_shared<Options>();
  AddFile(verb, command, options->file,
          {"Fichier à lire (- : entrée standard)", "File to read (-: standard input)"});
  AddSchemaFolder(verb, command, options->schemas);
  AddServer(verb, command, options->server);
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return Inspect(*options, command); };
  });
}

}  // namespace sceau::cli
