// sceau verify: judges the signatures of files.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/strings.h"
#include "policy/register_file.h"
#include "tools/sceau/command.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/contents.h"
#include "tools/sceau/input_files.h"
#include "tools/sceau/log_evidence.h"
#include "tools/sceau/report_writer.h"
#include "tools/sceau/schema_folder.h"
#include "verifier/competence.h"
#include "verifier/trusted_lists.h"
#include "verifier/verifier.h"

namespace sceau::cli {
namespace {

constexpr int kLogNotAsWritten = 1;  // as `sceau audit verify` has it

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> contents;
  std::vector<std::string> trust;
  std::string lists;
  std::string competences;  // --register
  std::string at;
  std::string evidence;
  bool offline = false;
  bool online = false;
  std::vector<std::string> revocation;
  std::string report;
  std::string output;
  bool force = false;
  ServerOptions server;
};

Status CheckUse(const Options& options, bool json) {
  const bool printed = options.output.empty() || options.output == "-";
  if (json && printed && !options.report.empty() && options.report != "json") {
    return Error(Reason::kUsage, "--json --report -o");
  }
  if (options.server.given() && options.offline) {
    return Error(Reason::kUsage, "--offline --server");
  }
  if (options.server.given() && !(options.trust.empty() && options.lists.empty())) {
    return Error(Reason::kUsage, "--trust, --lists --server");
  }
  if (options.server.given() && !options.competences.empty()) {
    return Error(Reason::kUsage, "--register --server");
  }
  if (options.server.given() && !options.evidence.empty()) {
    return Error(Reason::kUsage, "--evidence --server");
  }
  if (options.offline && options.online) return Error(Reason::kUsage, "--offline --online");
  if (options.server.given() && (options.online || !options.revocation.empty())) {
    return Error(Reason::kUsage, "--online, --revocation --server");
  }
  return OkStatus();
}

// A report on its way to a file or to standard output, which get it whole or not at all.
class Destination {
 public:
  static StatusOr<std::unique_ptr<Destination>> Open(const std::string& path, bool force,
                                                     std::string_view form, Lang lang) {
    SCEAU_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path, force));
    auto out = std::make_unique<Destination>(std::move(file));
    SCEAU_ASSIGN_OR_RETURN(out->writer_, MakeReportWriter(form, lang, [it = out.get()](auto text) {
                             if (it->written_.ok()) it->written_ = it->file_.Append(text);
                           }));
    return out;
  }
  explicit Destination(OutputFile file) : file_(std::move(file)) {}

  Status Add(const verifier::FileReport& report) {
    SCEAU_RETURN_IF_ERROR(writer_->File(report));
    return written_;
  }
  void Add(const verifier::LogAccount& log) { writer_->Log(log); }
  Status Publish() {
    SCEAU_RETURN_IF_ERROR(writer_->Finish());
    SCEAU_RETURN_IF_ERROR(written_);
    return file_.Publish();
  }

 private:
  OutputFile file_;
  std::unique_ptr<ReportWriter> writer_;
  Status written_;
};
using Destinations = std::vector<std::unique_ptr<Destination>>;

// --json answers on standard output, whatever goes into a file.
StatusOr<Destinations> OpenDestinations(const Options& options, const Command& command) {
  Destinations out;
  const auto add = [&](const std::string& path, std::string_view form) -> Status {
    SCEAU_ASSIGN_OR_RETURN(auto it, Destination::Open(path, options.force, form, command.lang));
    out.push_back(std::move(it));
    return OkStatus();
  };
  const std::string_view form = !options.report.empty() ? std::string_view(options.report)
                                : command.json          ? "json"
                                                        : "text";
  const bool to_file = !options.output.empty() && options.output != "-";
  if (to_file) SCEAU_RETURN_IF_ERROR(add(options.output, form));
  if (command.json) {
    SCEAU_RETURN_IF_ERROR(add("-", "json"));
  } else if (!to_file) {
    SCEAU_RETURN_IF_ERROR(add("-", form));
  }
  return out;
}

class Judge {
 public:
  Judge(const Options& options, const Config& config, Lang lang)
      : options_(options), config_(config), console_(lang) {}

