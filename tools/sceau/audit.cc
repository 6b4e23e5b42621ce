// sceau audit: the appliance's log of what was signed, read and checked without the appliance.
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "audit/checkpoint.h"
#include "audit/log_check.h"
#include "audit/proof.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/strings.h"
#include "tools/sceau/command.h"
#include "tools/sceau/console.h"
#include "tools/sceau/display.h"

namespace sceau::cli {
namespace {

constexpr int kBad = 1;  // the log or the proof is not what was written
constexpr int64_t kLargestLog = std::numeric_limits<int64_t>::max();
constexpr size_t kLargestProof = size_t{1} << 30;

struct Options {
  std::string file, checkpoints, public_key, request, output;
  int64_t record = 0;
  bool proof = false, force = false;
};

// Both or neither: a checkpoint whose signature nobody checks shows nothing.
StatusOr<std::optional<audit::Evidence>> EvidenceOf(const Options& options) {
  if (options.checkpoints.empty() && options.public_key.empty()) return std::nullopt;
  if (options.checkpoints.empty() || options.public_key.empty()) {
    return Error(Reason::kUsage, "--checkpoints --public-key");
  }
  audit::Evidence evidence;
  SCEAU_ASSIGN_OR_RETURN(const std::string lines, ReadSmallFile(options.checkpoints, kLargestProof));
  SCEAU_ASSIGN_OR_RETURN(evidence.checkpoints, audit::ReadCheckpoints(lines));
  SCEAU_ASSIGN_OR_RETURN(const std::string pem, ReadSmallFile(options.public_key));
  SCEAU_ASSIGN_OR_RETURN(evidence.public_key, audit::ReadPublicKey(pem));
  return evidence;
}

// The log as it stands; each good record is given to `sink`.
StatusOr<audit::LogState> Check(const Options& options, const audit::RecordSink& sink = nullptr) {
  SCEAU_ASSIGN_OR_RETURN(const auto evidence, EvidenceOf(options));
  SCEAU_ASSIGN_OR_RETURN(const InputFile log, InputFile::Open(options.file, kLargestLog));
  return audit::CheckLog(log, evidence ? &*evidence : nullptr, sink);
}

Json StateJson(const audit::LogState& state, Lang lang) {
  Json open = Json::array();
  for (const audit::OpenIntent& it : state.open) {
    open.push_back({{"record", it.n}, {"request", it.request}, {"time", it.time}});
  }
  Json bad;
  if (state.first_bad) {
    bad = {{"fault", audit::NameOf(state.first_bad->fault)},
           {"record", state.first_bad->record},
           {"line", state.first_bad->line},
           {"message", audit::MeaningOf(state.first_bad->fault).In(lang)}};
  }
  return {{"log", state.log_id},           {"records", state.records},
          {"link", ToHex(state.link)},     {"coveredByCheckpoint", state.covered},
          {"unfinished", state.unfinished}, {"firstBad", std::move(bad)},
          {"withoutEnd", std::move(open)}};
}

std::string StateText(const audit::LogState& state, bool against_checkpoints, Lang lang) {
  const auto in = [lang](const Text& text) { return text.In(lang); };
  std::string out = Concat(
      in({"Journal ", "Log "}), Printable(state.log_id), "\n  ",
      in({"Enregistrements intacts : ", "Intact records: "}), state.records,
      in({", dont couverts par un point de contrôle : ", ", of them covered by a checkpoint: "}),
      state.covered, "\n");
  if (state.first_bad) {
    AppendTo(out, in({"  ANOMALIE : ", "  FAULT: "}), audit::NameOf(state.first_bad->fault),
             in({", enregistrement ", ", record "}), state.first_bad->record,
             in({", ligne ", ", line "}), state.first_bad->line, "\n    ",
             in(audit::MeaningOf(state.first_bad->fault)), "\n");
  }
  if (state.unfinished > 0) {
    AppendTo(out, in({"  Dernière ligne inachevée (interruption) : ",
                      "  Last line unfinished (an interruption): "}),
             state.unfinished, in({" octets\n", " bytes\n"}));
  }
  for (const audit::OpenIntent& it : state.open) {
    AppendTo(
        out,
        in({"  Sans enregistrement de fin : demande ", "  Without a record of its end: request "}),
        Printable(it.request), ", ", Printable(it.time), "\n");
  }
  if (!against_checkpoints) {
    out += in({"  Sans point de contrôle, une fin coupée ou réécrite ne se remarque pas : "
               "--checkpoints, --public-key.\n",
               "  Without checkpoints an end that was cut or rewritten is not noticed: "
               "--checkpoints, --public-key.\n"});
  }
  return out;
}

StatusOr<int> VerifyProof(const Options& options, const Command& command) {
  if (options.public_key.empty()) return Error(Reason::kUsage, "--public-key");
  SCEAU_ASSIGN_OR_RETURN(const std::string pem, ReadSmallFile(options.public_key));
  SCEAU_ASSIGN_OR_RETURN(const EvpPkeyHandle key, audit::ReadPublicKey(pem));
  SCEAU_ASSIGN_OR_RETURN(std::string proof, ReadSmallFile(options.file, kLargestProof));
  if (proof.ends_with('\n')) proof.pop_back();
  SCEAU_ASSIGN_OR_RETURN(const audit::Proven proven, audit::CheckProof(proof, key.get()));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (!command.json) {
      return sink(Concat(command.In({"Prouvé : enregistrement ", "Proven: record "}), proven.n,
                         command.In({" du journal ", " of log "}), Printable(proven.log_id),
                         command.In({", au plus tard le ", ", at the latest at "}),
                         Printable(proven.checkpoint_time), "\n  ", Printable(proven.record),
                         "\n"));
    }
    JsonStream json(sink);
    json.Field("log", proven.log_id);
    json.Field("record", proven.n);
    json.Field("checkpointTime", proven.checkpoint_time);
    json.Field("text", proven.record);
    json.Finish();
  }));
  return 0;
}

