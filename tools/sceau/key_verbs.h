// What the verbs of `sceau key` share, and where each is added.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "hsm/key_store.h"
#include "tools/sceau/command.h"

namespace sceau::cli {

// Which token or key, and where its PIN is.
struct KeyPlace {
  std::string option;  // "--key" or "--token"
  std::optional<std::string> uri;
  std::optional<std::string> pin_source;
};
// --key (or --token) and --pin-source; the configuration has the defaults of `--key`.
void AddKeyPlace(CLI::App* verb, const Command& command, const std::string& option,
                 KeyPlace& place);
// The URI that is meant: `key` of the configuration only stands in for --key. "pkcs11:" without
// any.
std::string UriOf(const KeyPlace& place, const Config& config);

// A token open for a tool's work, and where its PIN comes from (a terminal is asked in `lang`).
struct OpenStore {
  std::unique_ptr<hsm::PinSource> pin;
  std::unique_ptr<hsm::KeyStore> store;
};
StatusOr<OpenStore> OpenStoreOf(const KeyPlace& place, const Config& config, Lang lang);

// The name and number of a new key: `label` (empty: "sceau-" and today's date), a random CKA_ID.
// Error kUsage when the token has an object with that label: it would make a URI ambiguous.
StatusOr<hsm::NewKey> NameNewKey(hsm::KeyStore& store, const std::string& label);

// Prints {"key": {...}} or the key's text.
Status PrintKey(const hsm::KeyDescription& key, const Command& command);

void AddKeyGenerate(CLI::App& group, Command& command);
void AddKeyRequest(CLI::App& group, Command& command);
void AddKeyImportCertificate(CLI::App& group, Command& command);
void AddKeyImport(CLI::App& group, Command& command);

}  // namespace sceau::cli
