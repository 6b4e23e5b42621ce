// sceau sign: shows what is to be signed, asks, signs, and releases what verifies.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/strings.h"
#include "schemas/check.h"
#include "signer/detached.h"
#include "signer/signer.h"
#include "tools/sceau/command.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/desk.h"
#include "tools/sceau/local_key.h"
#include "tools/sceau/preview.h"
#include "tools/sceau/profile.h"
#include "tools/sceau/schema_folder.h"
#include "tools/sceau/sign_options.h"
#include "tools/sceau/sign_result.h"

namespace sceau::cli {
namespace {

// Shows what is to be signed and asks, when there is somebody to ask.
Status Confirm(const PreviewContent& content, const SignOptions& options, const Console& console) {
  if (!console.Interactive()) return OkStatus();
  console.Say(Preview(content, console.lang()));
  if (options.yes || console.Ask({"Signer ? [o/N]", "Sign? [y/N]"})) return OkStatus();
  return Error(Reason::kRefusedByUser);
}

class Signing {
 public:
  Signing(const SignOptions& options, const Config& config, const Command& command)
      : options_(options), config_(config), console_(command.lang) {}

  StatusOr<SignResult> Run() {
    SCEAU_RETURN_IF_ERROR(Open());
    SCEAU_ASSIGN_OR_RETURN(OutputFile output, OutputFile::Create(options_.output, options_.force));
    SCEAU_ASSIGN_OR_RETURN(const SignResult result, options_.server.given() && options_.key
                                                        ? AtTheDesk(output)
                                                    : options_.server.given() ? AtTheService(output)
                                                                              : Here(output));
    SCEAU_ASSIGN_OR_RETURN(signed_, output.Reread());
    SCEAU_RETURN_IF_ERROR(output.Publish());
    return result;
  }
  // What was signed, once Run has succeeded.
  const InputFile& document() const { return signed_; }

 private:
  Status Open() {
    SCEAU_ASSIGN_OR_RETURN(InputFile input, InputFile::Open(options_.file, config_.max_size));
    input_ = std::make_shared<const InputFile>(std::move(input));
    if (!options_.detached) return OkStatus();
    name_ = std::filesystem::path(options_.file).filename();
    if (options_.acte.empty()) {
      SCEAU_ASSIGN_OR_RETURN(auto task, signer::DetachedTask::Of(input_, name_));
      detached_.emplace(std::move(task));
      return OkStatus();
    }
    SCEAU_ASSIGN_OR_RETURN(InputFile message, InputFile::Open(options_.acte, config_.max_size));
    content_ = std::exchange(input_, std::make_shared<const InputFile>(std::move(message)));
    SCEAU_ASSIGN_OR_RETURN(auto task, signer::DetachedTask::In(input_, content_, name_));
    detached_.emplace(std::move(task));
    return OkStatus();
  }

  static std::string Choose(const std::optional<std::string>& given,
                            const std::string& configured) {
    return given.value_or(configured);
  }

  StatusOr<signer::SignatureParameters> Parameters() const {
    signer::SignatureParameters parameters;
    SCEAU_ASSIGN_OR_RETURN(const xades::ProfileSet profiles, LoadProfiles(config_));
    SCEAU_ASSIGN_OR_RETURN(
        parameters.profile,
        profiles.Find(Choose(options_.profile, options_.detached ? "detached" : config_.profile)));
    parameters.selection = SelectionOf(options_);
    parameters.role = Choose(options_.role, config_.role);
    parameters.city = Choose(options_.city, config_.city);
    parameters.postal_code = Choose(options_.postal_code, config_.postal_code);
    parameters.country = Choose(options_.country, config_.country);
    parameters.set_dematerialisee = options_.set_dematerialisee;
    parameters.signing_time = absl::Now();
    if (!options_.at.empty()) {
      SCEAU_ASSIGN_OR_RETURN(parameters.signing_time, ParseTime("--at", options_.at));
    }
    SCEAU_ASSIGN_OR_RETURN(schemas::CheckOptions rules,
                           CheckOptionsOf(options_.schemas, "", config_));
    if (!config_.virus_scan.address.empty()) {
      rules.open = schemas::OpenOptions{.virus_scan = config_.virus_scan};
    }
    parameters.rules = std::make_shared<const schemas::CheckOptions>(std::move(rules));
    return parameters;
  }

