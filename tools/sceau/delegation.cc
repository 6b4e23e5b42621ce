// sceau delegation: the register of competences. Here: list, show, revoke and export.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "base/file.h"
#include "base/strings.h"
#include "delegations/change.h"
#include "policy/instant.h"
#include "policy/record_json.h"
#include "policy/register_file.h"
#include "tools/sceau/console.h"
#include "tools/sceau/delegation_text.h"
#include "tools/sceau/delegation_verbs.h"
#include "tools/sceau/display.h"

namespace sceau::cli {
namespace {

using policy::Record;
using policy::Register;
using policy::When;

struct Options {
  std::string path;  // --register
  std::string type, at, known_at;
  std::string id;  // of the record that is shown or revoked
  std::string reference, from, output;
  bool force = false;
};

StatusOr<std::shared_ptr<const Register>> Open(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const std::string path, RegisterPathOf(options.path, config));
  return policy::ReadRegisterFile(path);
}

StatusOr<int> List(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const auto facts, Open(options, command));
  SCEAU_ASSIGN_OR_RETURN(const When when, WhenOf(options.at, options.known_at, absl::Now()));
  if (!options.type.empty() && policy::FieldsOf(options.type).empty()) {
    return Error(Reason::kUsage, Concat("--type ", options.type));
  }
  std::vector<const Record*> chosen;
  for (const Record& record : facts->records()) {
    const bool known = record.recorded_at <= when.known_at;
    if (known && (options.type.empty() || policy::TypeOf(record) == options.type)) {
      chosen.push_back(&record);
    }
  }
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (!command.json) {
      for (const Record* record : chosen) sink(EntryText(*facts, *record, when, command.lang));
      return;
    }
    JsonStream json(sink);
    json.Field("at", policy::WriteInstant(when.at));
    json.Field("knownAt", policy::WriteInstant(when.known_at));
    json.BeginArray("records");
    for (const Record* record : chosen) json.Element(EntryJson(*facts, *record, when));
    json.EndArray();
    json.Finish();
  }));
  return 0;
}

StatusOr<const Record*> FindRecord(const Register& facts, const std::string& id) {
  const Record* record = facts.Find(id);
  if (record == nullptr) return Error(Reason::kDelegationUnknown, id);
  return record;
}

StatusOr<int> Show(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const auto facts, Open(options, command));
  SCEAU_ASSIGN_OR_RETURN(const When when, WhenOf(options.at, options.known_at, absl::Now()));
  SCEAU_ASSIGN_OR_RETURN(const Record* record, FindRecord(*facts, options.id));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (!command.json) return sink(EntryPage(*facts, *record, when, command.lang));
    JsonStream json(sink);
    const Json entry = EntryJson(*facts, *record, when);
    for (const auto& [key, value] : entry.items()) json.Field(key, value);
    json.Finish();
  }));
  return 0;
}

StatusOr<int> Revoke(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const std::string path, RegisterPathOf(options.path, config));
  SCEAU_ASSIGN_OR_RETURN(const auto facts, policy::ReadRegisterFile(path));
  const absl::Time now = absl::Now();
  absl::Time from = now;
  if (!options.from.empty()) {
    SCEAU_ASSIGN_OR_RETURN(from, ParseRegisterTime("--from", options.from, *facts));
  }
  SCEAU_ASSIGN_OR_RETURN(
      const Record record,
      delegations::MakeRevocation(options.id, options.reference, from, *facts, now));
  SCEAU_RETURN_IF_ERROR(policy::AppendToRegisterFile(path, {record}).status());
  if (!command.json) {
    Console(command.lang)
        .Say(Concat(command.In({"Révoqué : ", "Revoked: "}), Printable(options.id),
                    command.In({", à compter de ", ", from "}),
                    policy::WriteInstant(record.valid_from)));
    return 0;
  }
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    JsonStream json(sink);
    json.Field("added", RecordJson(record));
    json.Finish();
  }));
  return 0;
}

StatusOr<int> Export(const Options& options, const Command& command) {
  const std::string path = options.output.empty() ? "-" : options.output;
  if (command.json && path == "-") return Error(Reason::kUsage, "--json -o");
  SCEAU_ASSIGN_OR_RETURN(const auto facts, Open(options, command));
  SCEAU_RETURN_IF_ERROR(PrintToFile(path, options.force, [&](const TextSink& sink) {
    for (const Record& record : facts->records()) {
      sink(Concat(policy::WriteRecordLine(record), "\n"));
    }
  }));
  if (!command.json) return 0;
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    JsonStream json(sink);
    json.Field("output", path);
    json.Field("exported", facts->records().size());
    json.Finish();
  }));
  return 0;
}

using Work = StatusOr<int> (*)(const Options&, const Command&);

CLI::App* Add(CLI::App& group, Command& command, const std::string& name, const Text& description,
              const Text& example, const std::shared_ptr<Options>& options, Work work) {
  CLI::App* verb = AddVerb(group, command, name, description, example);
  AddRegister(verb, command, options->path);
  AddJson(verb, command);
  OnCall(verb, command, options, work);
  return verb;
}

