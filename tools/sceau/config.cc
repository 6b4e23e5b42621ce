#include "tools/sceau/config.h"

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/settings.h"
#include "base/strings.h"

namespace sceau::cli {
namespace {

Complaint SetClamdAddress(const toml::node& node, std::string& out) {
  Complaint wrong = SetText(node, out);
  if (!wrong.empty() || out.empty() || contents::CheckClamdAddress(out).ok()) return wrong;
  return "expected: \"unix:/run/clamav/clamd.ctl\", \"127.0.0.1:3310\"";
}

constexpr Setting<Config> kSettings[] = {
    {"key", [](const toml::node& n, Config& c) { return SetText(n, c.key); }},
    {"pin_source", [](const toml::node& n, Config& c) { return SetText(n, c.pin_source); }},
    {"profiles", [](const toml::node& n, Config& c) { return SetText(n, c.profiles); }},
    {"schemas", [](const toml::node& n, Config& c) { return SetText(n, c.schemas); }},
    {"agreements", [](const toml::node& n, Config& c) { return SetText(n, c.agreements); }},
    {"agreement_refuses",
     [](const toml::node& n, Config& c) { return SetFlag(n, c.agreement_refuses); }},
    {"register", [](const toml::node& n, Config& c) { return SetText(n, c.competence_register); }},
    {"lists", [](const toml::node& n, Config& c) { return SetText(n, c.lists); }},
    {"trust", [](const toml::node& n, Config& c) { return SetTexts(n, c.trust); }},
    {"revocation", [](const toml::node& n, Config& c) { return SetTexts(n, c.revocation); }},
    {"revocation_cache",
     [](const toml::node& n, Config& c) { return SetText(n, c.revocation_cache); }},
    {"modules", [](const toml::node& n, Config& c) { return SetTexts(n, c.modules); }},
    {"state_folder", [](const toml::node& n, Config& c) { return SetText(n, c.state_folder); }},
    {"signature.role", [](const toml::node& n, Config& c) { return SetText(n, c.role); }},
    {"signature.city", [](const toml::node& n, Config& c) { return SetText(n, c.city); }},
    {"signature.postal_code",
     [](const toml::node& n, Config& c) { return SetText(n, c.postal_code); }},
    {"signature.country", [](const toml::node& n, Config& c) { return SetText(n, c.country); }},
    {"signature.profile", [](const toml::node& n, Config& c) { return SetText(n, c.profile); }},
    {"tls.ca", [](const toml::node& n, Config& c) { return SetText(n, c.tls_ca); }},
    {"tls.certificate",
     [](const toml::node& n, Config& c) { return SetText(n, c.tls_certificate); }},
    {"tls.key", [](const toml::node& n, Config& c) { return SetText(n, c.tls_key); }},
    {"virus_scan.address",
     [](const toml::node& n, Config& c) {
       return SetClamdAddress(n, c.virus_scan.address);
     }},
    {"virus_scan.required",
     [](const toml::node& n, Config& c) { return SetFlag(n, c.virus_scan.required); }},
    {"documents.max_size", [](const toml::node& n, Config& c) { return SetSize(n, c.max_size); }},
};

// Paths are meant from the configuration file's own folder.
void ResolvePaths(const std::string& configuration, Config& config) {
  const auto folder = std::filesystem::path(configuration).parent_path();
  const auto resolve = [&](std::string& path) {
    if (!path.empty()) path = (folder / path).string();
  };
  for (std::string* path :
       {&config.pin_source, &config.profiles, &config.schemas, &config.agreements,
        &config.competence_register, &config.lists, &config.state_folder, &config.revocation_cache,
        &config.tls_ca, &config.tls_certificate, &config.tls_key}) {
    resolve(*path);
  }
  for (std::string& path : config.trust) resolve(path);
  for (std::string& path : config.revocation) resolve(path);
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string DefaultPath() {
  constexpr std::string_view kName = "/sceau/sceau.toml";
  const std::string folder = Environment("XDG_CONFIG_HOME");
  if (!folder.empty()) return Concat(folder, kName);
  const std::string home = Environment("HOME");
  return home.empty() ? "" : Concat(home, "/.config", kName);
}

}  // namespace

StatusOr<Config> LoadConfig(const std::string& named) {
  const std::string wanted = named.empty() ? Environment("SCEAU_CONFIG") : named;
  const std::string path = wanted.empty() ? DefaultPath() : wanted;
  std::error_code ignored;
  if (wanted.empty() && (path.empty() || !std::filesystem::exists(path, ignored))) return Config{};
  const StatusOr<std::string> text = ReadSmallFile(path);
  if (!text.ok()) return Error(Reason::kConfigInvalid, DetailOf(text.status()));
  return ParseConfig(*text, path);
}

StatusOr<Config> ParseConfig(std::string_view text, const std::string& path) {
  Config config;
  SCEAU_RETURN_IF_ERROR(ReadSettings<Config>(text, {.name = path}, kSettings, config));
  ResolvePaths(path, config);
  return config;
}

std::string StateFolderOf(const Config& config) {
  return config.state_folder.empty() ? hsm::DefaultStateFolder() : config.state_folder;
}

hsm::TokensOptions TokensOf(const Config& config) {
  return {.modules = config.modules, .state_folder = StateFolderOf(config)};
}

}  // namespace sceau::cli
