#include "server/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "audit/log_check.h"
#include "base/file.h"
#include "base/file_digest.h"
#include "base/strings.h"
#include "server/store_files.h"
#include "store/database.h"

namespace sceau::server {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxCheckpoints = 1U << 30;  // bytes
constexpr std::string_view kUnreleased =
    "SELECT request, size, sha256 FROM result WHERE state < ?1";

Status Unwritable(const std::string& path, const std::error_code& error) {
  return Error(Reason::kOutputUnwritable, Concat(path, ": ", error.message()));
}

Status CopyFile(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::create_directories(fs::path(to).parent_path(), error);
  if (!error) fs::copy_file(from, to, error);
  return error ? Unwritable(to, error) : OkStatus();
}

// Files that go while it is copied were not to stay.
Status CopyTree(const std::string& from, const std::string& to,
                const std::vector<std::string>& without) {
  std::error_code error;
  fs::create_directories(to, error);
  if (error) return Unwritable(to, error);
  auto it = fs::recursive_directory_iterator(from, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    const std::string path = it->path().string();
    for (const std::string& other : without) {
      if (fs::equivalent(path, other, error)) it.disable_recursion_pending();
    }
    error.clear();
    if (!it->is_regular_file(error)) continue;
    const std::string target = Concat(to, "/", fs::relative(path, from).string());
    const Status copied = CopyFile(path, target);
    if (!copied.ok() && fs::exists(path, error)) return copied;
  }
  return error ? Unwritable(from, error) : OkStatus();
}

// Documents whose time was over meanwhile are over in the copy too.
Status CopyResults(const std::string& state, const std::string& to) {
  std::error_code error;
  fs::create_directories(ResultsFolderOf(to), error);
  if (error) return Unwritable(to, error);
  if (!fs::exists(DatabaseOf(state))) return OkStatus();  // nothing was ever signed
  SCEAU_ASSIGN_OR_RETURN(const auto database, store::Database::OpenToRead(DatabaseOf(state)));
  SCEAU_RETURN_IF_ERROR(database->CopyTo(DatabaseOf(to)));
  SCEAU_ASSIGN_OR_RETURN(const auto copy, store::Database::Open(DatabaseOf(to), kStoreMigrations));
  const auto over = static_cast<int64_t>(ResultState::kOver);
  SCEAU_ASSIGN_OR_RETURN(const auto rows, copy->Run(kUnreleased, {over}));
  for (const store::Row& row : rows) {
    const std::string name = "/" + row.Text(0);
    const Status copied = CopyFile(ResultsFolderOf(state) + name, ResultsFolderOf(to) + name);
    if (copied.ok()) continue;
    if (fs::exists(ResultsFolderOf(state) + name)) return copied;
    SCEAU_RETURN_IF_ERROR(
        copy->Run("UPDATE result SET state = ?2 WHERE request = ?1", {row.Text(0), over}).status());
  }
  return OkStatus();
}

Status CopyAudit(const std::string& from, const std::string& to) {
  for (const char* name : {"/stamps", "/checkpoints", "/log", "/key.pem", "/public.pem"}) {
    if (fs::exists(from + name)) SCEAU_RETURN_IF_ERROR(CopyFile(from + name, to + name));
  }
  const std::string evidence = from + "/evidence";
  return fs::exists(evidence) ? CopyTree(evidence, to + "/evidence", {}) : OkStatus();
}

Status OnTheDisk(const std::string& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd && ::syncfs(fd.get()) == 0) return OkStatus();
  return Error(Reason::kOutputUnwritable, Concat(folder, ": ", std::strerror(errno)));
}

Status CheckResults(const std::string& state, BackupContents& found) {
  if (!fs::exists(DatabaseOf(state))) return OkStatus();
  SCEAU_ASSIGN_OR_RETURN(const auto database, store::Database::OpenToRead(DatabaseOf(state)));
  SCEAU_RETURN_IF_ERROR(database->Check());
  SCEAU_ASSIGN_OR_RETURN(const auto rows,
                         database->Run(kUnreleased, {static_cast<int64_t>(ResultState::kOver)}));
  for (const store::Row& row : rows) {
    const std::string path = Concat(ResultsFolderOf(state), "/", row.Text(0));
    const auto file = InputFile::Open(path, row.Number(1));
    const auto digest = file.ok() ? DigestOfFile(*file, DigestAlgorithm::kSha256)
                                  : StatusOr<std::string>(file.status());
    if (!digest.ok() || *digest != row.Bytes(2)) {
      return Error(Reason::kStoreUnusable,
                   Concat(path, ": ", digest.ok() ? "SHA-256" : DetailOf(digest.status())));
    }
    ++found.results;
  }
  return OkStatus();
}

Status CheckAudit(const std::string& folder, BackupContents& found) {
  if (!fs::exists(folder + "/log")) return OkStatus();
  audit::Evidence evidence;
  SCEAU_ASSIGN_OR_RETURN(const std::string key, ReadSmallFile(folder + "/public.pem"));
  SCEAU_ASSIGN_OR_RETURN(evidence.public_key, audit::ReadPublicKey(key));
  SCEAU_ASSIGN_OR_RETURN(const std::string text,
                         ReadSmallFile(folder + "/checkpoints", kMaxCheckpoints));
  SCEAU_ASSIGN_OR_RETURN(evidence.checkpoints, audit::ReadCheckpoints(text));
  SCEAU_ASSIGN_OR_RETURN(const InputFile log, InputFile::Open(folder + "/log", INT64_MAX));
  SCEAU_ASSIGN_OR_RETURN(const audit::LogState state, audit::CheckLog(log, &evidence));
  if (state.first_bad) {
    return Error(Reason::kAuditInvalid,
                 Concat(folder, "/log: ", audit::NameOf(state.first_bad->fault), ", record ",
                        state.first_bad->record));
  }
  found.records = state.records;
  found.covered = state.covered;
  return OkStatus();
}

}  // namespace

Status MakeBackup(const KeptFolders& from, const std::string& to) {
  if (::mkdir(to.c_str(), S_IRWXU) != 0) {
    return Error(errno == EEXIST ? Reason::kOutputExists : Reason::kOutputUnwritable,
                 Concat(to, ": ", std::strerror(errno)));
  }
  const std::string state = to + "/state";
  SCEAU_RETURN_IF_ERROR(CopyResults(from.state, state));
  SCEAU_RETURN_IF_ERROR(CopyAudit(from.audit, to + "/audit"));
  std::vector<std::string> without = {StoreFolderOf(from.state), from.audit};
  if (!from.desk.empty()) {
    SCEAU_RETURN_IF_ERROR(CopyTree(from.desk, to + "/desk", {}));
    without.push_back(from.desk);
  }
  SCEAU_RETURN_IF_ERROR(CopyTree(from.state, state, without));
  if (!from.register_file.empty() && fs::exists(from.register_file)) {
    SCEAU_RETURN_IF_ERROR(CopyFile(from.register_file, to + "/register.jsonl"));
  }
  return OnTheDisk(to);
}

StatusOr<BackupContents> CheckBackup(const std::string& folder) {
  if (!fs::is_directory(folder + "/state")) {
    return Error(Reason::kInputUnreadable, folder + "/state");
  }
  BackupContents found;
  SCEAU_RETURN_IF_ERROR(CheckResults(folder + "/state", found));
  SCEAU_RETURN_IF_ERROR(CheckAudit(folder + "/audit", found));
  return found;
}

}  // namespace sceau::server