  // The certificate, then the preview and the question, and only then the PIN.
  StatusOr<SignResult> Here(OutputFile& output) {
    SCEAU_ASSIGN_OR_RETURN(signer::SignatureParameters parameters, Parameters());
    SCEAU_ASSIGN_OR_RETURN(
        LocalKey key,
        LocalKey::Find(TokensOf(config_), Choose(options_.key, config_.key),
                       Choose(options_.pin_source, config_.pin_source), console_.lang()));
    SCEAU_ASSIGN_OR_RETURN(parameters.certificates, key.Certificates());
    SCEAU_ASSIGN_OR_RETURN(signer::Prepared prepared, detached_
                                                          ? detached_->Prepare(parameters)
                                                          : signer::Prepare(*input_, parameters));
    SCEAU_RETURN_IF_ERROR(Confirm(ContentOf(options_.file, prepared), options_, console_));
    SayWarnings(prepared);
    SCEAU_RETURN_IF_ERROR(key.Unlock());
    prepared.parameters.certificates = key.KnownChain();

    signer::CompleteOptions how;
    how.progress = [this](const signer::Target&, size_t done, size_t total) {
      console_.Progress({"Signature", "Signing"}, done, total);
    };
    const schemas::SentDocuments sent = schemas::SentDocumentsOf(prepared.facts);
    SCEAU_ASSIGN_OR_RETURN(signer::Outcome outcome,
                           signer::Complete(detached_ ? detached_->Document() : *input_,
                                            std::move(prepared), key.Signing(), how, output));
    // Nothing is released whose documents are not in the register.
    SCEAU_ASSIGN_OR_RETURN(const auto known, SentRegisterOf(config_));
    if (known != nullptr) SCEAU_RETURN_IF_ERROR(known->Add(sent, outcome.sha256, absl::Now()));
    return SignResult{std::move(outcome.sha256), outcome.size, std::move(outcome.elements),
                      std::move(outcome.edits), ""};
  }

  // On a terminal the preview has shown them.
  void SayWarnings(const signer::Prepared& prepared) const {
    if (prepared.warning_count == 0 || console_.Interactive()) return;
    const auto in = [this](const Text& text) { return text.In(console_.lang()); };
    console_.Say(Concat(in({"Avertissements : ", "Warnings: "}), prepared.warning_count,
                        in({" (« sceau check » les montre)", " ('sceau check' shows them)"})));
  }

  // The one given, or a new one, which is told.
  std::string IdempotencyKey() const {
    if (!options_.idempotency_key.empty()) return options_.idempotency_key;
    constexpr size_t kKeyBytes = 16;
    std::string key = RandomHex(kKeyBytes);
    console_.Say(
        Concat(Text{"Clé d'idempotence : ", "Idempotency key: "}.In(console_.lang()), key));
    return key;
  }

  // The key is on a card here; the service prepares and completes.
  StatusOr<SignResult> AtTheDesk(OutputFile& output) {
    DeskRequest request;
    SCEAU_ASSIGN_OR_RETURN(request.parameters, Parameters());
    SCEAU_ASSIGN_OR_RETURN(
        LocalKey key,
        LocalKey::Find(TokensOf(config_), *options_.key,
                       Choose(options_.pin_source, config_.pin_source), console_.lang()));
    SCEAU_ASSIGN_OR_RETURN(request.parameters.certificates, key.Certificates());
    if (detached_) request.detached = &*detached_;
    request.detached_name = name_;
    request.idempotency_key = IdempotencyKey();
    request.may_be_completed = !options_.idempotency_key.empty();
    request.consent = [this](const signer::Prepared& prepared, std::string& reason) {
      return ConsentAtTheDesk(prepared, reason);
    };
    request.unlock = [&key]() -> StatusOr<signer::SignFunction> {
      SCEAU_RETURN_IF_ERROR(key.Unlock());
      return key.Signing();
    };
    return RemoteSignAtDesk(ConnectionOf(options_.server, config_), *input_, request, output);
  }

