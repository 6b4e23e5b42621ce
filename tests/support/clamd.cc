#include "tests/support/clamd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "base/bytes.h"
#include "base/file.h"
#include "base/strings.h"

namespace sceau::test {
namespace {

// Free now; another process may take it before clamd does, and then clamd does not start.
int FreePort() {
  const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  ::bind(socket.get(), reinterpret_cast<sockaddr*>(&at), size);
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&at), &size);
  return ntohs(at.sin_port);
}

// clamd listens before it is ready, and then answers when it is.
bool Listens(const std::string& socket_path, int port) {
  const bool tcp = port > 0;
  const FileDescriptor socket(::socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM, 0));
  sockaddr_in by_port{};
  by_port.sin_family = AF_INET;
  by_port.sin_port = htons(static_cast<uint16_t>(port));
  by_port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_un by_path{};
  by_path.sun_family = AF_UNIX;
  socket_path.copy(by_path.sun_path, sizeof by_path.sun_path - 1);
  const void* at = tcp ? static_cast<const void*>(&by_port) : &by_path;
  return ::connect(socket.get(), static_cast<const sockaddr*>(at),
                   tcp ? sizeof by_port : sizeof by_path) == 0;
}

}  // namespace

TestClamd::TestClamd(bool tcp) {
  const std::string at = folder_.path(), database = at + "/db";
  std::filesystem::create_directory(database);
  std::ofstream(database + "/test.ndb") << kInfection << ":0:*:" << ToHex(kInfected) << "\n";
  const int port = tcp ? FreePort() : 0;
  address_ = tcp ? Concat("127.0.0.1:", port) : Concat("unix:", at, "/socket");
  std::ofstream settings(at + "/clamd.conf");
  settings << "Foreground yes\nDatabaseDirectory " << database << "\nTemporaryDirectory " << at
           << "\nStreamMaxLength " << kClamdStreamLimit << "\nMaxThreads 2\n";
  if (tcp) {
    settings << "TCPAddr 127.0.0.1\nTCPSocket " << port << "\n";
  } else {
    settings << "LocalSocket " << at << "/socket\n";
  }
  settings.close();
  process_ = std::make_unique<BackgroundProcess>(
      std::vector<std::string>{SCEAU_CLAMD, "-c", at + "/clamd.conf"}, at + "/output");
  while (!Listens(at + "/socket", port)) {
    if (!process_->Running()) throw std::runtime_error("clamd has ended");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace sceau::test
