#include "schemas/sent_register.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "base/cut.h"
#include "base/file.h"
#include "base/strings.h"

namespace sceau::schemas {
namespace {

constexpr size_t kMaxId = 100;  // bytes; every schema set has 50 characters
constexpr size_t kMaxName = 500;        // bytes
constexpr size_t kMaxLine = 64 * 1024;  // bytes
constexpr std::string_view kAttested = "attested";

std::string KeyOf(std::string_view id_coll, std::string_view id) {
  return Concat(id_coll, " ", id);
}

Status Unusable(const std::string& path, int error) {
  return Error(Reason::kSentRegisterUnusable, Concat(path, ": ", std::strerror(error)));
}

struct Entry {
  std::string id_coll;
  SentDocument document;
};

std::optional<Entry> ReadLine(std::string_view line) {
  const std::vector<std::string> fields = absl::StrSplit(Absl(line), '\t');
  Entry out;
  SentDocument& it = out.document;
  if (fields.size() != 4 && fields.size() != 9) return std::nullopt;
  const bool good = absl::CUnescape(fields[0], &out.id_coll) &&
                    absl::CUnescape(fields[1], &it.id) &&
                    absl::CUnescape(fields[3], &it.in.file_name);
  if (!good) return std::nullopt;
  it.in.sha256 = fields[2];
  if (fields.size() == 4) return out;
  std::string ignored;
  if (!absl::CUnescape(fields[4], &it.name) || !absl::CUnescape(fields[5], &it.type) ||
      !absl::ParseTime(absl::RFC3339_full, fields[7], &it.at, &ignored)) {
    return std::nullopt;
  }
  it.sha256 = fields[6];
  it.attested = fields[8] == kAttested;
  return out;
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

SentDocuments SentDocumentsOf(const PesFacts& facts, const std::set<std::string>& attested) {
  SentDocuments out{facts.collectivite.id_coll, facts.file_name, {}};
  for (const PieceJustificative& it : facts.pieces_justificatives) {
    out.documents.push_back({.id = it.id,
                             .name = it.name,
                             .type = it.type,
                             .sha256 = it.sha256,
                             .attested = attested.contains(it.id)});
  }
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
  return files_[found->second.file];
}

std::optional<SentDocument> FileSentRegister::Describe(std::string_view id_coll,
                                                       std::string_view id) const {
  int64_t offset = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(KeyOf(id_coll, id));
    if (found == known_.end()) return std::nullopt;
    offset = found->second.offset;
  }
  const FileDescriptor fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::string line;
  char buffer[4096];
  size_t end = std::string::npos;
  while (end == std::string::npos && line.size() < kMaxLine) {
    const ssize_t got =
        ::pread(fd.get(), buffer, sizeof buffer, offset + static_cast<int64_t>(line.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    line.append(buffer, static_cast<size_t>(got));
    end = line.find('\n');
  }
  auto entry = ReadLine(std::string_view(line).substr(0, end));
  if (!entry || entry->id_coll != id_coll || entry->document.id != id) return std::nullopt;
  return std::move(entry->document);
}

Status FileSentRegister::Add(const SentDocuments& documents, const std::string& sha256,
                             absl::Time at) {
  if (documents.documents.empty()) return OkStatus();
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
  const std::string now = absl::FormatTime(absl::RFC3339_sec, at, absl::UTCTimeZone());
  for (const SentDocument& it : documents.documents) {
    if (it.id.empty() || it.id.size() > kMaxId) continue;
    const auto known = known_.find(KeyOf(id_coll, it.id));
    if (known != known_.end() && (known->second.attested || !it.attested)) continue;
    AppendTo(lines, absl::CEscape(id_coll), "\t", absl::CEscape(it.id), "\t", sha256, "\t",
             absl::CEscape(documents.file_name), "\t", absl::CEscape(Absl(Cut(it.name, kMaxName))),
             "\t", absl::CEscape(Absl(Cut(it.type, kMaxName))), "\t", it.sha256, "\t", now, "\t",
             it.attested ? kAttested : "", "\n");
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
      TakeLine(std::string_view(pending).substr(begin, end - begin), read_);
      read_ += static_cast<int64_t>(end + 1 - begin);
    }
    pending.erase(0, begin);
  }
}

void FileSentRegister::TakeLine(std::string_view line, int64_t offset) {
  auto entry = ReadLine(line);
  if (!entry) return;
  const SentDocument& it = entry->document;
  const auto [file, is_new] = file_numbers_.emplace(it.in.sha256, files_.size());
  if (is_new) files_.push_back(it.in);
  const auto [known, first] =
      known_.emplace(KeyOf(entry->id_coll, it.id), Known{file->second, offset, it.attested});
  if (first || known->second.attested || !it.attested) return;
  known->second.offset = offset;
  known->second.attested = true;
}

}  // namespace sceau::schemas