StatusOr<int> Verify(const Options& options, const Command& command) {
  if (options.proof) return VerifyProof(options, command);
  SCEAU_ASSIGN_OR_RETURN(const audit::LogState state, Check(options));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (!command.json) {
      return sink(StateText(state, !options.checkpoints.empty(), command.lang));
    }
    JsonStream json(sink);
    const Json all = StateJson(state, command.lang);
    for (const auto& [key, value] : all.items()) json.Field(key, value);
    json.Finish();
  }));
  return state.first_bad ? kBad : 0;
}

bool IsChosen(const audit::Record& record, const Options& options) {
  return options.request.empty() || record.fields.value("request", "") == options.request;
}

StatusOr<audit::LogState> ListText(const Options& options, const TextSink& sink) {
  return Check(options, [&](const audit::Record& record) {
    if (IsChosen(record, options)) sink(Concat(Printable(record.text), "\n"));
  });
}

StatusOr<audit::LogState> ListJson(const Options& options, Lang lang, const TextSink& sink) {
  JsonStream json(sink);
  json.BeginArray("records");
  auto state = Check(options, [&](const audit::Record& record) {
    if (IsChosen(record, options)) json.Element(record.fields);
  });
  json.EndArray();
  if (state.ok()) json.Field("firstBad", StateJson(*state, lang)["firstBad"]);
  json.Finish();
  return state;
}

// Records that are good, up to the first that is not.
StatusOr<int> List(const Options& options, const Command& command) {
  // What is no log at all is told before anything is printed.
  StatusOr<audit::LogState> state = Check(options);
  SCEAU_RETURN_IF_ERROR(state.status());
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    state = command.json ? ListJson(options, command.lang, sink) : ListText(options, sink);
  }));
  SCEAU_RETURN_IF_ERROR(state.status());
  if (!state->first_bad) return 0;
  if (!command.json) {
    Console(command.lang).Say(StateText(*state, !options.checkpoints.empty(), command.lang));
  }
  return kBad;
}