  Status Prepare() {
    if (!options_.at.empty()) {
      SCEAU_ASSIGN_OR_RETURN(at_, ParseTime("--at", options_.at));
    }
    local_.validation_time = at_.value_or(SystemClock().Now());
    local_.attachments = true;
    SCEAU_ASSIGN_OR_RETURN(local_.contents, OpenContents(options_.contents, config_.max_size));
    const std::vector<std::string>& trust = options_.trust.empty() ? config_.trust : options_.trust;
    if (!trust.empty() && !options_.server.given()) {
      SCEAU_ASSIGN_OR_RETURN(local_.trust, verifier::TrustAnchors::Load(trust));
    }
    if (options_.server.given()) {
      SCEAU_ASSIGN_OR_RETURN(auto remote,
                             RemoteVerifier::Connect(ConnectionOf(options_.server, config_)));
      remote_.emplace(std::move(remote));
      return OkStatus();
    }
    SCEAU_RETURN_IF_ERROR(PrepareLists());
    const std::string& competences =
        options_.competences.empty() ? config_.competence_register : options_.competences;
    if (!competences.empty()) {
      SCEAU_ASSIGN_OR_RETURN(competences_, policy::ReadRegisterFile(competences));
      SCEAU_ASSIGN_OR_RETURN(sent_, SentRegisterOf(config_));
    }
    SCEAU_RETURN_IF_ERROR(PrepareRevocation());
    return options_.evidence.empty() ? OkStatus()
                                     : evidence_.Read(options_.evidence, local_, console_);
  }

  // What the audit log said, when one was given; after all files.
  std::optional<verifier::LogAccount> Log() const { return evidence_.Account(); }

  // A file that cannot be opened is refused like one that cannot be judged, so that the others are
  // still judged.
  StatusOr<verifier::FileReport> operator()(const std::string& file) {
    StatusOr<InputFile> input = InputFile::Open(file, config_.max_size);
    if (!input.ok()) {
      verifier::FileReport refused;
      refused.file = file;
      refused.validation_time = local_.validation_time;
      refused.refusal = input.status();
      return refused;
    }
    if (remote_) return remote_->Verify(*input, file, at_, local_.contents);
    verifier::FileReport report = verifier::Verify(*input, file, local_);
    evidence_.Saw(report.sha256);
    if (competences_ != nullptr) {
      SCEAU_RETURN_IF_ERROR(verifier::JudgeCompetence(*input, *competences_, sent_.get(), report));
    }
    return report;
  }

 private:
  // A list that may not be relied on is told; the others count.
  Status PrepareLists() {
    const std::string& folder = options_.lists.empty() ? config_.lists : options_.lists;
    if (folder.empty()) return OkStatus();
    SCEAU_ASSIGN_OR_RETURN(local_.lists,
                           verifier::TrustedLists::Load(folder, local_.validation_time));
    for (const verifier::ListState& it : local_.lists->states()) {
      if (!it.status.ok())
        console_.Say(Concat(it.file, ": ", Describe(it.status, console_.lang())));
    }
    local_.trust = local_.lists->AddedTo(*local_.trust);
    return OkStatus();
  }

  Status PrepareRevocation() {
    const std::vector<std::string>& paths =
        options_.revocation.empty() ? config_.revocation : options_.revocation;
    std::vector<std::string> all = paths;
    const std::string kept = options_.evidence + "/evidence";
    std::error_code error;
    if (!options_.evidence.empty() && std::filesystem::exists(kept, error)) all.push_back(kept);
    if (!all.empty()) {
      SCEAU_ASSIGN_OR_RETURN(local_.revocation.given, verifier::RevocationData::Load(all));
    }
    if (options_.online) {
      verifier::RevocationNetworkOptions network;
      network.cache_folder = config_.revocation_cache;
      local_.revocation.network =
          std::make_shared<const verifier::RevocationNetwork>(std::move(network));
    }
    return OkStatus();
  }

  const Options& options_;
  const Config& config_;
  const Console console_;
  std::optional<absl::Time> at_;
  verifier::VerifyOptions local_;
  LogEvidence evidence_;
  std::shared_ptr<const policy::Register> competences_;
  std::shared_ptr<const schemas::SentRegister> sent_;  // null: none is configured
  std::optional<const RemoteVerifier> remote_;
};

