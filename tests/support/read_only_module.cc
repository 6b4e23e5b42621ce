// Preloaded into a program: while the file named by SCEAU_READ_ONLY is there, what is written to
// the database of its store fails as on a file system that has become read-only (EROFS). A real one
// cannot be made so under a program that has files open for writing.
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

bool IsReadOnly(int fd) {
  const char* flag = getenv("SCEAU_READ_ONLY");
  if (flag == nullptr || access(flag, F_OK) != 0) return false;
  char link[64];
  char path[PATH_MAX] = {};
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  if (readlink(link, path, sizeof(path) - 1) <= 0) return false;
  if (strstr(path, "/store/store.db") == nullptr) return false;
  errno = EROFS;
  return true;
}

template <typename Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  using Function = ssize_t (*)(int, const void*, size_t, off64_t);
  static const auto next = Next<Function>("pwrite64");
  return IsReadOnly(fd) ? -1 : next(fd, bytes, size, at);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  using Function = ssize_t (*)(int, const void*, size_t, off_t);
  static const auto next = Next<Function>("pwrite");
  return IsReadOnly(fd) ? -1 : next(fd, bytes, size, at);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  using Function = ssize_t (*)(int, const void*, size_t);
  static const auto next = Next<Function>("write");
  return IsReadOnly(fd) ? -1 : next(fd, bytes, size);
}

int ftruncate64(int fd, off64_t size) {
  using Function = int (*)(int, off64_t);
  static const auto next = Next<Function>("ftruncate64");
  return IsReadOnly(fd) ? -1 : next(fd, size);
}

}  // extern "C"
