// The Unix socket: who connects is the user that the kernel names (SO_PEERCRED).
//
// gRPC 1.51 does not tell the user of a Unix socket's peer, so connections are accepted here.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/file.h"
#include "base/status.h"

namespace sceau::server {

class UnixDoor {
 public:
  // A connection that does not block, and the user at its other end.
  using Serve = std::function<void(FileDescriptor connection, uid_t user)>;

  // Listens on `path`, made 0660; `serve` is called from a thread of its own until this goes. A
  // socket that nobody listens on any more is replaced.
  // Error kConfigInvalid (element "socket"): others than its user and group may enter the folder,
  // or the socket cannot be made.
  static StatusOr<std::unique_ptr<UnixDoor>> Open(const std::string& path, Serve serve);
  // Takes no more connections, and the socket's name away.
  ~UnixDoor();
  UnixDoor(const UnixDoor&) = delete;
  UnixDoor& operator=(const UnixDoor&) = delete;

 private:
  UnixDoor(std::string path, FileDescriptor listener, Serve serve);
  void Accept();

  const std::string path_;
  const FileDescriptor listener_;
  const Serve serve_;
  std::thread accepting_;
};

}  // namespace sceau::server
