#include "policy/register_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/file.h"
#include "base/strings.h"
#include "policy/record_json.h"

namespace sceau::policy {
namespace {

Status Unavailable(const std::string& path, int error) {
  return Error(Reason::kCompetenceUnavailable, Concat(path, ": ", std::strerror(error)));
}

StatusOr<std::string> ReadAll(int fd, const std::string& path) {
  std::string text;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = ::pread(fd, buffer, sizeof buffer, static_cast<off_t>(text.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unavailable(path, errno);
    if (got == 0) return text;
    text.append(buffer, static_cast<size_t>(got));
  }
}

Status WriteAt(int fd, off_t at, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t done = ::pwrite(fd, bytes.data(), bytes.size(), at);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return Unavailable(path, errno);
    bytes.remove_prefix(static_cast<size_t>(done));
    at += done;
  }
  return ::fsync(fd) == 0 ? OkStatus() : Unavailable(path, errno);
}

// The records of the whole lines; `end` is where the last of them ends.
StatusOr<std::vector<Record>> ReadLines(std::string_view text, size_t& end) {
  std::vector<Record> records;
  end = 0;
  for (size_t next; (next = text.find('\n', end)) != std::string_view::npos; end = next + 1) {
    const auto record = ReadRecordLine(text.substr(end, next - end));
    if (!record.ok()) {
      return Error(Reason::kDelegationInvalid, DetailOf(record.status()),
                   {.line = static_cast<int64_t>(records.size()) + 1});
    }
    records.push_back(*record);
  }
  return records;
}

Status SyncFolderOf(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd && ::fsync(fd.get()) == 0 ? OkStatus() : Unavailable(folder, errno);
}

}  // namespace

StatusOr<std::shared_ptr<const Register>> ReadRegisterFile(const std::string& path) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return Unavailable(path, errno);
  SCEAU_ASSIGN_OR_RETURN(const std::string text, ReadAll(fd.get(), path));
  size_t end = 0;
  SCEAU_ASSIGN_OR_RETURN(std::vector<Record> records, ReadLines(text, end));
  return Register::Make(std::move(records));
}

StatusOr<std::shared_ptr<const Register>> AppendToRegisterFile(const std::string& path,
                                                               const std::vector<Record>& records) {
  const FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd || ::flock(fd.get(), LOCK_EX) != 0) return Unavailable(path, errno);
  SCEAU_ASSIGN_OR_RETURN(const std::string text, ReadAll(fd.get(), path));
  size_t end = 0;
  SCEAU_ASSIGN_OR_RETURN(std::vector<Record> all, ReadLines(text, end));
  std::string lines;
  for (const Record& record : records) {
    AppendTo(lines, WriteRecordLine(record), "\n");
    all.push_back(record);
  }
  SCEAU_ASSIGN_OR_RETURN(auto made, Register::Make(std::move(all)));
  if (end < text.size() && ::ftruncate(fd.get(), static_cast<off_t>(end)) != 0) {
    return Unavailable(path, errno);
  }
  const Status written = WriteAt(fd.get(), static_cast<off_t>(end), lines, path);
  if (!written.ok()) {
    (void)::ftruncate(fd.get(), static_cast<off_t>(end));  // all of them or none
    return written;
  }
  if (end == 0) SCEAU_RETURN_IF_ERROR(SyncFolderOf(path));
  return made;
}

}  // namespace sceau::policy
