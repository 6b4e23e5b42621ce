#include "schemas/sent_register.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/strings.h"

namespace sceau::schemas {
namespace {

constexpr size_t kMaxId = 100;  // bytes; every schema set has 50 characters

std::string KeyOf(std::string_view id_coll, std::string_view id) {
  return Concat(id_coll, " ", id);
}

Status Unusable(const std::string& path, int error) {
  return Error(Reason::kSentRegisterUnusable, Concat(path, ": ", std::strerror(error)));
}

Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return Unusable(path, errno);
    bytes.remove_prefix(static_cast<size_t>(done));
  }
  return OkStatus();
}

}  // namespace

SentDocuments SentDocumentsOf(const PesFacts& facts) {
  SentDocuments out{facts.collectivite.id_coll, facts.file_name, {}};
  for (const PieceJustificative& it : facts.pieces_justificatives) out.ids.push_back(it.id);
  return out;
}

FileSentRegister::FileSentRegister(const std::string& folder)
    : folder_(folder), path_(Concat(folder, "/", kFileName)) {}

StatusOr<std::shared_ptr<FileSentRegister>> FileSentRegister::Open(const std::string& folder) {
  std::shared_ptr<FileSentRegister> made(new FileSentRegister(folder));
  const FileDescriptor fd(::open(made->path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return made;
  if (!fd) return Unusable(made->path_, errno);
  SCEAU_RETURN_IF_ERROR(made->CatchUp(fd.get()));
  return made;
}

std::optional<SentIn> FileSentRegister::Find(std::string_view id_coll, std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(KeyOf(id_coll, id));
  if (found == known_.end()) return std::nullopt;
  return files_[found->second];
}

Status FileSentRegister::Add(const SentDocuments& documents, const std::string& sha256) {
  if (documents.ids.empty()) return OkStatus();
  const std::lock_guard lock(mutex_);
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  const FileDescriptor fd(
      ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd) return Unusable(path_, errno);
  if (::flock(fd.get(), LOCK_EX) != 0) return Unusable(path_, errno);
  SCEAU_RETURN_IF_ERROR(CatchUp(fd.get()));
  const std::string& id_coll = documents.id_coll;
  std::string lines;
  // Ends a line that a crash cut short; with nothing before it, an empty one.
  if (::lseek(fd.get(), 0, SEEK_END) > read_) lines += '\n';
  for (const std::string& id : documents.ids) {
    if (id.empty() || id.size() > kMaxId || known_.contains(KeyOf(id_coll, id))) continue;
    AppendTo(lines, absl::CEscape(id_coll), "\t", absl::CEscape(id), "\t", sha256, "\t",
             absl::CEscape(documents.file_name), "\n");
  }
  SCEAU_RETURN_IF_ERROR(WriteAll(fd.get(), lines, path_));
  if (::fsync(fd.get()) != 0) return Unusable(path_, errno);
  const FileDescriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (read_ == 0 && folder) (void)::fsync(folder.get());  // the name of a new file
  return CatchUp(fd.get());
}

Status FileSentRegister::CatchUp(int fd) {
  std::string pending;
  char buffer[1 << 16];
  for (int64_t at = read_;;) {
    const ssize_t got = ::pread(fd, buffer, sizeof buffer, at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unusable(path_, errno);
    if (got == 0) return OkStatus();
    at += got;
    pending.append(buffer, static_cast<size_t>(got));
    size_t begin = 0;
    for (size_t end; (end = pending.find('\n', begin)) != std::string::npos; begin = end + 1) {
      TakeLine(std::string_view(pending).substr(begin, end - begin));
      read_ += static_cast<int64_t>(end + 1 - begin);
    }
    pending.erase(0, begin);
  }
}

void FileSentRegister::TakeLine(std::string_view line) {
  const std::vector<std::string> fields = absl::StrSplit(Absl(line), '\t');
  std::string id_coll, id, file_name;
  const bool good = fields.size() == 4 && absl::CUnescape(fields[0], &id_coll) &&
                    absl::CUnescape(fields[1], &id) && absl::CUnescape(fields[3], &file_name);
  if (!good) return;
  const auto [file, is_new] = file_numbers_.emplace(fields[2], files_.size());
  if (is_new) files_.push_back({file_name, fields[2]});
  known_.emplace(KeyOf(id_coll, id), file->second);
}

}  // namespace sceau::schemas
