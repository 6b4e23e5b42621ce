#include "hsm/pin_register.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/strings.h"
#include "hsm/ckr_names.h"

namespace sceau::hsm {
namespace {

constexpr std::string_view kFileName = "pin-refusals";
constexpr std::string_view kHeader =
    "# PINs that a token refused: serial, refused at, source modified at (Unix nanoseconds), "
    "source, tries without an answer (0: refused).\n";
constexpr int kUnansweredTries = 2;

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

// Root that uses the service's folder leaves it files that the service can use.
void GiveToOwnerOf(const std::string& folder, const std::string& path) {
  struct stat owner {};
  if (::geteuid() != 0 || ::stat(folder.c_str(), &owner) != 0) return;
  if (::chown(path.c_str(), owner.st_uid, owner.st_gid) != 0) return;  // as good as it gets
}

off_t ByteOf(std::string_view serial) {
  constexpr int kBytes = 5;
  off_t place = 0;
  for (const char c : DigestOf(DigestAlgorithm::kSha256, serial).substr(0, kBytes)) {
    place = place << 8 | static_cast<unsigned char>(c);
  }
  return place;
}

// The right to try a PIN on one token. The lock is of one byte of a file, which byte by the token's
// serial, and ends with its descriptor however the process ends; a token whose login hangs holds up
// no other.
StatusOr<FileDescriptor> LockToken(const std::string& folder, std::string_view serial,
                                   absl::Time until) {
  constexpr absl::Duration kAskAgain = absl::Milliseconds(10);
  const std::string path = Concat(folder, "/", kFileName, ".lock");
  FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd) return Unusable(path, std::strerror(errno));
  GiveToOwnerOf(folder, path);
  struct flock byte {};
  byte.l_type = F_WRLCK;
  byte.l_whence = SEEK_SET;
  byte.l_start = ByteOf(serial);
  byte.l_len = 1;
  while (::fcntl(fd.get(), F_OFD_SETLK, &byte) != 0) {
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
      return Unusable(path, std::strerror(errno));
    }
    if (absl::Now() >= until) return Error(Reason::kTokenBusy, serial);
    absl::SleepFor(kAskAgain);
  }
  return fd;
}

std::string LineOf(const PinRefusal& refusal) {
  return Concat(absl::CEscape(refusal.token_serial), "\t", absl::ToUnixNanos(refusal.time), "\t",
                absl::ToUnixNanos(refusal.origin.modified), "\t",
                absl::CEscape(refusal.origin.source), "\t", refusal.unanswered, "\n");
}

