#include "contents/clamd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "absl/strings/numbers.h"
#include "base/strings.h"

namespace sceau::contents {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kUnix = "unix:";
constexpr size_t kChunk = 64 * 1024;
constexpr size_t kMaxAnswer = 1024;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<SocketAddress> Parse(std::string_view address) {
  SocketAddress out;
  if (address.substr(0, kUnix.size()) == kUnix) {
    address.remove_prefix(kUnix.size());
    sockaddr_un at{};
    if (address.empty() || address[0] != '/' || address.size() >= sizeof at.sun_path) return {};
    at.sun_family = AF_UNIX;
    address.copy(at.sun_path, address.size());
    std::memcpy(&out.storage, &at, sizeof at);
    out.size = sizeof at;
    return out;
  }
  constexpr std::string_view kLoopback = "127.0.0.1:";
  int port = 0;
  if (address.substr(0, kLoopback.size()) != kLoopback ||
      !absl::SimpleAtoi(Absl(address.substr(kLoopback.size())), &port) || port < 1 ||
      port > 65535) {
    return {};
  }
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<uint16_t>(port));
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::memcpy(&out.storage, &at, sizeof at);
  out.size = sizeof at;
  return out;
}

// A connection whose every step ends with the deadline. The first failure stays.
class Connection {
 public:
  Connection(const SocketAddress& address, Clock::time_point until) : until_(until) {
    socket_ = FileDescriptor(
        ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const auto* at = reinterpret_cast<const sockaddr*>(&address.storage);
    if (::connect(socket_.get(), at, address.size) == 0) return;
    if (errno != EINPROGRESS) {
      Fail(std::strerror(errno));
      return;
    }
    if (!Wait(POLLOUT)) return;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) Fail(std::strerror(error));
  }

  void Send(std::string_view bytes) {
    while (fault_.empty() && !bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<size_t>(sent));
      } else if (errno == EAGAIN) {
        (void)Wait(POLLOUT);
      } else if (errno != EINTR) {
        Fail(std::strerror(errno));
      }
    }
  }

  // Until the other side ends it, or a NUL.
  std::string Receive() {
    std::string answer;
    char buffer[256];
    while (Wait(POLLIN) && answer.size() < kMaxAnswer) {
      const ssize_t got = ::recv(socket_.get(), buffer, sizeof buffer, 0);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (got <= 0) break;
      answer.append(buffer, static_cast<size_t>(got));
      if (answer.back() == '\0') {
        answer.pop_back();
        break;
      }
    }
    return answer;
  }

  const std::string& fault() const { return fault_; }

 private:
  void Fail(std::string_view why) { fault_ = std::string(why); }
  bool Wait(short event) {
    while (fault_.empty()) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Clock::now()).count();
      if (left <= 0) {
        Fail("deadline");
        break;
      }
      pollfd wait{socket_.get(), event, 0};
      if (::poll(&wait, 1, static_cast<int>(left)) > 0) return true;
    }
    return false;
  }

  FileDescriptor socket_;
  const Clock::time_point until_;
  std::string fault_;
};

std::string BigEndian(uint32_t number) {
  number = htonl(number);
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

// Chunks with their lengths before them; an empty one ends the stream.
void Stream(const InputFile& content, Connection& to) {
  to.Send(std::string_view("zINSTREAM\0", 10));
  std::string buffer(kChunk, '\0');
  for (int64_t at = 0; at < content.size() && to.fault().empty();) {
    const auto got = content.ReadAt(at, buffer.data(), buffer.size());
    if (!got.ok() || *got == 0) return;
    to.Send(BigEndian(static_cast<uint32_t>(*got)));
    to.Send(std::string_view(buffer).substr(0, *got));
    at += static_cast<int64_t>(*got);
  }
  to.Send(BigEndian(0));
}

}  // namespace

Status CheckClamdAddress(std::string_view address) {
  return Parse(address) ? OkStatus() : Error(Reason::kConfigInvalid, address);
}

ScanResult ScanForViruses(const InputFile& content, const ClamdOptions& options) {
  const auto address = Parse(options.address);
  if (!address) return {ScanState::kUnavailable, options.address};
  Connection clamd(*address, Clock::now() + options.deadline);
  Stream(content, clamd);
  const std::string fault = clamd.fault();
  // It may have ended the stream with an answer: too large for it, say.
  const std::string answer = fault == "deadline" ? "" : clamd.Receive();
  constexpr std::string_view kBegin = "stream: ", kFound = " FOUND";
  if (answer == "stream: OK" && fault.empty()) return {ScanState::kClean, ""};
  if (answer.size() > kBegin.size() + kFound.size() && answer.rfind(kBegin, 0) == 0 &&
      answer.rfind(kFound) == answer.size() - kFound.size()) {
    return {ScanState::kInfected, answer.substr(kBegin.size(), answer.size() - kBegin.size() -
                                                                   kFound.size())};
  }
  return {ScanState::kUnavailable, !answer.empty() ? answer : clamd.fault()};
}

}  // namespace sceau::contents
