#include "server/line_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "base/strings.h"

namespace sceau::server {
namespace {

Status Unavailable(const std::string& path, int error) {
  return Error(Reason::kAuditUnavailable, Concat(path, ": ", std::strerror(error)));
}

}  // namespace

Status AddLine(const std::string& path, std::string_view line) {
  const FileDescriptor fd(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP));
  if (!fd) return Unavailable(path, errno);
  off_t end = ::lseek(fd.get(), 0, SEEK_END);
  for (char last = 0; end > 0; --end) {
    if (::pread(fd.get(), &last, 1, end - 1) != 1) return Unavailable(path, errno);
    if (last == '\n') break;
  }
  const std::string text = Concat(line, "\n");
  if (::ftruncate(fd.get(), end) != 0 ||
      ::pwrite(fd.get(), text.data(), text.size(), end) != static_cast<ssize_t>(text.size()) ||
      ::fsync(fd.get()) != 0) {
    const int error = errno;
    (void)::ftruncate(fd.get(), end);
    return Unavailable(path, error);
  }
  return OkStatus();
}

}  // namespace sceau::server