// One record's proof: what an auditor is given without the others.
StatusOr<int> Export(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const auto evidence, EvidenceOf(options));
  if (!evidence) return Error(Reason::kUsage, "--checkpoints --public-key");
  SCEAU_ASSIGN_OR_RETURN(const InputFile log, InputFile::Open(options.file, kLargestLog));
  SCEAU_ASSIGN_OR_RETURN(const std::string proof,
                         audit::MakeProof(log, *evidence, options.record));
  SCEAU_RETURN_IF_ERROR(PrintToFile(options.output, options.force,
                                    [&](const TextSink& sink) { sink(Concat(proof, "\n")); }));
  if (!command.json) return 0;
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    JsonStream json(sink);
    json.Field("output", options.output);
    json.Field("record", options.record);
    json.Finish();
  }));
  return 0;
}

using Work = StatusOr<int> (*)(const Options&, const Command&);

CLI::App* Add(CLI::App& group, Command& command, const std::string& name, const Text& description,
              const Text& example, const std::shared_ptr<Options>& options, Work work) {
  CLI::App* verb = AddVerb(group, command, name, description, example);
  AddFile(verb, command, options->file, {"Le journal d'audit", "The audit log"});
  AddValue(verb, command, "--checkpoints", options->checkpoints, {"FICHIER", "FILE"},
           {"Points de contrôle, gardés ailleurs que le journal",
            "Checkpoints, kept elsewhere than the log"});
  AddValue(verb, command, "--public-key", options->public_key, {"FICHIER", "FILE"},
           {"Clé publique du service (PEM)", "The service's public key (PEM)"});
  AddJson(verb, command);
  OnCall(verb, command, options, work);
  return verb;
}

}  // namespace

void AddAudit(CLI::App& app, Command& command) {
  CLI::App* group = app.add_subcommand(
      "audit", std::string(command.In({"Journal d'audit du service : qui a signé quoi",
                                       "Audit log of the service: who signed what"})));
  group->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  const auto verb = [&](const std::string& name, const Text& description, const Text& example,
                        Work work) {
    return Add(*group, command, name, description, example, options, work);
  };
  CLI::App* list = verb("list", {"Les enregistrements du journal", "The records of the log"},
                        {"sceau audit list log", "sceau audit list log"}, List);
  AddValue(list, command, "--request", options->request, {"ID", "ID"},
           {"Seulement ceux de cette demande", "Only those of this request"});
  CLI::App* verify =
      verb("verify",
           {"Dit si le journal est tel qu'il a été écrit ; sinon, la première anomalie (code 1)",
            "Says whether the log is as it was written; if not, the first fault (exit code 1)"},
           {"sceau audit verify log --checkpoints checkpoints --public-key public.pem",
            "sceau audit verify log --checkpoints checkpoints --public-key public.pem"},
           Verify);
  AddFlag(verify, command, "--proof", options->proof,
          {"Le fichier est la preuve d'un enregistrement (audit export)",
           "The file is the proof of one record (audit export)"});
  CLI::App* exported =
      verb("export",
           {"La preuve qu'un enregistrement figure au journal, sans montrer les autres",
            "The proof that a record is in the log, without showing the others"},
           {"sceau audit export log --record 12 --checkpoints checkpoints --public-key public.pem "
            "-o preuve.json",
            "sceau audit export log --record 12 --checkpoints checkpoints --public-key public.pem "
            "-o proof.json"},
           Export);
  AddValue(exported, command, "--record", options->record, {"N", "N"},
           {"Numéro de l'enregistrement", "Number of the record"})
      ->required();
  AddValue(exported, command, "-o,--output", options->output, {"FICHIER", "FILE"},
           {"Le fichier à écrire", "The file to write"})
      ->required();
  AddFlag(exported, command, "--force", options->force,
          {"Remplace un fichier de sortie existant", "Replaces an existing output file"});
}

}  // namespace sceau::cli