bool Parse(const std::string& line, PinRefusal& refusal) {
  const std::vector<std::string> fields = absl::StrSplit(line, '\t');
  int64_t time = 0;
  int64_t modified = 0;
  const bool has_tries = fields.size() == 5;  // four fields: written before there were any
  const bool good = (has_tries || fields.size() == 4) &&
                    absl::CUnescape(fields[0], &refusal.token_serial) &&
                    absl::SimpleAtoi(fields[1], &time) && absl::SimpleAtoi(fields[2], &modified) &&
                    absl::CUnescape(fields[3], &refusal.origin.source) &&
                    (!has_tries || absl::SimpleAtoi(fields[4], &refusal.unanswered));
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

const PinRefusal* Find(const std::vector<PinRefusal>& refusals, std::string_view token_serial,
                       const PinOrigin& origin) {
  const auto found = std::ranges::find_if(refusals, [&](const PinRefusal& refusal) {
    return refusal.token_serial == token_serial && refusal.origin == origin;
  });
  return found == refusals.end() ? nullptr : &*found;
}

bool MayBeTriedAgain(const PinRefusal& refusal) {
  return refusal.unanswered > 0 && refusal.unanswered < kUnansweredTries;
}

Status KnownWrong(const PinRefusal& refusal) {
  return Error(Reason::kPinKnownWrong, Concat(refusal.origin.source, ", ", refusal.token_serial,
                                              ", ", absl::FormatTime(refusal.time)));
}

Status CheckNotIn(const std::vector<PinRefusal>& refusals, std::string_view token_serial,
                  const PinOrigin& origin) {
  const PinRefusal* refusal = Find(refusals, token_serial, origin);
  return refusal == nullptr || MayBeTriedAgain(*refusal) ? OkStatus() : KnownWrong(*refusal);
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
  Refusals refusals;
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
  SCEAU_RETURN_IF_ERROR(CheckNotIn(remembered_, token_serial, origin));
  SCEAU_ASSIGN_OR_RETURN(const Refusals refusals, Read());
  const Status status = CheckNotIn(refusals, token_serial, origin);
  if (status.ok()) return CheckWritable();
  // Another process may be trying it just now: then it is not known yet, and Attempt waits.
  auto alone = LockToken(folder_, token_serial, absl::InfinitePast());
  if (ReasonOf(alone.status()) == Reason::kTokenBusy) return OkStatus();
  if (!alone.ok()) return status;
  SCEAU_ASSIGN_OR_RETURN(const Refusals settled, Read());
  SCEAU_RETURN_IF_ERROR(CheckNotIn(settled, token_serial, origin));
  return CheckWritable();
}

Status PinRegister::Enter(PinRefusal entry, const PinTry& pin_try) {
  return Change([&](Refusals& refusals) -> Status {
    for (const Refusals* known : {&std::as_const(remembered_), &std::as_const(refusals)}) {
      const PinRefusal* before = Find(*known, entry.token_serial, entry.origin);
      if (before == nullptr) continue;
      if (!MayBeTriedAgain(*before)) return KnownWrong(*before);
      SCEAU_ASSIGN_OR_RETURN(const bool refused, pin_try.wrong_pin_seen());
      if (refused) return KnownWrong(*before);
      entry.unanswered = before->unanswered + 1;
    }
    Put(entry, refusals);
    return OkStatus();
  });
}

Status PinRegister::Attempt(std::string_view token_serial, const PinOrigin& origin,
                            absl::Time until, const PinTry& pin_try) {
  const PinRefusal entry{std::string(token_serial), origin, absl::Now(), /*unanswered=*/1};
  FileDescriptor alone;  // in memory, the token's thread for one login after another has to do
  if (!path_.empty()) {
    SCEAU_RETURN_IF_ERROR(MakeFolder());
    SCEAU_ASSIGN_OR_RETURN(alone, LockToken(folder_, token_serial, until));
  }
  SCEAU_RETURN_IF_ERROR(Enter(entry, pin_try));
  Status answer = pin_try.log_in();
  if (IsPinRefusal(answer)) {
    // Again: the entry may have been cleared meanwhile. When this cannot be written, it is
    // remembered.
    (void)Refuse(token_serial, origin, absl::Now());
    return answer;
  }
  SCEAU_RETURN_IF_ERROR(Change([&](Refusals& refusals) {
    std::erase_if(refusals, [&](const PinRefusal& other) { return SamePlace(entry, other); });
    return OkStatus();
  }));
  return answer;
}

Status PinRegister::Refuse(std::string_view token_serial, const PinOrigin& origin, absl::Time now) {
  const PinRefusal refusal{std::string(token_serial), origin, now};
  const Status written = Change([&](Refusals& refusals) {
    Put(refusal, refusals);
    return OkStatus();
  });
  // What is in the file can be cleared there while this process runs.
  if (!written.ok()) {
    const std::lock_guard lock(mutex_);
    Put(refusal, remembered_);
  }
  return written;
}

Status PinRegister::MakeFolder() const {
  std::error_code error;
  const bool made = std::filesystem::create_directories(folder_, error);
  if (error) return Unusable(folder_, error.message());
  if (made) std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, error);
  return OkStatus();
}

Status PinRegister::Change(const std::function<Status(Refusals&)>& change) {
  const std::lock_guard lock(mutex_);
  if (path_.empty()) return change(remembered_);
  SCEAU_RETURN_IF_ERROR(MakeFolder());
  const FolderLock folder_lock(folder_);
  SCEAU_ASSIGN_OR_RETURN(Refusals refusals, Read());
  SCEAU_RETURN_IF_ERROR(change(refusals));
  return Write(refusals);
}

Status PinRegister::Write(const Refusals& refusals) const {
  auto file = OutputFile::Create(path_, /*force=*/true);
  if (!file.ok()) return Unusable(path_, DetailOf(file.status()));
  std::string text(kHeader);
  for (const PinRefusal& refusal : refusals) text += LineOf(refusal);
  struct stat before {};
  const bool was_there = ::stat(path_.c_str(), &before) == 0;
  Status status = file->Append(text);
  if (status.ok()) status = file->Publish();
  if (!status.ok()) return Unusable(path_, DetailOf(status));
  if (was_there) (void)::chmod(path_.c_str(), before.st_mode & ALLPERMS);
  GiveToOwnerOf(folder_, path_);
  return OkStatus();
}

StatusOr<int> PinRegister::Clear(std::string_view token_serial) {
  int cleared = 0;
  {
    const std::lock_guard lock(mutex_);
    cleared = Erase(token_serial, remembered_);
    std::error_code ignored;
    if (path_.empty() || !std::filesystem::exists(path_, ignored)) return cleared;
    SCEAU_ASSIGN_OR_RETURN(Refusals refusals, Read());
    if (Erase(token_serial, refusals) == 0) return cleared;
  }
  SCEAU_RETURN_IF_ERROR(Change([&](Refusals& refusals) {
    cleared += Erase(token_serial, refusals);
    return OkStatus();
  }));
  return cleared;
}

bool IsPinRefusal(const Status& status) {
  const auto reason = ReasonOf(status);
  return FailedCallOf(status) && (reason == Reason::kPinIncorrect || reason == Reason::kPinLocked);
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
