#include "server/appliance.h"

#include <filesystem>
#include <utility>

#include "server/log.h"
#include "verifier/verifier.h"

namespace sceau::server {
namespace {

const std::string& Or(const std::string& given, const std::string& configured) {
  return given.empty() ? configured : given;
}

bool IsTokenGone(const Status& status) {
  const auto reason = ReasonOf(status);
  return reason == Reason::kTokenUnavailable || reason == Reason::kTokenError ||
         reason == Reason::kCertificateMismatch;
}

// What nothing may be signed against.
StatusOr<std::shared_ptr<const schemas::CheckOptions>> LoadRules(
    const Config& config, std::shared_ptr<const schemas::SentRegister> sent) {
  std::error_code ignored;
  if (!config.schemas_folder.empty() &&
      !std::filesystem::is_directory(config.schemas_folder, ignored)) {
    return Error(Reason::kSchemaSetInvalid, config.schemas_folder);
  }
  SCEAU_ASSIGN_OR_RETURN(schemas::CheckOptions rules,
                         schemas::LoadCheckOptions(config.schemas_folder, config.agreements));
  SCEAU_RETURN_IF_ERROR(rules.catalog->CompileAll());
  rules.agreement_refuses = config.agreement_refuses;
  rules.sent = std::move(sent);
  if (!config.virus_scan.address.empty()) {
    rules.open = schemas::OpenOptions{.virus_scan = config.virus_scan};
  }
  return std::make_shared<const schemas::CheckOptions>(std::move(rules));
}

}  // namespace

StatusOr<std::unique_ptr<Appliance>> Appliance::Open(const Config& config, const Clock& clock) {
  SCEAU_ASSIGN_OR_RETURN(xades::ProfileSet profiles, xades::ProfileSet::BuiltIn());
  if (!config.profiles_folder.empty()) {
    SCEAU_RETURN_IF_ERROR(profiles.AddFolder(config.profiles_folder));
  }
  SCEAU_RETURN_IF_ERROR(profiles.Find(config.profile).status());
  std::unique_ptr<Appliance> made(new Appliance(config, clock, std::move(profiles)));
  SCEAU_ASSIGN_OR_RETURN(made->trust_, TrustKeeper::Open(config, clock));
  const std::string state_folder =
      config.state_folder.empty() ? hsm::DefaultStateFolder() : config.state_folder;
  if (!state_folder.empty()) {
    SCEAU_ASSIGN_OR_RETURN(made->sent_, schemas::FileSentRegister::Open(state_folder));
  }
  SCEAU_ASSIGN_OR_RETURN(made->rules_, LoadRules(config, made->sent_));
  // A daemon without keys only inspects and verifies: it loads no module.
  if (!config.keys.empty()) {
    auto tokens = hsm::Tokens::Open({.modules = config.modules,
                                     .max_sessions = config.max_sessions,
                                     .state_folder = state_folder,
                                     .longest_call = config.longest_call});
    if (tokens.ok()) {
      made->tokens_ = *std::move(tokens);
    } else {
      Log(LogLevel::kError, "tokens",
          {{"outcome", std::string(InfoOf(*ReasonOf(tokens.status())).name)},
           {"detail", DetailOf(tokens.status())}});
    }
  }
  made->keys_ = std::make_unique<KeyRing>(config.keys, made->tokens_.get(), hsm::PinFromFile);
  return made;
}

StatusOr<SignOrder> Appliance::Admit(const SignOrder& order) const {
  SignOrder admitted = order;
  if (order.certificates.empty()) {
    SCEAU_ASSIGN_OR_RETURN(const size_t key, keys_->Find(order.key));
    admitted.key = keys_->NameOf(key);
  }
  admitted.profile = Or(order.profile, config_.profile);
  SCEAU_RETURN_IF_ERROR(profiles_.Find(admitted.profile).status());
  admitted.role = Or(order.role, config_.role);
  admitted.city = Or(order.city, config_.city);
  admitted.postal_code = Or(order.postal_code, config_.postal_code);
  admitted.country = Or(order.country, config_.country);
  return admitted;
}

StatusOr<signer::SignatureParameters> Appliance::ParametersOf(const SignOrder& order,
                                                              absl::Time signing_time) const {
  signer::SignatureParameters parameters{.selection = order.selection,
                                         .role = order.role,
                                         .city = order.city,
                                         .postal_code = order.postal_code,
                                         .country = order.country,
                                         .set_dematerialisee = order.set_dematerialisee,
                                         .signing_time = signing_time,
                                         .rules = rules_};
  SCEAU_ASSIGN_OR_RETURN(parameters.profile, profiles_.Find(order.profile));
  return parameters;
}

StatusOr<signer::Outcome> Appliance::Sign(const InputFile& input, const SignOrder& order,
                                          const SignWatch& watch, OutputFile& output) {
  SCEAU_ASSIGN_OR_RETURN(signer::SignatureParameters parameters, ParametersOf(order, clock_.Now()));
  SCEAU_ASSIGN_OR_RETURN(const size_t slot, keys_->Find(order.key));
  SCEAU_ASSIGN_OR_RETURN(const std::shared_ptr<hsm::SigningKey> key,
                         keys_->Open(slot, watch.deadline));
  parameters.certificates = key->certificates();
  SCEAU_ASSIGN_OR_RETURN(signer::Prepared prepared, signer::Prepare(input, parameters));
  const signer::SignFunction sign =
      [&](DigestAlgorithm digest, std::span<const std::string> messages, const signer::Made& made) {
        return key->SignAll(digest, messages, watch.deadline, made);
      };
  auto outcome = Finish(input, std::move(prepared), sign, watch, output);
  if (IsTokenGone(outcome.status())) keys_->Forget(slot, key);
  return outcome;
}

StatusOr<signer::Outcome> Appliance::Finish(const InputFile& input, signer::Prepared prepared,
                                            const signer::SignFunction& sign,
                                            const SignWatch& watch, OutputFile& output) {
  const signer::CompleteOptions options{
      .parallelism = config_.parallel_signatures,
      .progress = [&](const signer::Target& target, size_t done,
                      size_t total) { watch.progress(target.id, done, total); },
      .still_wanted = watch.still_wanted,
  };
  const schemas::SentDocuments sent = schemas::SentDocumentsOf(prepared.facts);
  auto outcome = signer::Complete(input, std::move(prepared), sign, options, output);
  // Nothing is released whose documents are not in the register.
  if (outcome.ok() && sent_ != nullptr) {
    SCEAU_RETURN_IF_ERROR(sent_->Add(sent, outcome->sha256));
  }
  return outcome;
}

Engine Appliance::engine() {
  return {
      .inspect =
          [this](const InputFile& file) {
            return schemas::Inspect(
                file, {.open = schemas::OpenOptions{.virus_scan = config_.virus_scan}});
          },
      .verify =
          [this](const InputFile& file, absl::Time validation_time) {
            const std::shared_ptr<const Trust> trust = trust_->Current();
            return verifier::Verify(file, "",
                                    {.trust = trust->anchors,
                                     .lists = trust->lists,
                                     .validation_time = validation_time,
                                     .revocation = trust->revocation});
          },
      .admit = [this](const SignOrder& order) { return Admit(order); },
      .sign = [this](const InputFile& input, const SignOrder& order, const SignWatch& watch,
                     OutputFile& output) { return Sign(input, order, watch, output); },
      .prepare = [this](const InputFile& input, const SignOrder& order,
                        absl::Time time) { return PrepareForCard(input, order, time); },
      .complete =
          [this](const InputFile& input, const SignOrder& order, const CardSignatures& given,
                 const SignWatch& watch, OutputFile& output) {
            return CompleteFromCard(input, order, given, watch, output);
          },
  };
}

}  // namespace sceau::server
