// A town hall's appliance for tests: a SoftHSM2 token, the sceaud process with it, and the sceau
// command beside it. The programs are the real ones; each test has its own.
//
// TMPDIR of this process (and of the programs) is a folder of the appliance, so that whatever a
// program leaves behind can be found.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/soft_token.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_pki.h"
#include "tools/gen/spec.h"

namespace sceau::test {

// The PIN that the token accepts: a text that stands nowhere by chance.
inline constexpr char kTokenPin[] = "canary-27182818";

class Appliance {
 public:
  Appliance();
  ~Appliance();
  Appliance(const Appliance&) = delete;
  Appliance& operator=(const Appliance&) = delete;

  // Starts the daemon and waits until it listens: the first time on a free port, then on the same
  // one. `settings` (TOML, tables only) is added to its configuration.
  void Start(const std::string& settings = "");
  // Writes the configuration that the running daemon reads at SIGHUP, with these settings.
  void Configure(const std::string& settings) const;
  BackgroundProcess& daemon() { return *daemon_; }
  const std::string& address() const { return address_; }
  std::string Log() const;
  std::string AuditFolder() const;
  std::string AuditLog() const;
  // The largest memory the daemon has had, in bytes (VmHWM).
  int64_t PeakMemory() const;

  // `sceau` with these arguments and a configuration: the key, the anchor, role and place.
  std::vector<std::string> Command(std::vector<std::string> arguments) const;
  ProcessResult Sceau(const std::vector<std::string>& arguments) const;
  // The arguments of `sceau sign input -o output --json`, here or by the daemon.
  std::vector<std::string> SignHere(const std::string& input, const std::string& output,
                                    const std::vector<std::string>& more = {"--all"}) const;
  std::vector<std::string> SignThere(const std::string& input, const std::string& output,
                                     const std::vector<std::string>& more = {"--all"}) const;

  // A path in the folder where documents are.
  std::string Path(const std::string& name) const { return documents_ + "/" + name; }
  // Writes a PES there and returns its path.
  std::string Generate(const std::string& name, const gen::PesSpec& spec) const;
  std::string root() const { return folder_.path() + "/root.pem"; }

  const std::string& signer() const { return signer_; }  // the token's certificate, DER
  const TestPki& pki() const { return pki_; }            // that issued it; root() is its root

  // The daemon's module from now on (a shim), and its PIN.
  void SetModule(const std::string& path) { module_ = path; }
  void SetPin(const std::string& pin);
  // Settings of the daemon's [tokens] table beside the module.
  void SetTokenSettings(const std::string& settings) { token_settings_ = settings; }

  // The register of competences that must found every signature.
  void SetRegister(const std::string& path) {
    competence_ = "mode = \"enforced\"\nregister = \"" + path + "\"";
  }

  // Who calls (TOML, keys at the top of the file); else every program of this machine is "local".
  void SetIdentity(const std::string& settings) { identity_ = settings; }

  // The daemon listens at this Unix socket alone.
  void SetSocket(const std::string& path) { socket_ = path; }

  // Every file under the documents, the daemon's work folder and the temporary folder.
  std::set<std::string> Files() const;

 private:
  TemporaryFolder folder_;
  SoftTokens tokens_;
  TestPki pki_;
  std::string documents_;
  std::string temporary_;
  std::string work_;
  std::string before_;  // TMPDIR
  std::string config_;  // of the command
  std::string module_ = SoftTokens::ModulePath();
  std::string pin_file_;
  std::string token_settings_;
  std::string signer_;
  std::string competence_ = "mode = \"not-enforced\"";
  std::string socket_;  // empty: it listens on a port
  std::string identity_ = "identity.mode = \"local-without-identity\"";
  std::string address_ = "127.0.0.1:0";
  std::string listen_ = address_;  // as the daemon was told
  std::unique_ptr<BackgroundProcess> daemon_;
};

// Waits until the process has used so much processor time (clock ticks) since its start; false
// when it ended before.
bool AwaitProcessorTime(BackgroundProcess& process, int64_t ticks);
// Used so far.
int64_t ProcessorTime(const BackgroundProcess& process);

}  // namespace sceau::test
