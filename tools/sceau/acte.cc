// sceau acte answers: what the préfecture's answer says of an act that was transmitted.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/strings.h"
#include "schemas/acte_match.h"
#include "tools/sceau/acte_verbs.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/display.h"

namespace sceau::cli {
namespace {

using schemas::ActeAnswer;
using schemas::ActeFacts;

struct Options {
  std::string file, answer;
};

void WriteAnswerJson(const ActeFacts& facts, ActeAnswer answer, const TextSink& sink) {
  JsonStream json(sink);
  json.Field("number", facts.number);
  json.Field("date", facts.date);
  json.Field("nature", facts.nature);
  json.Field("answer", NameOf(answer));
  json.Field("identifier", NullIfEmpty(facts.identifier));
  json.Field("receptionDate", NullIfEmpty(facts.reception_date));
  Json anomaly = nullptr;
  if (answer == ActeAnswer::kAnomaly) {
    anomaly = {{"date", NullIfEmpty(facts.anomaly_date)},
               {"nature", NullIfEmpty(facts.anomaly_nature)},
               {"detail", NullIfEmpty(facts.anomaly_detail)}};
  }
  json.Field("anomaly", anomaly);
  json.Finish();
}

std::string AnswerText(const ActeFacts& facts, ActeAnswer answer, Lang lang) {
  const std::string act = Concat(Printable(facts.number), " (", Printable(facts.date), ")");
  if (answer == ActeAnswer::kReceived) {
    return Concat(act, Text{" : reçu le ", ": received on "}.In(lang),
                  Printable(facts.reception_date), Text{", identifiant ", ", identifier "}.In(lang),
                  Printable(facts.identifier), "\n");
  }
  return Concat(act, Text{" : anomalie du ", ": anomaly of "}.In(lang),
                Printable(facts.anomaly_date), " [", Printable(facts.anomaly_nature), "]\n  ",
                Printable(facts.anomaly_detail), "\n");
}

StatusOr<int> RunActeAnswers(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(options.file, config.max_size));
  SCEAU_ASSIGN_OR_RETURN(const InputFile reply, InputFile::Open(options.answer, config.max_size));
  SCEAU_ASSIGN_OR_RETURN(const ActeFacts act, schemas::ReadActe(input));
  SCEAU_ASSIGN_OR_RETURN(const ActeFacts facts, schemas::ReadActe(reply));
  SCEAU_ASSIGN_OR_RETURN(const ActeAnswer answer, schemas::MatchActe(act, facts));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (command.json) return WriteAnswerJson(facts, answer, sink);
    sink(AnswerText(facts, answer, command.lang));
  }));
  return answer == ActeAnswer::kReceived ? 0 : 1;
}

}  // namespace

void AddActe(CLI::App& app, Command& command) {
  CLI::App* group = app.add_subcommand(
      "acte", std::string(command.In({"Actes transmis par @CTES : sceau acte answers",
                                      "Acts sent through @CTES: sceau acte answers"})));
  group->require_subcommand(1);
  CLI::App* verb = AddVerb(
      *group, command, "answers",
      {"Ce que la préfecture répond (ARActe, AnomalieActe) à un acte transmis ; code 1 si c'est une "
       "anomalie, 65 si la réponse est celle d'un autre acte",
       "What the préfecture answers (ARActe, AnomalieActe) to an act that was sent; code 1 when it "
       "is an anomaly, 65 when it answers another act"},
      {"sceau acte answers acte.xml --answer ar.xml", "sceau acte answers act.xml --answer ar.xml"});
  auto options = std::make_shared<Options>();
  AddFile(verb, command, options->file,
          {"Acte transmis (- : entrée standard)", "Act that was sent (-: standard input)"});
  AddValue(verb, command, "--answer", options->answer, {"FICHIER", "FILE"},
           {"Réponse de la préfecture (ARActe, AnomalieActe)",
            "The préfecture's answer (ARActe, AnomalieActe)"})
      ->required();
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return RunActeAnswers(*options, command); };
  });
}

}  // namespace sceau::cli
