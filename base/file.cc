#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/random.h"
#include "base/strings.h"

namespace sceau {
namespace {

constexpr size_t kBuffer = 256 * 1024;  // bytes moved at once

Status Unreadable(std::string_view what, int error) {
  return Error(Reason::kInputUnreadable, Concat(what, ": ", std::strerror(error)));
}

Status Unwritable(std::string_view what, int error) {
  return Error(Reason::kOutputUnwritable, Concat(what, ": ", std::strerror(error)));
}

std::string TemporaryFolder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool WriteFully(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

StatusOr<FileDescriptor> OpenUnnamed(const std::string& folder, mode_t mode) {
  FileDescriptor fd(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
  if (!fd) return Unwritable(folder, errno);
  return fd;
}

// Copies what can only be read once.
StatusOr<InputFile> Spool(int source, std::string_view name, int64_t max_size) {
  SCEAU_ASSIGN_OR_RETURN(FileDescriptor copy, OpenUnnamed(TemporaryFolder(), 0600));
  std::vector<char> buffer(kBuffer);
  int64_t total = 0;
  while (true) {
    const ssize_t got = ::read(source, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unreadable(name, errno);
    if (got == 0) break;
    total += got;
    if (total > max_size) return Error(Reason::kDocumentTooLarge, Concat("> ", max_size));
    if (!WriteFully(copy.get(), {buffer.data(), static_cast<size_t>(got)})) {
      return Unwritable(name, errno);
    }
  }
  return InputFile::FromDescriptor(std::move(copy));
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

StatusOr<InputFile> InputFile::Open(const std::string& path, int64_t max_size) {
  if (path == "-") return Spool(STDIN_FILENO, "-", max_size);
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return Unreadable(path, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return Unreadable(path, errno);
  if (S_ISDIR(info.st_mode)) return Unreadable(path, EISDIR);
  if (!S_ISREG(info.st_mode)) return Spool(fd.get(), path, max_size);
  if (info.st_size > max_size) {
    return Error(Reason::kDocumentTooLarge, Concat(info.st_size, " > ", max_size));
  }
  return InputFile(std::move(fd), info.st_size);
}

StatusOr<InputFile> InputFile::FromDescriptor(FileDescriptor fd) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return Unreadable("descriptor", errno);
  return InputFile(std::move(fd), info.st_size);
}

void InputFile::StopFollowing() const {
  if (growth_ != nullptr) growth_->Leave();
}

StatusOr<size_t> InputFile::ReadAt(int64_t offset, char* buffer, size_t length) const {
  if (growth_ != nullptr) {
    const auto there = growth_->WaitFor(offset + static_cast<int64_t>(length));
    if (!there) return Error(Reason::kOutputUnwritable, "given up");
    length = static_cast<size_t>(
        std::clamp<int64_t>(*there - offset, 0, static_cast<int64_t>(length)));
  }
  size_t done = 0;
  while (done < length) {
    const ssize_t got =
        ::pread(fd_.get(), buffer + done, length - done, offset + static_cast<int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unreadable("read", errno);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

StatusOr<std::string> InputFile::Slice(int64_t offset, size_t length) const {
  std::string bytes(length, '\0');
  SCEAU_ASSIGN_OR_RETURN(const size_t got, ReadAt(offset, bytes.data(), length));
  if (got != length) return Unreadable("read", EIO);
  return bytes;
}

StatusOr<OutputFile> OutputFile::Create(const std::string& path, bool force) {
  if (path == "-") {
    OutputFile out = Unnamed();
    out.path_ = "-";
    return out;
  }
  struct stat info {};
  // A link that leads nowhere is in the way as well.
  if (!force && ::lstat(path.c_str(), &info) == 0) return Error(Reason::kOutputExists, path);
  if (::stat(path.c_str(), &info) == 0) {
    // Publish would put a file in the place of a device or a pipe.
    if (!S_ISREG(info.st_mode)) {
      return Error(Reason::kOutputUnwritable, Concat(path, ": not a regular file"));
    }
  }
  OutputFile out;
  // The umask of the user decides who may read the result.
  SCEAU_ASSIGN_OR_RETURN(out.fd_, OpenUnnamed(FolderOf(path), 0666));
  out.path_ = path;
  out.force_ = force;
  return out;
}

OutputFile OutputFile::Unnamed(const std::string& folder) {
  OutputFile out;
  out.folder_ = folder.empty() ? TemporaryFolder() : folder;
  return out;
}

Status OutputFile::CheckFolder(const std::string& folder) {
  return OpenUnnamed(folder.empty() ? TemporaryFolder() : folder, 0600).status();
}

// An unnamed file gets its place when the first bytes go to it: a small one that is whole (its
// reader asks for it) in memory, another in its folder. Making a file is a good part of what a
// small document costs.
Status OutputFile::Open() {
  if (fd_) return OkStatus();
  if (size_ <= kSmall) {
    fd_ = FileDescriptor(::memfd_create("sceau", MFD_CLOEXEC));
    if (fd_) return OkStatus();
  }
  SCEAU_ASSIGN_OR_RETURN(fd_, OpenUnnamed(folder_, 0600));
  return OkStatus();
}

Status OutputFile::WriteAll(std::string_view bytes) {
  SCEAU_RETURN_IF_ERROR(Open());
  if (!WriteFully(fd_.get(), bytes)) return Unwritable(path_, errno);
  written_ += static_cast<int64_t>(bytes.size());
  if (growth_ != nullptr) {
    growth_->Extend(written_);
    growth_->AwaitReader(kLead);
  }
  return OkStatus();
}

Status OutputFile::Flush() {
  SCEAU_RETURN_IF_ERROR(WriteAll(buffer_));
  buffer_.clear();
  return OkStatus();
}

Status OutputFile::Append(std::string_view bytes) {
  size_ += static_cast<int64_t>(bytes.size());
  if (buffer_.size() + bytes.size() > kBuffer) SCEAU_RETURN_IF_ERROR(Flush());
  if (bytes.size() > kBuffer) return WriteAll(bytes);
  buffer_.append(bytes);
  return OkStatus();
}

StatusOr<InputFile> OutputFile::Reread() {
  SCEAU_RETURN_IF_ERROR(Flush());
  FileDescriptor copy(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) return Unwritable(path_, errno);
  return InputFile::FromDescriptor(std::move(copy));
}

StatusOr<InputFile> OutputFile::Follow() {
  if (!fd_) {
    SCEAU_ASSIGN_OR_RETURN(fd_, OpenUnnamed(folder_, 0600));
  }
  SCEAU_ASSIGN_OR_RETURN(InputFile following, Reread());
  growth_ = std::make_shared<Growth>();
  growth_->Extend(written_);
  following.growth_ = growth_;
  return following;
}

Status OutputFile::Followed() {
  SCEAU_RETURN_IF_ERROR(Flush());
  EndFollowing(true);
  return OkStatus();
}

void OutputFile::EndFollowing(bool whole) {
  if (growth_ != nullptr) growth_->End(whole);
  growth_.reset();
}

Status OutputFile::Publish() {
  SCEAU_RETURN_IF_ERROR(Flush());
  if (path_ == "-") {
    SCEAU_ASSIGN_OR_RETURN(const InputFile written, Reread());
    std::vector<char> buffer(kBuffer);
    for (int64_t at = 0; at < written.size();) {
      SCEAU_ASSIGN_OR_RETURN(const size_t got, written.ReadAt(at, buffer.data(), buffer.size()));
      if (got == 0 || !WriteFully(STDOUT_FILENO, {buffer.data(), got})) {
        return Unwritable("-", errno);
      }
      at += static_cast<int64_t>(got);
    }
    return OkStatus();
  }
  if (::fsync(fd_.get()) != 0) return Unwritable(path_, errno);
  const std::string unnamed = Concat("/proc/self/fd/", fd_.get());
  const auto link_as = [&](const std::string& name) {
    return ::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  };
  if (!force_) {
    if (!link_as(path_)) {
      return errno == EEXIST ? Error(Reason::kOutputExists, path_) : Unwritable(path_, errno);
    }
  } else {
    const std::string staged = Concat(FolderOf(path_), "/.sceau-", RandomHex(12));
    if (!link_as(staged)) return Unwritable(path_, errno);
    if (::rename(staged.c_str(), path_.c_str()) != 0) {
      const int error = errno;
      ::unlink(staged.c_str());
      return Unwritable(path_, error);
    }
  }
  FileDescriptor folder(::open(FolderOf(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) (void)::fsync(folder.get());
  return OkStatus();
}

StatusOr<std::string> ReadSmallFile(const std::string& path, size_t max_size) {
  SCEAU_ASSIGN_OR_RETURN(const InputFile file,
                         InputFile::Open(path, static_cast<int64_t>(max_size)));
  return file.Slice(0, static_cast<size_t>(file.size()));
}

}  // namespace sceau
