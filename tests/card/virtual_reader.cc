#include "tests/card/virtual_reader.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <utility>

#include "base/strings.h"
#include "tests/support/require.h"

namespace sceau::test {
namespace {

using namespace std::string_view_literals;

constexpr const char* kDaemon = "/usr/sbin/pcscd";
constexpr const char* kDriver = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
constexpr const char* kSocketVariable = "PCSCLITE_CSOCK_NAME";
constexpr int kPort = 35963;  // the driver's own; in the daemon's network it is free
constexpr std::chrono::seconds kPatience(30);

enum Control { kPowerOff = 0, kPowerOn = 1, kPowerReset = 2, kTellAtr = 4 };

// Ends with the thread that started it, whatever becomes of that.
const std::vector<std::string> kInNamespaces = {"setpriv", "--pdeathsig", "KILL",
                                                "unshare", "--mount",     "--net"};

template <typename Address>
sockaddr* Generic(Address& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

// True when a daemon answers at this socket.
bool Answers(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  Require(path.size() < sizeof address.sun_path, path);
  path.copy(address.sun_path, path.size());
  const FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(fd.get(), Generic(address), sizeof address) == 0;
}

// Brings this thread into the network of that process, and its loopback up.
void EnterNetworkOf(pid_t process) {
  const std::string path = Concat("/proc/", process, "/ns/net");
  const FileDescriptor network(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  Require(::setns(network.get(), CLONE_NEWNET) == 0, path);
  const FileDescriptor any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  loopback.ifr_flags = IFF_UP | IFF_RUNNING;
  Require(::ioctl(any.get(), SIOCSIFFLAGS, &loopback) == 0, "lo");
}

// No descriptor when the driver does not listen.
FileDescriptor ConnectToDriver() {
  FileDescriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kPort);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd.get(), Generic(address), sizeof address) != 0) return {};
  return fd;
}

bool ReadAll(int fd, std::string& out, size_t size) {
  // The driver sends length and body apart, and its kernel waits for this one before the second.
  const int now = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &now, sizeof now);
  out.resize(size);
  return size == 0 || ::recv(fd, out.data(), size, MSG_WAITALL) == static_cast<ssize_t>(size);
}

bool ReadMessage(int fd, std::string& message) {
  std::string size;
  if (!ReadAll(fd, size, 2)) return false;
  return ReadAll(fd, message,
                 static_cast<size_t>(static_cast<unsigned char>(size[0])) << 8 |
                     static_cast<size_t>(static_cast<unsigned char>(size[1])));
}

bool SendMessage(int fd, std::string_view body) {
  std::string message;
  message += static_cast<char>(body.size() >> 8);
  message += static_cast<char>(body.size() & 0xff);
  message += body;
  return ::send(fd, message.data(), message.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(message.size());
}

// GENERAL AUTHENTICATE, the last command of its chain.
bool IsSignature(std::string_view apdu) { return apdu.starts_with("\x00\x87"sv); }

}  // namespace

std::string WhyNoReader() {
  for (const char* needed : {kDaemon, kDriver}) {
    if (!std::filesystem::exists(needed)) return Concat(needed, " is not installed");
  }
  if (::geteuid() != 0) return "pcscd has to be started by root";
  std::vector<std::string> trial = kInNamespaces;
  trial.push_back("true");
  if (RunProcess(trial).exit_code != 0) return "this process may not make namespaces";
  return "";
}

VirtualReader::VirtualReader() : stop_(::eventfd(0, EFD_CLOEXEC)) {
  const std::string configuration = folder_.Write(
      "reader.conf", Concat("FRIENDLYNAME \"Sceau test reader\"\nDEVICENAME /dev/null:", kPort,
                            "\nLIBPATH ", kDriver, "\nCHANNELID ", kPort, "\n"));
  const std::string run = folder_.path() + "/run";
  std::filesystem::create_directory(run);
  std::vector<std::string> argv = kInNamespaces;
  argv.insert(argv.end(), {"sh", "-c", "mount --bind \"$0\" /run && exec \"$@\"", run, kDaemon,
                           "--foreground", "--config", configuration});
  const std::string socket = run + "/pcscd/pcscd.comm";
  daemon_ = std::make_unique<BackgroundProcess>(argv, folder_.path() + "/pcscd.log");
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!Answers(socket)) {
    Require(daemon_->Running() && std::chrono::steady_clock::now() < end, "pcscd");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::setenv(kSocketVariable, socket.c_str(), 1);
  thread_ = std::thread([this] { Serve(); });
  Change(nullptr);  // the driver has been here
}

