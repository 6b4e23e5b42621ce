#include "tools/sceau/command.h"

#include "base/strings.h"

namespace sceau::cli {

CLI::App* AddVerb(CLI::App& parent, Command& command, const std::string& name,
                  const Text& description, const Text& example) {
  CLI::App* verb = parent.add_subcommand(name, std::string(command.In(description)));
  verb->group(std::string(command.In({"Verbes ", "Verbs"})));
  verb->set_help_flag("-h,--help",
                      std::string(command.In({"Affiche cette aide", "Shows this help"})));
  AddValue(verb, command, "--lang", command.lang_name, {"fr|en", "fr|en"},
           {"Langue des messages (fr par défaut)", "Language of the messages (default fr)"});
  AddValue(verb, command, "--config", command.config_path, {"FICHIER", "FILE"},
           {"Configuration (sinon $SCEAU_CONFIG, puis ~/.config/sceau/sceau.toml)",
            "Configuration (else $SCEAU_CONFIG, then ~/.config/sceau/sceau.toml)"});
  if (!example.fr.empty()) {
    verb->footer(Concat(command.In({"Exemple :", "Example:"}), "\n  ", command.In(example)));
  }
  return verb;
}

CLI::Option* AddFlag(CLI::App* verb, const Command& command, const std::string& name, bool& target,
                     const Text& description) {
  return verb->add_flag(name, target, std::string(command.In(description)));
}

void AddJson(CLI::App* verb, Command& command) {
  AddFlag(verb, command, "--json", command.json,
          {"Un document JSON sur la sortie standard, et rien d'autre",
           "One JSON document on standard output, and nothing else"});
}

void AddServer(CLI::App* verb, const Command& command, ServerOptions& options) {
  AddValue(verb, command, "--server", options.server, {"ADRESSE", "ADDRESS"},
           {"Demande au service sceaud (hôte:port, unix:/chemin) au lieu de travailler ici",
            "Asks the service sceaud (host:port, unix:/path) instead of working here"});
  AddValue(verb, command, "--tls-ca", options.ca, {"PEM", "PEM"},
           {"Autorité qui a délivré le certificat du service",
            "Authority that issued the service's certificate"});
  AddValue(verb, command, "--tls-cert", options.certificate, {"PEM", "PEM"},
           {"Certificat d'identité de l'appelant", "The caller's identity certificate"});
  AddValue(verb, command, "--tls-key", options.key, {"PEM", "PEM"},
           {"Clé de ce certificat", "The key of that certificate"});
}

Connection ConnectionOf(const ServerOptions& options, const Config& config) {
  const auto choose = [](const std::string& given, const std::string& otherwise) {
    return given.empty() ? otherwise : given;
  };
  return {options.server, choose(options.ca, config.tls_ca),
          choose(options.certificate, config.tls_certificate), choose(options.key, config.tls_key)};
}

StatusOr<absl::Time> ParseTime(std::string_view option, const std::string& text) {
  absl::Time time;
  std::string ignored;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &ignored) ||
      time == absl::InfiniteFuture() || time == absl::InfinitePast()) {
    return Error(Reason::kUsage, Concat(option, " ", text, " (RFC 3339: 2026-01-01T00:00:00Z)"));
  }
  return time;
}

}  // namespace sceau::cli
