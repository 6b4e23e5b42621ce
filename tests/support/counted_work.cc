#include "tests/support/counted_work.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstdarg>
#include <cstdio>

namespace {

std::atomic<int64_t> opened, connected, bytes_read, digested, signature_checks;

// The function of this name that ours stands before.
template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

mode_t ModeOf(int flags, va_list arguments) {
  const bool creates = (flags & (O_CREAT | O_TMPFILE)) != 0;
  return creates ? va_arg(arguments, mode_t) : 0;
}

ssize_t Counted(ssize_t got) {
  if (got > 0) bytes_read += got;
  return got;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  static auto* const next = Next<int(const char*, int, mode_t)>("open");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  ++opened;
  return next(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  static auto* const next = Next<int(int, const char*, int, mode_t)>("openat");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  ++opened;
  return next(folder, path, flags, mode);
}

FILE* fopen(const char* path, const char* mode) {
  static auto* const next = Next<FILE*(const char*, const char*)>("fopen");
  ++opened;
  return next(path, mode);
}

int connect(int socket, const sockaddr* address, socklen_t length) {
  static auto* const next = Next<int(int, const sockaddr*, socklen_t)>("connect");
  ++connected;
  return next(socket, address, length);
}

ssize_t read(int fd, void* buffer, size_t length) {
  static auto* const next = Next<ssize_t(int, void*, size_t)>("read");
  return Counted(next(fd, buffer, length));
}

ssize_t pread(int fd, void* buffer, size_t length, off_t offset) {
  static auto* const next = Next<ssize_t(int, void*, size_t, off_t)>("pread");
  return Counted(next(fd, buffer, length, offset));
}

int EVP_DigestUpdate(EVP_MD_CTX* context, const void* data, size_t length) {
  static auto* const next = Next<int(EVP_MD_CTX*, const void*, size_t)>("EVP_DigestUpdate");
  digested += static_cast<int64_t>(length);
  return next(context, data, length);
}

int EVP_DigestVerify(EVP_MD_CTX* context, const unsigned char* value, size_t size,
                     const unsigned char* message, size_t length) {
  static auto* const next =
      Next<int(EVP_MD_CTX*, const unsigned char*, size_t, const unsigned char*, size_t)>(
          "EVP_DigestVerify");
  ++signature_checks;
  return next(context, value, size, message, length);
}

// On this system the same functions by other names.
int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  return open(path, flags, mode);
}
FILE* fopen64(const char* path, const char* mode) { return fopen(path, mode); }
ssize_t pread64(int fd, void* buffer, size_t length, off64_t offset) {
  return pread(fd, buffer, length, offset);
}

}  // extern "C"

namespace sceau::test {

Work CountedWork(const std::function<void()>& run) {
  const auto now = [] { return Work{opened, connected, bytes_read, digested, signature_checks}; };
  const Work before = now();
  run();
  const Work after = now();
  return {after.opened - before.opened, after.connected - before.connected,
          after.read - before.read, after.digested - before.digested,
          after.signature_checks - before.signature_checks};
}

}  // namespace sceau::test
