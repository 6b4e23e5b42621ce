// sceau delegation import: records of an export, all or none, into the register of competences.
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "base/file.h"
#include "base/file_digest.h"
#include "base/strings.h"
#include "delegations/change.h"
#include "policy/register_file.h"
#include "tools/client/delegation.h"
#include "tools/sceau/console.h"
#include "tools/sceau/delegation_judgement.h"
#include "tools/sceau/delegation_verbs.h"

namespace sceau::cli {
namespace {

using policy::Register;

constexpr size_t kMaxImport = size_t{1} << 30;  // bytes

struct Options {
  RegisterOptions where;
  std::string file, acts;
  std::vector<std::string> trust;
  bool keep_recorded = false, strict = false;
};

// The XML signature beside an act, or nothing: "arrete.pdf.xml".
std::string SignatureOf(const std::string& act) {
  const std::string signature = act + ".xml";
  std::error_code error;
  return std::filesystem::is_regular_file(signature, error) ? signature : "";
}

// The files of a folder by their SHA-256.
StatusOr<std::map<std::string, std::string>> ActsIn(const std::string& folder, int64_t max_size) {
  std::map<std::string, std::string> acts;
  if (folder.empty()) return acts;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (!entry.is_regular_file(error)) continue;
    SCEAU_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(entry.path(), max_size));
    SCEAU_ASSIGN_OR_RETURN(const std::string sha256, Sha256Of(file));
    acts.emplace(sha256, entry.path());
  }
  if (error) return Error(Reason::kInputUnreadable, folder);
  return acts;
}

Status Say(const client::Imported& made, const Command& command) {
  if (!command.json) {
    Console(command.lang)
        .Say(Concat(command.In({"Enregistrements ajoutés : ", "Records added: "}), made.records,
                    command.In({" ; délégations : ", "; delegations: "}), made.delegations,
                    command.In({", dont l'acte est vérifié : ", ", whose act is verified: "}),
                    made.acts_verified));
    return OkStatus();
  }
  return Print([&](const TextSink& sink) {
    JsonStream json(sink);
    json.Field("imported", made.records);
    json.Field("delegations", made.delegations);
    json.Field("actsVerified", made.acts_verified);
    json.Finish();
  });
}

StatusOr<client::Imported> ImportHere(const Options& options, const Config& config,
                                      const std::string& lines) {
  SCEAU_ASSIGN_OR_RETURN(const std::string path, RegisterPathOf(options.where.path, config));
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  // What was known then is not rewritten by who says so later.
  if (options.keep_recorded && (there || error)) {
    return Error(Reason::kOutputExists, Concat("--keep-recorded ", path));
  }
  const auto known = options.keep_recorded ? policy::Known::kAsTheLinesSay : policy::Known::kFromNow;
  SCEAU_ASSIGN_OR_RETURN(const auto before,
                         there ? policy::ReadRegisterFile(path) : Register::Make({}));
  SCEAU_ASSIGN_OR_RETURN(const auto acts, ActsIn(options.acts, config.max_size));
  SCEAU_ASSIGN_OR_RETURN(const auto judgement, ActJudgement(options.trust, config));
  OpenAct open;  // the last one
  const auto act_of = [&](const std::string& sha256) -> StatusOr<delegations::ActFiles> {
    const auto found = acts.find(sha256);
    if (found == acts.end()) return delegations::ActFiles();
    SCEAU_ASSIGN_OR_RETURN(
        open, OpenAct::Open(found->second, SignatureOf(found->second), config.max_size));
    return open.files();
  };
  SCEAU_ASSIGN_OR_RETURN(const delegations::Import made,
                         delegations::MakeImport(lines, known, options.strict, act_of, *before,
                                                 judgement, absl::Now()));
  SCEAU_RETURN_IF_ERROR(policy::AppendToRegisterFile(path, made.records).status());
  return client::Imported{made.records.size(), made.delegations, made.acts_verified};
}

// The service judges the acts by its own anchors; only those that a line names are sent.
StatusOr<client::Imported> ImportThere(const Options& options, const Config& config,
                                       const std::string& lines) {
  if (!options.trust.empty()) return Error(Reason::kUsage, "--trust --server");
  if (options.keep_recorded) return Error(Reason::kUsage, "--keep-recorded --server");
  SCEAU_ASSIGN_OR_RETURN(const client::Options service, ServiceOf(options.where, config));
  SCEAU_ASSIGN_OR_RETURN(const auto files, ActsIn(options.acts, config.max_size));
  std::vector<client::SignedAct> acts;
  for (const auto& [sha256, path] : files) {
    if (lines.find(sha256) == std::string::npos) continue;
    SCEAU_ASSIGN_OR_RETURN(acts.emplace_back(), ReadAct(path, SignatureOf(path)));
  }
  return client::ImportRecords(service, lines, acts, options.strict);
}

StatusOr<int> Import(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const InputFile input,
                         InputFile::Open(options.file, static_cast<int64_t>(kMaxImport)));
  SCEAU_ASSIGN_OR_RETURN(const std::string lines,
                         input.Slice(0, static_cast<size_t>(input.size())));
  SCEAU_ASSIGN_OR_RETURN(const client::Imported made, options.where.server.given()
                                                          ? ImportThere(options, config, lines)
                                                          : ImportHere(options, config, lines));
  SCEAU_RETURN_IF_ERROR(Say(made, command));
  return 0;
}

}  // namespace

void AddDelegationImport(CLI::App& group, Command& command) {
  CLI::App* verb = AddVerb(
      group, command, "import",
      {"Ajoute les enregistrements d'un fichier JSON Lines, tous ou aucun ; chaque acte est rejugé",
       "Adds the records of a JSON Lines file, all or none; every act is judged anew"},
      {"sceau delegation import extrait.jsonl --register registre.jsonl --acts arretes",
       "sceau delegation import extract.jsonl --register register.jsonl --acts acts"});
  auto options = std::make_shared<Options>();
  AddFile(verb, command, options->file,
          {"JSON Lines, version 1 (- : entrée standard)", "JSON Lines, version 1 (-: standard input)"});
  AddRegister(verb, command, options->where);
  AddValue(
      verb, command, "--acts", options->acts, {"DOSSIER", "FOLDER"},
      {"Les actes signés, retrouvés par leur empreinte ; une signature détachée porte le nom de "
       "l'acte et .xml ; sans eux aucun n'est vérifié",
       "The signed acts, found by their digest; a detached signature has the act's name and "
       ".xml; without them none is verified"});
  AddFlag(verb, command, "--strict", options->strict,
          {"Refuse tout quand un acte n'est pas valablement signé par le délégant",
           "Refuses all when an act is not validly signed by the delegator"});
  AddValue(verb, command, "--trust", options->trust, {"PEM|DOSSIER", "PEM|FOLDER"},
           {"Autorités de confiance (répétable ; remplace celles de la configuration)",
            "Trusted authorities (repeatable; replaces the configuration's)"})
      ->allow_extra_args(false);
  AddFlag(verb, command, "--keep-recorded", options->keep_recorded,
          {"Garde les dates d'enregistrement ; seulement pour un registre nouveau",
           "Keeps the instants of recording; only for a new register"});
  AddJson(verb, command);
  OnCall(verb, command, options, Import);
}

}  // namespace sceau::cli
