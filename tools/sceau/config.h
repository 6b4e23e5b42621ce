// The user's configuration of the command (TOML).
//
// --config FILE, else $SCEAU_CONFIG, else $XDG_CONFIG_HOME/sceau/sceau.toml, else
// ~/.config/sceau/sceau.toml. Only a file that was named must exist. An option of the command line
// always wins. Relative paths are taken from the configuration's own folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "contents/clamd.h"
#include "hsm/tokens.h"

namespace sceau::cli {

struct Config {
  // [signature]
  std::string role, city, postal_code, country;
  std::string profile = "helios-v3";
  // Top level
  std::string key;                   // PKCS#11 URI
  std::string pin_source;            // file whose first line is the PIN
  std::string profiles;              // folder of further profiles
  std::string schemas;               // folder of the schema sets
  std::string agreements;            // file of local agreements
  bool agreement_refuses = false;    // what lies outside them is an error
  std::string competence_register;   // `register`: file of the register of competences
  std::vector<std::string> trust;    // PEM files or folders
  std::string lists;                 // folder of the European trusted lists
  std::vector<std::string> revocation;  // CRLs and OCSP responses: files or folders
  std::string revocation_cache;         // folder of lists fetched by --online
  std::vector<std::string> modules;  // PKCS#11 libraries; empty: those p11-kit is set up with
  std::string state_folder;          // where refused PINs are kept; see hsm::DefaultStateFolder
  // [virus_scan]: a running clamd; without address: none
  contents::ClamdOptions virus_scan;
  // [tls]: the way to a service (--server)
  std::string tls_ca, tls_certificate, tls_key;
  // [documents]
  int64_t max_size = int64_t{1} << 30;  // bytes
};

// `named`: the value of --config, empty when it was not given.
// Errors: kConfigInvalid, with file, line, key, and the nearest known key for an unknown one.
StatusOr<Config> LoadConfig(const std::string& named);
StatusOr<Config> ParseConfig(std::string_view text, const std::string& path);

std::string StateFolderOf(const Config& config);
hsm::TokensOptions TokensOf(const Config& config);

}  // namespace sceau::cli
