#include "server/prepared_work.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "base/strings.h"
#include "server/log.h"
#include "server/prepared_work_text.h"

namespace sceau::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDocument = ".document";
constexpr std::string_view kDescription = ".json";
constexpr size_t kMaxDescription = 16 << 20;  // bytes
constexpr int64_t kPiece = 256 * 1024;        // bytes copied at a time
// How long it is remembered that a preparation has been.
constexpr absl::Duration kRemembered = absl::Hours(24);

Status Unusable(const Status& status) { return Error(Reason::kStoreUnusable, DetailOf(status)); }

Status Copy(const InputFile& document, OutputFile& file) {
  for (int64_t at = 0; at < document.size(); at += kPiece) {
    const auto size = static_cast<size_t>(std::min(kPiece, document.size() - at));
    SCEAU_ASSIGN_OR_RETURN(const std::string piece, document.Slice(at, size));
    SCEAU_RETURN_IF_ERROR(file.Append(piece));
  }
  return OkStatus();
}

// Durable, and readable by nobody else, when it returns.
Status WriteFile(const std::string& path, const InputFile* document, std::string_view text) {
  auto file = OutputFile::Create(path, /*force=*/true);
  Status status = file.status();
  if (status.ok()) status = document != nullptr ? Copy(*document, *file) : file->Append(text);
  if (status.ok()) status = file->Publish();
  if (status.ok() && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
    status = Error(Reason::kOutputUnwritable, path);
  }
  return status.ok() ? status : Unusable(status);
}

}  // namespace

std::string PreparedWorks::DocumentOf(const std::string& id) const {
  return Concat(folder_, "/", id, kDocument);
}

std::string PreparedWorks::DescriptionOf(const std::string& id) const {
  return Concat(folder_, "/", id, kDescription);
}

StatusOr<std::unique_ptr<PreparedWorks>> PreparedWorks::Open(const std::string& folder,
                                                             const Limits& limits,
                                                             const Clock& clock) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return Error(Reason::kStoreUnusable, Concat(folder, ": ", error.message()));
  std::unique_ptr<PreparedWorks> made(new PreparedWorks(folder, limits, clock));
  SCEAU_RETURN_IF_ERROR(made->Load());
  made->DropExpired();
  return made;
}

// Whatever no description speaks of is a remnant of a daemon that was killed.
Status PreparedWorks::Load() {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& it : fs::directory_iterator(folder_, error)) found.push_back(it.path());
  if (error) return Error(Reason::kStoreUnusable, Concat(folder_, ": ", error.message()));
  std::set<fs::path> known;
  for (const fs::path& path : found) {
    if (path.extension() != kDescription) continue;
    SCEAU_ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(path.string(), kMaxDescription));
    std::optional<DescribedWork> it = WorkFromText(text);
    if (!it || path.stem() != it->work.id) continue;
    Entry entry{.work = std::move(it->work), .state = it->over ? State::kOver : State::kWaiting};
    const fs::path document = DocumentOf(entry.work.id);
    const auto size = fs::file_size(document, error);
    const bool needed = entry.state == State::kWaiting && clock_.Now() < entry.work.expires;
    if (needed && error) continue;
    if (needed) {
      entry.size = static_cast<int64_t>(size);
      known.insert(document);
    }
    known.insert(path);
    entries_.emplace(path.stem().string(), std::move(entry));
  }
  for (const fs::path& path : found) {
    if (known.count(path) != 0) continue;
    Log(LogLevel::kWarning, "prepared work", {{"swept", path.filename().string()}});
    fs::remove(path, error);
  }
  return OkStatus();
}

Status PreparedWorks::MakeRoom(int64_t size) const {
  int waiting = 0;
  int64_t bytes = size;
  for (const auto& [id, entry] : entries_) {
    waiting += entry.size > 0 ? 1 : 0;
    bytes += entry.size;
  }
  if (waiting < limits_.entries && bytes <= limits_.bytes) return OkStatus();
  return Error(Reason::kOverloaded, Concat(waiting, " prepared, ", bytes, " bytes"));
}

