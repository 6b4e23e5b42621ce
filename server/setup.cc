#include "server/setup.h"

#include <filesystem>
#include <utility>

#include "server/log.h"

namespace sceau::server {
namespace {

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

// A daemon without keys only inspects and verifies: it loads no module.
std::shared_ptr<hsm::Tokens> OpenTokens(const Config& config, const std::string& state_folder) {
  if (config.keys.empty()) return nullptr;
  auto tokens = hsm::Tokens::Open({.modules = config.modules,
                                   .max_sessions = config.max_sessions,
                                   .state_folder = state_folder,
                                   .longest_call = config.longest_call});
  if (tokens.ok()) return *std::move(tokens);
  Log(LogLevel::kError, "tokens",
      {{"outcome", std::string(InfoOf(*ReasonOf(tokens.status())).name)},
       {"detail", DetailOf(tokens.status())}});
  return nullptr;
}

}  // namespace

StatusOr<std::shared_ptr<Setup>> Setup::Load(const Config& config, const Lasting& lasting,
                                             const Clock& clock, const Setup* before) {
  SCEAU_ASSIGN_OR_RETURN(xades::ProfileSet profiles, xades::ProfileSet::BuiltIn());
  if (!config.profiles_folder.empty()) {
    SCEAU_RETURN_IF_ERROR(profiles.AddFolder(config.profiles_folder));
  }
  SCEAU_RETURN_IF_ERROR(profiles.Find(config.profile).status());
  std::shared_ptr<Setup> setup(new Setup{.config = config, .profiles = std::move(profiles)});
  SCEAU_ASSIGN_OR_RETURN(setup->trust, TrustKeeper::Open(setup->config, clock));
  SCEAU_ASSIGN_OR_RETURN(setup->rules, LoadRules(setup->config, lasting.sent));
  SCEAU_ASSIGN_OR_RETURN(setup->rights, Rights::Load(config));
  setup->competence =
      std::make_unique<Competence>(config.competence_enforced, config.competence_register);
  setup->tokens = before != nullptr && before->tokens != nullptr
                      ? before->tokens
                      : OpenTokens(config, lasting.state_folder);
  setup->keys = std::make_unique<KeyRing>(config.keys, setup->tokens.get(), hsm::PinFromFile,
                                          before == nullptr ? nullptr : before->keys.get());
  return setup;
}

}  // namespace sceau::server