VirtualReader::~VirtualReader() {
  const uint64_t one = 1;
  Require(::write(stop_.get(), &one, sizeof one) == sizeof one, "eventfd");
  thread_.join();
  daemon_->Stop(SIGTERM);
  ::unsetenv(kSocketVariable);
}

void VirtualReader::Insert(std::shared_ptr<PivCard> card) { Change(std::move(card)); }

void VirtualReader::Remove() { Change(nullptr); }

void VirtualReader::Change(std::shared_ptr<PivCard> card) {
  std::unique_lock lock(mutex_);
  Require(card == nullptr || card_ == nullptr, "the reader is empty");
  card_ = std::move(card);
  looks_ = 0;
  // When the driver looks a second time, pcscd has made known what it saw the first time.
  Require(seen_.wait_for(lock, kPatience, [this] { return looks_ >= 2; }), "pcscd sees the reader");
}

void VirtualReader::RemoveAt(Instant instant, int nth, std::shared_ptr<PivCard> then) {
  const std::lock_guard lock(mutex_);
  plan_ = Plan{instant, nth, std::move(then)};
  signatures_ = 0;
}

void VirtualReader::Serve() {
  EnterNetworkOf(daemon_->pid());
  FileDescriptor connection;
  while (true) {
    if (!connection) connection = ConnectToDriver();
    constexpr int kRetry = 10;  // ms
    pollfd fds[] = {{stop_.get(), POLLIN, 0}, {connection.get(), POLLIN, 0}};
    if (::poll(fds, std::size(fds), connection ? -1 : kRetry) < 0) continue;
    if (fds[0].revents != 0) return;
    if (fds[1].revents != 0 && !ServeOne(connection.get())) connection = {};
  }
}

// False when the connection is at its end: a connection that is closed instead of an answer is how
// the driver learns that the card is gone.
bool VirtualReader::ServeOne(int connection) {
  std::string message;
  if (!ReadMessage(connection, message)) return false;
  const Answer answer = AnswerOf(message);
  if (answer.kind == Answer::kNoCard) return false;
  return answer.kind == Answer::kNone || SendMessage(connection, answer.bytes);
}

VirtualReader::Answer VirtualReader::AnswerOf(std::string_view message) {
  std::unique_lock lock(mutex_);
  if (message.size() == 1) {
    const char control = message[0];
    if (control == kTellAtr) return AnswerToLook();
    if (control != kPowerOn && card_ != nullptr) card_->Reset();
    return {Answer::kNone, ""};
  }
  if (card_ == nullptr || PulledOutBy(message)) return {Answer::kNoCard, ""};
  const std::shared_ptr<PivCard> card = card_;
  if (IsSignature(message)) ++signatures_;
  lock.unlock();
  return {Answer::kBytes, card->Answer(message)};
}

// The driver looks whether there is a card.
VirtualReader::Answer VirtualReader::AnswerToLook() {
  if (card_ != nullptr) PulledOutBy("");
  ++looks_;
  seen_.notify_all();
  if (card_ != nullptr) return {Answer::kBytes, PivCard::Atr()};
  if (next_ != nullptr) {
    card_ = std::move(next_);
    looks_ = 0;
  }
  return {Answer::kNoCard, ""};
}

bool VirtualReader::PulledOutBy(std::string_view apdu) {
  if (!plan_) return false;
  const bool now = plan_->instant == Instant::kAfterSignature
                       ? signatures_ >= plan_->nth
                       : IsSignature(apdu) && signatures_ + 1 >= plan_->nth;
  if (!now) return false;
  card_->Reset();
  card_ = nullptr;
  next_ = std::move(plan_->then);
  plan_.reset();
  looks_ = 0;
  return true;
}

}  // namespace sceau::test
