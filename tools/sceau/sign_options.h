// The options of `sceau sign`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "signer/signer.h"
#include "tools/sceau/command.h"

namespace sceau::cli {

struct SignOptions {
  std::string file;
  std::string output;
  bool whole = false, all = false, detached = false;
  std::string acte;  // with --detached: the message that the signature goes into
  std::vector<std::string> bordereaux;
  std::vector<std::string> more_bordereaux;  // the words after FILE
  std::optional<std::string> key, pin_source;
  ServerOptions server;
  std::string idempotency_key;
  std::string decline;
  std::optional<std::string> profile, role, city, postal_code, country;
  std::string schemas;
  bool set_dematerialisee = false, force = false, yes = false;
  std::string at;
  bool allow_test_clock = false;
};

void AddSignOptions(CLI::App* verb, const Command& command, SignOptions& options);
// Everything that can be refused before a file is opened. Errors: kUsage, kTestClockRefused.
Status CheckUse(const SignOptions& options, const Command& command);
signer::Selection SelectionOf(const SignOptions& options);

}  // namespace sceau::cli
