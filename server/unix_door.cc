#include "server/unix_door.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/time/clock.h"
#include "base/strings.h"
#include "server/log.h"

namespace sceau::server {
namespace {

Status Wrong(const std::string& path, std::string_view what) {
  return Error(Reason::kConfigInvalid, Concat(path, ": ", what), {.element = "socket"});
}

// Between bind and chmod the file has the rights of the umask: only the folder keeps others out.
Status CheckFolder(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0) return Wrong(folder, std::strerror(errno));
  if ((found.st_mode & S_IRWXO) != 0) return Wrong(folder, "expected: 0750 or less");
  return OkStatus();
}

FileDescriptor NewSocket() {
  return FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

// What a daemon that was killed left behind. Nothing else is taken away.
void RemoveRemnant(const std::string& path, const sockaddr* address, socklen_t size) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return;
  const FileDescriptor trial = NewSocket();
  if (::connect(trial.get(), address, size) != 0 && errno == ECONNREFUSED) ::unlink(path.c_str());
}

}  // namespace

StatusOr<std::unique_ptr<UnixDoor>> UnixDoor::Open(const std::string& path, Serve serve) {
  SCEAU_RETURN_IF_ERROR(CheckFolder(path));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return Wrong(path, "too long");
  path.copy(address.sun_path, path.size());
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  RemoveRemnant(path, generic, sizeof address);
  FileDescriptor listener = NewSocket();
  if (::bind(listener.get(), generic, sizeof address) != 0)
    return Wrong(path, std::strerror(errno));
  if (::chmod(path.c_str(), 0660) != 0 || ::listen(listener.get(), SOMAXCONN) != 0) {
    return Wrong(path, std::strerror(errno));
  }
  return std::unique_ptr<UnixDoor>(new UnixDoor(path, std::move(listener), std::move(serve)));
}

UnixDoor::UnixDoor(std::string path, FileDescriptor listener, Serve serve)
    : path_(std::move(path)),
      listener_(std::move(listener)),
      serve_(std::move(serve)),
      accepting_([this] { Accept(); }) {}

UnixDoor::~UnixDoor() {
  ::shutdown(listener_.get(), SHUT_RDWR);  // wakes accept
  accepting_.join();
  ::unlink(path_.c_str());
}

void UnixDoor::Accept() {
  while (true) {
    FileDescriptor connection(
        ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!connection) {
      if (errno == EINVAL) return;  // shut down
      // Most likely out of descriptors: the connection waits in the queue meanwhile.
      if (errno != EINTR && errno != ECONNABORTED) absl::SleepFor(absl::Milliseconds(50));
      continue;
    }
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
      Log(LogLevel::kWarning, "socket", {{"detail", std::strerror(errno)}});
      continue;
    }
    serve_(std::move(connection), peer.uid);
  }
}

}  // namespace sceau::server