StatusOr<int> Verify(const Options& options, const Command& command) {
  SCEAU_RETURN_IF_ERROR(CheckUse(options, command.json));
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  Judge judge(options, config, command.lang);
  SCEAU_RETURN_IF_ERROR(judge.Prepare());
  SCEAU_ASSIGN_OR_RETURN(const InputFiles inputs, ExpandFolders(options.files));
  SCEAU_ASSIGN_OR_RETURN(const Destinations destinations, OpenDestinations(options, command));
  const Console console(command.lang);
  if (inputs.left_out > 0) {
    console.Say(
        Concat(command.In({"Ni XML ni PDF, non jugés : ", "Neither XML nor PDF, not judged: "}),
               inputs.left_out));
  }
  int code = 0;
  for (size_t i = 0; i < inputs.files.size(); ++i) {
    SCEAU_ASSIGN_OR_RETURN(const verifier::FileReport report, judge(inputs.files[i]));
    for (const auto& it : destinations) SCEAU_RETURN_IF_ERROR(it->Add(report));
    code = verifier::CombinedExitCode(code, verifier::ExitCodeOf(report));
    if (inputs.files.size() > 1) {
      console.Progress({"Vérification", "Verification"}, i + 1, inputs.files.size());
    }
  }
  const auto log = judge.Log();
  for (const auto& it : destinations) {
    if (log) it->Add(*log);
    SCEAU_RETURN_IF_ERROR(it->Publish());
  }
  if (log) LogEvidence::Tell(*log, console);
  if (log && log->first_bad) code = verifier::CombinedExitCode(code, kLogNotAsWritten);
  return code;
}

}  // namespace

void AddVerify(CLI::App& app, Command& command) {
  CLI::App* verb =
      AddVerb(app, command, "verify",
              {"Juge les signatures de fichiers ; sans --online rien n'est pris sur le réseau",
               "Judges the signatures of files; nothing from the network unless --online"},
              {"sceau verify flux.xml --trust autorites.pem --at 2026-01-01T00:00:00Z",
               "sceau verify file.xml --trust anchors.pem --at 2026-01-01T00:00:00Z"});
  auto options = std::make_shared<Options>();
  AddFile(verb, command, options->files,
          {"Fichiers ou dossiers à juger (- : entrée standard)",
           "Files or folders to judge (-: standard input)"});
  AddContents(verb, command, options->contents);
  AddValue(verb, command, "--trust", options->trust, {"PEM|DOSSIER", "PEM|FOLDER"},
           {"Autorités de confiance (répétable ; remplace celles de la configuration)",
            "Trusted authorities (repeatable; replaces the configuration's)"})
      ->allow_extra_args(false);
  AddValue(verb, command, "--lists", options->lists, {"DOSSIER", "FOLDER"},
           {"Listes de confiance européennes, dans ce dossier (voir « sceau trust refresh »)",
            "European trusted lists in this folder (see 'sceau trust refresh')"});
  AddValue(verb, command, "--register", options->competences, {"FICHIER", "FILE"},
           {"Registre des compétences, ou extrait à côté de l'archive (sinon celui de la "
            "configuration) : le signataire avait-il compétence ?",
            "Register of competences, or an extract beside the archive (else the configuration's): "
            "was the signer competent?"});
  AddValue(verb, command, "--evidence", options->evidence, {"DOSSIER", "FOLDER"},
           {"Journal d'audit du service (log, checkpoints, stamps, public.pem, evidence) : ses "
            "horodatages prouvent l'existence des fichiers signés, et ce qui manque est signalé",
            "Audit log of the service (log, checkpoints, stamps, public.pem, evidence): its time "
            "stamps prove the existence of signed files, and what is missing is told"});
  AddValue(verb, command, "--at", options->at, {"INSTANT", "TIME"},
           {"Instant du jugement, RFC 3339 (maintenant par défaut)",
            "Instant of the judgement, RFC 3339 (default now)"});
  AddValue(
      verb, command, "--revocation", options->revocation, {"CRL|DOSSIER", "CRL|FOLDER"},
      {"Listes de révocation et réponses OCSP (répétable ; remplace celles de la configuration)",
       "Revocation lists and OCSP responses (repeatable; replaces the configuration's)"})
      ->allow_extra_args(false);
  AddFlag(verb, command, "--online", options->online,
          {"Demande la révocation aux adresses que donnent les certificats",
           "Asks for revocation at the addresses the certificates give"});
  AddFlag(verb, command, "--offline", options->offline,
          {"N'utilise que ce qui est sur cette machine", "Uses only what is on this machine"});
  AddValue(
      verb, command, "--report", options->report, {"json|html|etsi", "json|html|etsi"},
      {"Forme du rapport (texte par défaut) ; html : une page à lire et à imprimer ; etsi : XML, "
       "TS 119 102-2",
       "Form of the report (default text); html: a page to read and print; etsi: XML, "
       "TS 119 102-2"});
  AddValue(verb, command, "-o,--output", options->output, {"FICHIER", "FILE"},
           {"Écrit le rapport dans ce fichier", "Writes the report into this file"});
  AddFlag(verb, command, "--force", options->force,
          {"Remplace un fichier de sortie existant", "Replaces an existing output file"});
  AddServer(verb, command, options->server);
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return Verify(*options, command); };
  });
}

}  // namespace sceau::cli