void AddWhen(CLI::App* verb, const Command& command, Options& options) {
  AddValue(verb, command, "--at", options.at, {"INSTANT", "TIME"},
           {"Instant jugé, RFC 3339 (maintenant par défaut)",
            "Instant that is judged, RFC 3339 (default now)"});
  AddValue(verb, command, "--known-at", options.known_at, {"INSTANT", "TIME"},
           {"Seulement ce qui était enregistré à cet instant",
            "Only what was recorded at this instant"});
}

void AddId(CLI::App* verb, const Command& command, std::string& id) {
  verb->add_option("ID", id,
                   std::string(command.In({"Enregistrement (voir « sceau delegation list »)",
                                           "Record (see 'sceau delegation list')"})))
      ->type_name("")
      ->required();
}

void AddListAndShow(CLI::App& group, Command& command) {
  auto options = std::make_shared<Options>();
  CLI::App* list = Add(group, command, "list",
                       {"Les enregistrements du registre", "The records of the register"},
                       {"sceau delegation list --register registre.jsonl --type delegation",
                        "sceau delegation list --register register.jsonl --type delegation"},
                       options, List);
  AddValue(list, command, "--type", options->type, {"TYPE", "TYPE"},
           {"Seulement ceux de ce type", "Only those of this type"});
  AddWhen(list, command, *options);
  options = std::make_shared<Options>();
  CLI::App* show = Add(group, command, "show",
                       {"Un enregistrement, et ce qui le révoque",
                        "One record, and what revokes it"},
                       {"sceau delegation show delegation-1 --register registre.jsonl",
                        "sceau delegation show delegation-1 --register register.jsonl"},
                       options, Show);
  AddId(show, command, options->id);
  AddWhen(show, command, *options);
}

void AddRevoke(CLI::App& group, Command& command) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = Add(
      group, command, "revoke",
      {"Met fin à un enregistrement ; rien n'est effacé", "Ends a record; nothing is erased"},
      {"sceau delegation revoke delegation-1 --reference 'arrêté n° 2026-31' --from 2026-06-01",
       "sceau delegation revoke delegation-1 --reference 'arrêté n° 2026-31' --from 2026-06-01"},
      options, Revoke);
  AddId(verb, command, options->id);
  AddValue(verb, command, "--reference", options->reference, {"TEXTE", "TEXT"},
           {"Acte qui révoque", "Act that revokes"});
  AddValue(verb, command, "--from", options->from, {"INSTANT|JOUR", "TIME|DAY"},
           {"À compter de (maintenant par défaut)", "From when on (default now)"});
}

void AddExport(CLI::App& group, Command& command) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      Add(group, command, "export",
          {"Tout le registre en JSON Lines, version 1", "The whole register as JSON Lines, version 1"},
          {"sceau delegation export --register registre.jsonl -o extrait.jsonl",
           "sceau delegation export --register register.jsonl -o extract.jsonl"},
          options, Export);
  AddValue(verb, command, "-o,--output", options->output, {"FICHIER", "FILE"},
           {"Fichier à écrire (sortie standard par défaut)",
            "File to write (default standard output)"});
  AddFlag(verb, command, "--force", options->force,
          {"Remplace un fichier de sortie existant", "Replaces an existing output file"});
}

}  // namespace

void AddRegister(CLI::App* verb, const Command& command, std::string& path) {
  AddValue(verb, command, "--register", path, {"FICHIER", "FILE"},
           {"Registre des compétences (sinon `register` de la configuration)",
            "Register of competences (else `register` of the configuration)"});
}

StatusOr<std::string> RegisterPathOf(const std::string& given, const Config& config) {
  const std::string& path = given.empty() ? config.competence_register : given;
  if (path.empty()) return Error(Reason::kUsage, "--register");
  return path;
}

StatusOr<When> WhenOf(const std::string& at, const std::string& known_at, absl::Time now) {
  When when{now, now};
  if (!at.empty()) {
    SCEAU_ASSIGN_OR_RETURN(when.at, ParseTime("--at", at));
  }
  if (!known_at.empty()) {
    SCEAU_ASSIGN_OR_RETURN(when.known_at, ParseTime("--known-at", known_at));
  }
  return when;
}

StatusOr<absl::Time> ParseRegisterTime(std::string_view option, const std::string& text,
                                       const Register& facts) {
  const auto time = policy::ReadInstant(text, policy::Bound::kFrom, delegations::ZoneOf(facts, ""));
  if (!time.ok()) return Error(Reason::kUsage, Concat(option, " ", text));
  return *time;
}

void AddDelegation(CLI::App& app, Command& command) {
  CLI::App* group = app.add_subcommand(
      "delegation", std::string(command.In({"Registre des compétences : qui peut signer quoi",
                                            "Register of competences: who may sign what"})));
  group->require_subcommand(1);
  AddDelegationAdd(*group, command);
  AddRevoke(*group, command);
  AddListAndShow(*group, command);
  AddDelegationExplain(*group, command);
  AddDelegationImport(*group, command);
  AddExport(*group, command);
}

}  // namespace sceau::cli
