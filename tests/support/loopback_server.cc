#include "tests/support/loopback_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "base/strings.h"
#include "tests/support/require.h"

namespace sceau::test {
namespace {

sockaddr* Generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

// The value of a header, empty when it is not there.
std::string Header(const std::string& head, std::string_view name) {
  for (size_t at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
    const std::string_view line = std::string_view(head).substr(at + 2);
    if (!absl::StartsWithIgnoreCase(Absl(line), Absl(Concat(name, ": ")))) continue;
    return std::string(line.substr(name.size() + 2, line.find("\r\n") - name.size() - 2));
  }
  return {};
}

void Send(int fd, const std::string& bytes) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count = send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;  // the client has had enough
    sent += static_cast<size_t>(count);
  }
}

}  // namespace

LoopbackServer::LoopbackServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Require(bind(listener_.get(), Generic(address), sizeof address) == 0, "bind");
  Require(listen(listener_.get(), SOMAXCONN) == 0, "listen");
  socklen_t size = sizeof address;
  Require(getsockname(listener_.get(), Generic(address), &size) == 0, "getsockname");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

LoopbackServer::~LoopbackServer() { Stop(); }

void LoopbackServer::Stop() {
  if (!thread_.joinable()) return;
  ending_ = true;
  shutdown(listener_.get(), SHUT_RDWR);  // wakes accept
  thread_.join();
  listener_ = FileDescriptor();
  silent_.clear();
}

std::string LoopbackServer::Url(const std::string& path) const {
  return Concat("http://127.0.0.1:", port_, path);
}

void LoopbackServer::Serve() {
  while (!ending_) {
    FileDescriptor connection(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection && !ending_) Talk(std::move(connection));
  }
}

void LoopbackServer::Talk(FileDescriptor connection) {
  std::string request;
  char buffer[4096];
  size_t head_end = std::string::npos;
  size_t body_size = 0;
  while (head_end == std::string::npos || request.size() < head_end + 4 + body_size) {
    const ssize_t count = recv(connection.get(), buffer, sizeof buffer, 0);
    if (count <= 0) return;
    request.append(buffer, static_cast<size_t>(count));
    if (head_end == std::string::npos) {
      head_end = request.find("\r\n\r\n");
      if (head_end == std::string::npos) continue;
      uint64_t length = 0;
      if (absl::SimpleAtoi(Header(request.substr(0, head_end + 2), "Content-Length"), &length)) {
        body_size = length;
      }
    }
  }
  ++requests_;
  const size_t path = request.find(' ') + 1;
  const auto answer =
      handler_(request.substr(path, request.find(' ', path) - path), request.substr(head_end + 4));
  if (!answer) {
    silent_.push_back(std::move(connection));
    return;
  }
  std::string head = Concat("HTTP/1.1 ", answer->status, " Test\r\nConnection: close\r\n",
                            "Content-Length: ", answer->body.size(), "\r\n");
  if (!answer->location.empty()) AppendTo(head, "Location: ", answer->location, "\r\n");
  Send(connection.get(), Concat(head, "\r\n", answer->body));
}

}  // namespace sceau::test