Status PreparedWorks::Keep(const PreparedWork& work, const InputFile& document) {
  // Claimed by this call until it is written: a large document must not hold up the others.
  Entry entry{.work = work, .state = State::kClaimed, .size = document.size()};
  {
    const std::lock_guard lock(mutex_);
    DropOld();
    DropSuperseded(work);
    SCEAU_RETURN_IF_ERROR(MakeRoom(document.size()));
    entries_.emplace(work.id, entry);
  }
  Status status = WriteFile(DocumentOf(work.id), &document, "");
  if (status.ok()) status = Describe(entry);
  const std::lock_guard lock(mutex_);
  if (status.ok()) {
    entries_.at(work.id).state = State::kWaiting;
  } else {
    Remove(entries_.find(work.id));
  }
  return status;
}

void PreparedWorks::DropSuperseded(const PreparedWork& by) {
  for (auto it = entries_.begin(); it != entries_.end();) {
    const bool superseded = it->second.state == State::kWaiting &&
                            it->second.work.caller == by.caller &&
                            it->second.work.idempotency_key == by.idempotency_key;
    it = superseded ? Remove(it) : std::next(it);
  }
}

PreparedWorks::Entries::iterator PreparedWorks::Remove(Entries::iterator it) {
  // The description first: a document alone is swept.
  std::error_code ignored;
  fs::remove(DescriptionOf(it->first), ignored);
  DropDocument(it->second);
  return entries_.erase(it);
}

Status PreparedWorks::Describe(const Entry& entry) const {
  return WriteFile(DescriptionOf(entry.work.id), nullptr,
                   TextOf(entry.work, entry.state == State::kOver));
}

StatusOr<PreparedWorks::Entries::iterator> PreparedWorks::FindLocked(const std::string& id,
                                                                     const std::string& caller) {
  DropOld();
  const auto found = entries_.find(id);
  // Whoever is not its caller learns nothing of it, not even that there is one.
  if (found == entries_.end() || found->second.work.caller != caller) {
    return Error(Reason::kPreparationUnknown);
  }
  if (found->second.state == State::kOver) return Error(Reason::kPreparationUsed);
  if (clock_.Now() >= found->second.work.expires) return Error(Reason::kPreparationExpired);
  return found;
}

StatusOr<PreparedWork> PreparedWorks::Find(const std::string& id, const std::string& caller) {
  const std::lock_guard lock(mutex_);
  SCEAU_ASSIGN_OR_RETURN(const auto found, FindLocked(id, caller));
  return found->second.work;
}

StatusOr<PreparedWorks::Claimed> PreparedWorks::Claim(const std::string& id,
                                                      const std::string& caller) {
  const std::lock_guard lock(mutex_);
  SCEAU_ASSIGN_OR_RETURN(const auto found, FindLocked(id, caller));
  Entry& entry = found->second;
  if (entry.state == State::kClaimed) return Error(Reason::kIdempotencyInProgress);
  auto document = InputFile::Open(DocumentOf(id), entry.size);
  if (!document.ok()) return Unusable(document.status());
  entry.state = State::kClaimed;
  return Claimed{entry.work, *std::move(document)};
}

void PreparedWorks::Release(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found != entries_.end() && found->second.state == State::kClaimed) {
    found->second.state = State::kWaiting;
  }
}

Status PreparedWorks::Finish(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return OkStatus();
  found->second.state = State::kOver;
  SCEAU_RETURN_IF_ERROR(Describe(found->second));
  DropDocument(found->second);
  return OkStatus();
}

void PreparedWorks::DropExpired() {
  const std::lock_guard lock(mutex_);
  DropOld();
}

void PreparedWorks::DropDocument(Entry& entry) {
  std::error_code ignored;
  fs::remove(DocumentOf(entry.work.id), ignored);
  entry.size = 0;
}

void PreparedWorks::DropOld() {
  const absl::Time now = clock_.Now();
  for (auto it = entries_.begin(); it != entries_.end();) {
    Entry& entry = it->second;
    const bool over = now >= entry.work.expires && entry.state != State::kClaimed;
    if (over && now >= entry.work.expires + kRemembered) {
      it = Remove(it);
      continue;
    }
    if (over && entry.size > 0) DropDocument(entry);
    ++it;
  }
}

}  // namespace sceau::server