  Status ConsentAtTheDesk(const signer::Prepared& prepared, std::string& reason) const {
    reason = options_.decline.empty() ? "refused at the desk" : options_.decline;
    if (!options_.decline.empty()) return Error(Reason::kRefusedByUser, options_.decline);
    SCEAU_RETURN_IF_ERROR(Confirm(ContentOf(options_.file, prepared), options_, console_));
    SayWarnings(prepared);
    reason.clear();
    return OkStatus();
  }

  StatusOr<SignResult> AtTheService(OutputFile& output) {
    RemoteSignRequest request;
    request.selection = SelectionOf(options_);
    request.profile = Choose(options_.profile, options_.detached ? "detached" : config_.profile);
    request.detached_name = name_;
    request.content = content_.get();
    request.role = Choose(options_.role, config_.role);
    request.city = Choose(options_.city, config_.city);
    request.postal_code = Choose(options_.postal_code, config_.postal_code);
    request.country = Choose(options_.country, config_.country);
    request.set_dematerialisee = options_.set_dematerialisee;
    request.progress = [this](size_t done, size_t total) {
      console_.Progress({"Signature", "Signing"}, done, total);
    };
    request.idempotency_key = IdempotencyKey();
    SCEAU_RETURN_IF_ERROR(ConfirmRemote(request));
    return RemoteSign(ConnectionOf(options_.server, config_), *input_, request, output);
  }

  // The service reads the file again and decides; this is what the caller sees of it before.
  Status ConfirmRemote(const RemoteSignRequest& request) const {
    if (!console_.Interactive()) return OkStatus();
    schemas::Inspection inspection;  // a file that is signed detached may be anything
    if (!options_.detached) {
      SCEAU_ASSIGN_OR_RETURN(inspection, schemas::Inspect(*input_));
    }
    PreviewContent content;
    content.file = options_.file;
    content.facts = &inspection.pes;
    if (inspection.budget) content.budget = &*inspection.budget;
    content.whole = options_.whole || options_.detached;
    const std::vector<std::string>& listed = request.selection.bordereaux;
    for (size_t i = 0; i < inspection.pes.bordereaux.size(); ++i) {
      const schemas::Bordereau& it = inspection.pes.bordereaux[i];
      const bool wanted =
          listed.empty() ||
          std::any_of(listed.begin(), listed.end(), [&](const std::string& reference) {
            return reference == it.id || reference == it.Ref();
          });
      if (wanted) content.bordereaux.push_back(i);
    }
    content.role = request.role;
    content.city = request.city;
    content.postal_code = request.postal_code;
    content.country = request.country;
    content.profile = request.profile;
    content.set_dematerialisee = request.set_dematerialisee;
    return Confirm(content, options_, console_);
  }

  const SignOptions& options_;
  const Config& config_;
  const Console console_;
  std::shared_ptr<const InputFile> input_;    // with --acte the message
  std::shared_ptr<const InputFile> content_;  // with --acte the file
  std::string name_;                          // of the file of a detached signature
  std::optional<const signer::DetachedTask> detached_;
  InputFile signed_;
};

StatusOr<int> Sign(const SignOptions& options, const Command& command) {
  SCEAU_RETURN_IF_ERROR(CheckUse(options, command));
  KeepMemoryPrivate();
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  Signing signing(options, config, command);
  SCEAU_ASSIGN_OR_RETURN(const SignResult result, signing.Run());
  if (command.json) {
    Status written;
    SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
      written = WriteSignJson(options.output, result, signing.document(), sink);
    }));
    SCEAU_RETURN_IF_ERROR(written);
  } else {
    Console(command.lang).Say(SignText(options.output, result, command.lang));
  }
  return 0;
}

}  // namespace

void AddSign(CLI::App& app, Command& command) {
  CLI::App* verb = AddVerb(
      app, command, "sign",
      {"Signe des bordereaux, un fichier entier, ou un fichier quelconque par une signature "
       "détachée",
       "Signs bordereaux, a whole file, or a file of any kind by a detached signature"},
      {"sceau sign flux.xml -o flux-signe.xml --all --role Maire --city Nouméa "
       "--postal-code 98800 --country NC",
       "sceau sign file.xml -o signed.xml --all --role Mayor --city Nouméa --postal-code 98800 "
       "--country NC"});
  auto options = std::make_shared<SignOptions>();
  AddSignOptions(verb, command, *options);
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return Sign(*options, command); };
  });
}

}  // namespace sceau::cli
