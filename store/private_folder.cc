#include "store/private_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/strings.h"

namespace sceau::store {
namespace {

namespace fs = std::filesystem;

Status Unusable(const std::string& path, std::string_view why) {
  return Error(Reason::kStoreUnusable, Concat(path, ": ", why));
}

Status AsUnusable(const Status& status) {
  return status.ok() ? status : Error(Reason::kStoreUnusable, DetailOf(status));
}

}  // namespace

StatusOr<PrivateFolder> PrivateFolder::Open(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (error) return Unusable(path, error.message());
  FileDescriptor lock(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock) return Unusable(path, std::strerror(errno));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return Unusable(path, errno == EWOULDBLOCK ? "another process uses it" : std::strerror(errno));
  }
  return PrivateFolder(path, std::move(lock));
}

StatusOr<OutputFile> PrivateFolder::Create(const std::string& name) const {
  auto file = OutputFile::Create(PathOf(name), /*force=*/false);
  if (!file.ok()) return AsUnusable(file.status());
  return file;
}

Status PrivateFolder::Keep(const std::string& name, OutputFile& file) const {
  SCEAU_RETURN_IF_ERROR(AsUnusable(file.Publish()));
  const std::string path = PathOf(name);
  if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) == 0) return OkStatus();
  return Unusable(path, std::strerror(errno));
}

StatusOr<InputFile> PrivateFolder::Read(const std::string& name, int64_t size) const {
  auto file = InputFile::Open(PathOf(name), size);
  if (!file.ok()) return AsUnusable(file.status());
  if (file->size() != size) return Unusable(PathOf(name), Concat(file->size(), " != ", size));
  return file;
}

void PrivateFolder::Remove(const std::string& name) const {
  std::error_code ignored;  // what stays is swept at the next start
  fs::remove(PathOf(name), ignored);
}

StatusOr<std::vector<std::string>> PrivateFolder::Sweep(const std::set<std::string>& known) const {
  std::vector<std::string> swept;
  std::error_code error;
  for (const auto& it : fs::directory_iterator(path_, error)) {
    const std::string name = it.path().filename().string();
    if (!known.contains(name)) swept.push_back(name);
  }
  for (const std::string& name : swept) {
    if (!error) fs::remove(PathOf(name), error);
  }
  if (error) return Unusable(path_, error.message());
  return swept;
}

}  // namespace sceau::store
