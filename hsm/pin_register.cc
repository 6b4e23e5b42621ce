#include "hsm/pin_register.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/strings.h"

namespace sceau::hsm {
namespace {

constexpr std::string_view kFileName = "pin-refusals";
constexpr std::string_view kHeader =
    "# PINs that a token refused: serial, refused at, source modified at (Unix nanoseconds), "
    "source.\n";

Status Unusable(const std::string& path, std::string_view why) {
  return Error(Reason::kPinRegisterUnusable, Concat(path, ": ", why));
}

// One process at a time reads, changes and writes.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder)
      : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_) (void)::flock(fd_.get(), LOCK_EX);
  }

 private:
  const FileDescriptor fd_;
};

std::string LineOf(const PinRefusal& refusal) {
  return Concat(absl::CEscape(refusal.token_serial), "\t", absl::ToUnixNanos(refusal.time), "\t",
                absl::ToUnixNanos(refusal.origin.modified), "\t",
                absl::CEscape(refusal.origin.source), "\n");
}

bool Parse(const std::string& line, PinRefusal& refusal) {
  const std::vector<std::string> fields = absl::StrSplit(line, '\t');
  int64_t time = 0;
  int64_t modified = 0;
  const bool good = fields.size() == 4 && absl::CUnescape(fields[0], &refusal.token_serial) &&
                    absl::SimpleAtoi(fields[1], &time) && absl::SimpleAtoi(fields[2], &modified) &&
                    absl::CUnescape(fields[3], &refusal.origin.source);
  refusal.time = absl::FromUnixNanos(time);
  refusal.origin.modified = absl::FromUnixNanos(modified);
  return good;
}

bool SamePlace(const PinRefusal& a, const PinRefusal& b) {
  return a.token_serial == b.token_serial && a.origin.source == b.origin.source;
}

void Put(const PinRefusal& refusal, std::vector<PinRefusal>& into) {
  std::erase_if(into, [&](const PinRefusal& other) { return SamePlace(refusal, other); });
  into.push_back(refusal);
}

int Erase(std::string_view token_serial, std::vector<PinRefusal>& from) {
  return static_cast<int>(std::erase_if(from, [&](const PinRefusal& refusal) {
    return token_serial.empty() || refusal.token_serial == token_serial;
  }));
}

}  // namespace

PinRegister::PinRegister(const std::string& folder)
    : folder_(folder), path_(folder.empty() ? "" : Concat(folder, "/", kFileName)) {}

StatusOr<std::vector<PinRefusal>> PinRegister::Read() const {
  std::vector<PinRefusal> refusals;
  std::error_code error;
  if (path_.empty() || !std::filesystem::exists(path_, error)) {
    if (error) return Unusable(path_, error.message());
    return refusals;
  }
  const auto text = ReadSmallFile(path_);
  if (!text.ok()) return Unusable(path_, DetailOf(text.status()));
  const std::vector<std::string> lines = absl::StrSplit(*text, '\n', absl::SkipEmpty());
  for (const std::string& line : lines) {
    if (line.front() == '#') continue;
    PinRefusal& refusal = refusals.emplace_back();
    if (!Parse(line, refusal)) return Unusable(path_, "unreadable line");
  }
  return refusals;
}

// The folder is made when there is something to write.
Status PinRegister::CheckWritable() const {
  if (path_.empty()) return OkStatus();
  std::error_code error;
  std::filesystem::path nearest = folder_;
  while (!std::filesystem::exists(nearest, error) && nearest.has_relative_path()) {
    nearest = nearest.parent_path();
  }
  if (nearest.empty()) nearest = ".";
  if (::access(nearest.c_str(), W_OK | X_OK) == 0) return OkStatus();
  return Unusable(path_, std::strerror(errno));
}

Status PinRegister::Check(std::string_view token_serial, const PinOrigin& origin) const {
  const std::lock_guard lock(mutex_);
  SCEAU_ASSIGN_OR_RETURN(std::vector<PinRefusal> refusals, Read());
  refusals.insert(refusals.end(), remembered_.begin(), remembered_.end());
  for (const PinRefusal& refusal : refusals) {
    if (refusal.token_serial != token_serial || !(refusal.origin == origin)) continue;
    return Error(Reason::kPinKnownWrong, Concat(origin.source, ", ", token_serial, ", ",
                                                absl::FormatTime(refusal.time)));
  }
  return CheckWritable();
}

Status PinRegister::Refuse(std::string_view token_serial, const PinOrigin& origin,
                           absl::Time now) {
  const PinRefusal refusal{std::string(token_serial), origin, now};
  const std::lock_guard lock(mutex_);
  const Status written = path_.empty() ? OkStatus() : WriteDown(refusal);
  // What is in the file can be cleared there while this process runs.
  if (path_.empty() || !written.ok()) Put(refusal, remembered_);
  return written;
}

Status PinRegister::WriteDown(const PinRefusal& refusal) const {
  std::error_code error;
  const bool made = std::filesystem::create_directories(folder_, error);
  if (error) return Unusable(folder_, error.message());
  if (made) std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, error);
  const FolderLock folder_lock(folder_);
  SCEAU_ASSIGN_OR_RETURN(std::vector<PinRefusal> refusals, Read());
  Put(refusal, refusals);
  return Write(refusals);
}

Status PinRegister::Write(const std::vector<PinRefusal>& refusals) const {
  auto file = OutputFile::Create(path_, /*force=*/true);
  if (!file.ok()) return Unusable(path_, DetailOf(file.status()));
  std::string text(kHeader);
  for (const PinRefusal& refusal : refusals) text += LineOf(refusal);
  Status status = file->Append(text);
  if (status.ok()) status = file->Publish();
  return status.ok() ? status : Unusable(path_, DetailOf(status));
}

StatusOr<int> PinRegister::Clear(std::string_view token_serial) {
  const std::lock_guard lock(mutex_);
  const int forgotten = Erase(token_serial, remembered_);
  std::error_code ignored;
  if (path_.empty() || !std::filesystem::exists(path_, ignored)) return forgotten;
  const FolderLock folder_lock(folder_);
  SCEAU_ASSIGN_OR_RETURN(std::vector<PinRefusal> refusals, Read());
  const int cleared = Erase(token_serial, refusals);
  if (cleared > 0) SCEAU_RETURN_IF_ERROR(Write(refusals));
  return cleared;
}

std::string DefaultStateFolder() {
  const auto value = [](const char* name) {
    const char* text = std::getenv(name);
    return std::string(text == nullptr ? "" : text);
  };
  const std::string service = value("STATE_DIRECTORY");
  if (!service.empty()) return service.substr(0, service.find(':'));
  if (const std::string state = value("XDG_STATE_HOME"); !state.empty()) return state + "/sceau";
  const std::string home = value("HOME");
  return home.empty() ? "" : home + "/.local/state/sceau";
}

StatusOr<int> ClearPinRefusals(const std::string& state_folder, std::string_view token_serial) {
  return PinRegister(state_folder).Clear(token_serial);
}

}  // namespace sceau::hsm
