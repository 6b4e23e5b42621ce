#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

#include "base/file.h"
#include "tests/hsm_modules/other_token.h"
#include "tests/support/process.h"
#include "tests/support/require.h"
#include "tests/support/temporary_folder.h"

namespace sceau::hsm {
namespace {

constexpr std::chrono::seconds kPatience(30);

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

FileDescriptor Socket() { return FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

bool Bind(const FileDescriptor& socket, int port) {
  const sockaddr_in address = Loopback(port);
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool Answers(int port) {
  const sockaddr_in address = Loopback(port);
  return ::connect(Socket().get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
         0;
}

// The TPM's port; the next one is for its control.
int FreePair() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const FileDescriptor first = Socket(), second = Socket();
    if (!Bind(first, 0)) continue;
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(first.get(), reinterpret_cast<sockaddr*>(&address), &size);
    const int port = ntohs(address.sin_port);
    if (Bind(second, port + 1)) return port;
  }
  test::Require(false, "two free ports in a row");
  return 0;
}

class Tpm final : public OtherToken {
 public:
  ~Tpm() override {
    if (tpm_) tpm_->Stop(SIGTERM);
  }

  std::string Prepare(const std::string& pin) override {
    Start(FreePair());
    for (const std::string step : {"--init-token", "--init-pin"}) {
      std::vector<std::string> argv = {"pkcs11-tool", "--module", SCEAU_TPM,
                                       step,          "--so-pin", "87654321"};
      if (step == "--init-token") {
        argv.insert(argv.end(), {"--label", "tpm", "--slot-index", "0"});
      } else {
        argv.insert(argv.end(),
                    {"--token-label", "tpm", "--login", "--login-type", "so", "--new-pin", pin});
      }
      const auto done = test::RunProcess(argv);
      test::Require(done.exit_code == 0, done.err);
    }
    return "";
  }
  TokensOptions Options() const override { return {{SCEAU_TPM}}; }
  std::string Uri() const override { return "pkcs11:token=tpm"; }

 private:
  void Start(int port) {
    for (const char* name : {"/state", "/store"}) {
      std::filesystem::create_directory(folder_.path() + name);
    }
    const auto at = [](int number) {
      return "type=tcp,bindaddr=127.0.0.1,port=" + std::to_string(number);
    };
    tpm_.emplace(
        std::vector<std::string>{"swtpm", "socket", "--tpm2", "--tpmstate",
                                 "dir=" + folder_.path() + "/state", "--server", at(port), "--ctrl",
                                 at(port + 1), "--flags", "not-need-init,startup-clear"},
        folder_.path() + "/log");
    const auto end = std::chrono::steady_clock::now() + kPatience;
    // Its control port, for it takes one caller at a time on the other.
    while (!Answers(port + 1)) {
      test::Require(tpm_->Running() && std::chrono::steady_clock::now() < end, "swtpm");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ::setenv("TPM2_PKCS11_TCTI", ("swtpm:host=127.0.0.1,port=" + std::to_string(port)).c_str(), 1);
    ::setenv("TPM2_PKCS11_STORE", (folder_.path() + "/store").c_str(), 1);
  }

  test::TemporaryFolder folder_;
  std::optional<test::BackgroundProcess> tpm_;
};

}  // namespace

std::unique_ptr<OtherToken> TpmToken() { return std::make_unique<Tpm>(); }

}  // namespace sceau::hsm
