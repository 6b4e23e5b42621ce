// sceau delegation: the register of competences, here or at the service. In this file: list, show,
// revoke and export.
#include "tools/client/delegation.h"

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "base/file.h"
#include "base/strings.h"
#include "delegations/change.h"
#include "delegations/entry.h"
#include "policy/instant.h"
#include "policy/record_json.h"
#include "policy/register_file.h"
#include "tools/sceau/console.h"
#include "tools/sceau/delegation_text.h"
#include "tools/sceau/delegation_verbs.h"
#include "tools/sceau/display.h"

namespace sceau::cli {
namespace {

using delegations::Entry;
using policy::Record;
using policy::Register;
using policy::When;

struct Options {
  RegisterOptions where;
  std::string type, at, known_at;
  std::string id;  // of the record that is shown or revoked
  std::string reference, from, output;
  bool force = false;
};

// --at and --known-at; what is not given is now.
StatusOr<client::AskedWhen> WhenOf(const Options& options) {
  client::AskedWhen when;
  if (!options.at.empty()) {
    SCEAU_ASSIGN_OR_RETURN(when.at, ParseTime("--at", options.at));
  }
  if (!options.known_at.empty()) {
    SCEAU_ASSIGN_OR_RETURN(when.known_at, ParseTime("--known-at", options.known_at));
  }
  return when;
}
When Here(const client::AskedWhen& when) {
  const absl::Time now = absl::Now();
  return {when.at.value_or(now), when.known_at.value_or(now)};
}

StatusOr<std::shared_ptr<const Register>> Open(const Options& options, const Config& config) {
  SCEAU_ASSIGN_OR_RETURN(const std::string path, RegisterPathOf(options.where.path, config));
  return policy::ReadRegisterFile(path);
}

// `each` is given those of the type (empty: every one) in the order they were added.
Status ForEach(const Options& options, const Command& command, const client::AskedWhen& asked,
               const std::function<void(const Entry&)>& each) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  if (!options.type.empty() && policy::FieldsOf(options.type).empty()) {
    return Error(Reason::kUsage, Concat("--type ", options.type));
  }
  if (options.where.server.given()) {
    SCEAU_ASSIGN_OR_RETURN(const client::Options service, ServiceOf(options.where, config));
    return client::ListRecords(service, options.type, asked, each);
  }
  SCEAU_ASSIGN_OR_RETURN(const auto facts, Open(options, config));
  const When when = Here(asked);
  for (const Record& record : facts->records()) {
    if (record.recorded_at > when.known_at) continue;
    if (options.type.empty() || policy::TypeOf(record) == options.type) {
      each(delegations::EntryOf(*facts, record, when));
    }
  }
  return OkStatus();
}

StatusOr<int> List(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const client::AskedWhen when, WhenOf(options));
  std::vector<Entry> entries;
  SCEAU_RETURN_IF_ERROR(
      ForEach(options, command, when, [&](const Entry& it) { entries.push_back(it); }));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (!command.json) {
      for (const Entry& it : entries) sink(EntryText(it, command.lang));
      return;
    }
    const When shown = Here(when);
    JsonStream json(sink);
    json.Field("at", policy::WriteInstant(shown.at));
    json.Field("knownAt", policy::WriteInstant(shown.known_at));
    json.BeginArray("records");
    for (const Entry& it : entries) json.Element(EntryJson(it));
    json.EndArray();
    json.Finish();
  }));
  return 0;
}

StatusOr<Entry> Find(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const client::AskedWhen when, WhenOf(options));
  if (options.where.server.given()) {
    SCEAU_ASSIGN_OR_RETURN(const client::Options service, ServiceOf(options.where, config));
    return client::ShowRecord(service, options.id, when);
  }
  SCEAU_ASSIGN_OR_RETURN(const auto facts, Open(options, config));
  const Record* record = facts->Find(options.id);
  if (record == nullptr) return Error(Reason::kDelegationUnknown, options.id);
  return delegations::EntryOf(*facts, *record, Here(when));
}

StatusOr<int> Show(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Entry entry, Find(options, command));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (!command.json) return sink(EntryPage(entry, command.lang));
    JsonStream json(sink);
    const Json all = EntryJson(entry);
    for (const auto& [key, value] : all.items()) json.Field(key, value);
    json.Finish();
  }));
  return 0;
}

StatusOr<Record> RevokeHere(const Options& options, const Config& config) {
  SCEAU_ASSIGN_OR_RETURN(const std::string path, RegisterPathOf(options.where.path, config));
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
  return record;
}

StatusOr<Record> RevokeThere(const Options& options, const Config& config) {
  SCEAU_ASSIGN_OR_RETURN(const client::Options service, ServiceOf(options.where, config));
  std::optional<absl::Time> from;
  if (!options.from.empty()) {
    SCEAU_ASSIGN_OR_RETURN(from, ParseTime("--from", options.from));
  }
  SCEAU_ASSIGN_OR_RETURN(Entry entry,
                         client::RevokeRecord(service, options.id, options.reference, from));
  return std::move(entry.record);
}

StatusOr<int> Revoke(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const Record record, options.where.server.given()
                                                  ? RevokeThere(options, config)
                                                  : RevokeHere(options, config));
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
  std::vector<std::string> lines;
  SCEAU_RETURN_IF_ERROR(ForEach(options, command, {}, [&](const Entry& it) {
    lines.push_back(policy::WriteRecordLine(it.record));
  }));
  SCEAU_RETURN_IF_ERROR(PrintToFile(path, options.force, [&](const TextSink& sink) {
    for (const std::string& line : lines) sink(Concat(line, "\n"));
  }));
  if (!command.json) return 0;
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    JsonStream json(sink);
    json.Field("output", path);
    json.Field("exported", lines.size());
    json.Finish();
  }));
  return 0;
}

using Work = StatusOr<int> (*)(const Options&, const Command&);

CLI::App* Add(CLI::App& group, Command& command, const std::string& name, const Text& description,
              const Text& example, const std::shared_ptr<Options>& options, Work work) {
  CLI::App* verb = AddVerb(group, command, name, description, example);
  AddRegister(verb, command, options->where);
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

void AddRegister(CLI::App* verb, const Command& command, RegisterOptions& options) {
  AddValue(verb, command, "--register", options.path, {"FICHIER", "FILE"},
           {"Registre des compétences (sinon « register » de la configuration)",
            "Register of competences (else 'register' of the configuration)"});
  AddServer(verb, command, options.server);
  verb->get_option("--register")->excludes("--server");
}

StatusOr<std::string> RegisterPathOf(const std::string& given, const Config& config) {
  const std::string& path = given.empty() ? config.competence_register : given;
  if (path.empty()) return Error(Reason::kUsage, "--register");
  return path;
}

StatusOr<client::Options> ServiceOf(const RegisterOptions& options, const Config& config) {
  return ClientOptionsOf(ConnectionOf(options.server, config));
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
