// A card in the reader here and a daemon that has no key.
#pragma once

#include <chrono>
#include <memory>
#include <thread>

#include "base/strings.h"
#include "tests/card/card_fixture.h"
#include "tests/support/process.h"

namespace sceau::cli {

class CardAtDesk : public Card {
 protected:
  void SetUp() override {
    Card::SetUp();
    if (IsSkipped()) return;
    StartDaemon("127.0.0.1:0");
  }

  // Competence is not enforced unless `settings` say otherwise.
  void StartDaemon(const std::string& address,
                   const std::string& settings = "[competence]\nmode = \"not-enforced\"\n") {
    const std::string config = folder_.Write(
        "sceaud.toml",
        Concat("listen = \"", address, "\"\nidentity.mode = \"local-without-identity\"\n", settings,
               "[desk]\nfolder = \"", In(folder_, "prepared"), "\"\n[audit]\nfolder = \"",
               In(folder_, "audit"), "\"\n[tokens]\nstate_folder = \"", In(folder_, "state"),
               "\"\n"));
    std::filesystem::remove(In(folder_, "port"));
    daemon_ = std::make_unique<test::BackgroundProcess>(
        std::vector<std::string>{SCEAU_DAEMON, "--config", config, "--port-file",
                                 In(folder_, "port")},
        In(folder_, "daemon.log"));
    while (!std::filesystem::exists(In(folder_, "port"))) {
      test::Require(daemon_->Running(), "sceaud ended: " + DaemonLog());
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const std::string port = ReadFile(In(folder_, "port"));
    address_ = Concat("127.0.0.1:", port.substr(0, port.find('\n')));
  }
  std::string DaemonLog() const { return ReadFile(In(folder_, "daemon.log")); }

  std::vector<std::string> DeskArguments(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"sign",     input_,  "-o",
                                          output_,    "--all", "--server",
                                          address_,   "--key", "pkcs11:type=private",
                                          "--config", config_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  Ended SignAtDesk(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = DeskArguments(more);
    arguments.insert(arguments.end(), {"--json", "--pin-source", pin_file_});
    return RunSceau(folder_, arguments);
  }
  bool DeskOutputIsWhole() {
    const Ended run =
        RunSceau(folder_, {"verify", output_, "--json", "--trust", In(folder_, "issuing.pem")});
    return run.code == 0 && Json::parse(run.out)["files"][0]["signatures"].size() == kBordereaux;
  }
  int ServiceCalls(const std::string& event) const {
    const std::string log = DaemonLog();
    int found = 0;
    for (size_t at = log.find(event); at != std::string::npos; at = log.find(event, at + 1)) {
      ++found;
    }
    return found;
  }

  std::string address_;
  std::unique_ptr<test::BackgroundProcess> daemon_;
};

}  // namespace sceau::cli
