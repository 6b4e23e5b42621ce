#include "audit/log_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/random.h"
#include "base/strings.h"

namespace sceau::audit {
namespace {

Status Unavailable(const std::string& path, int error) {
  return Error(Reason::kAuditUnavailable, Concat(path, ": ", std::strerror(error)));
}

Status WriteAt(int fd, int64_t at, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::pwrite(fd, bytes.data(), bytes.size(), at);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return Error(Reason::kAuditUnavailable, std::strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(done));
    at += done;
  }
  return OkStatus();
}

FileDescriptor OpenLog(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
}

// The header appears whole or not at all.
Status MakeLog(const std::string& path) {
  auto file = OutputFile::Create(path, /*force=*/false);
  Status status = file.status();
  if (status.ok()) status = file->Append(HeaderLine(RandomHex(16)));
  if (status.ok()) status = file->Publish();
  if (status.ok() && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
    return Unavailable(path, errno);
  }
  return status.ok() ? OkStatus() : Error(Reason::kAuditUnavailable, DetailOf(status));
}

}  // namespace

StatusOr<std::unique_ptr<LogWriter>> LogWriter::Open(const std::string& path,
                                                     const Evidence& evidence, Opened& opened) {
  FileDescriptor fd = OpenLog(path);
  if (!fd && errno == ENOENT) {
    if (!evidence.checkpoints.empty()) {
      return Error(Reason::kAuditInvalid, Concat(path, ": ", NameOf(Fault::kCut)));
    }
    SCEAU_RETURN_IF_ERROR(MakeLog(path));
    opened.made = true;
    fd = OpenLog(path);
  }
  if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return Unavailable(path, errno);
  SCEAU_ASSIGN_OR_RETURN(
      const InputFile file,
      InputFile::FromDescriptor(FileDescriptor(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0))));
  SCEAU_ASSIGN_OR_RETURN(LogState state, CheckLog(file, &evidence));
  if (state.first_bad) {
    return Error(Reason::kAuditInvalid, Concat(path, ": ", NameOf(state.first_bad->fault)),
                 {.line = state.first_bad->line});
  }
  if (state.unfinished > 0) {
    SCEAU_ASSIGN_OR_RETURN(opened.dropped,
                           file.Slice(state.size, static_cast<size_t>(state.unfinished)));
    if (::ftruncate(fd.get(), state.size) != 0 || ::fsync(fd.get()) != 0) {
      return Unavailable(path, errno);
    }
  }
  opened.open = std::move(state.open);
  return std::unique_ptr<LogWriter>(new LogWriter(path, std::move(fd), state));
}

LogWriter::LogWriter(std::string path, FileDescriptor fd, const LogState& state)
    : path_(std::move(path)),
      fd_(std::move(fd)),
      durable_{state.log_id, state.records, state.link},
      size_(state.size),
      newest_(durable_) {}

StatusOr<Head> LogWriter::Append(Fields record) {
  std::unique_lock lock(mutex_);
  if (next_ == nullptr) next_ = std::make_shared<Batch>();
  const std::shared_ptr<Batch> mine = next_;
  record["v"] = kRecordVersion;
  record["n"] = newest_.n + 1;
  const std::string text = Canonical(record);
  if (text.size() > kMaxLine / 2) return Error(Reason::kAuditUnavailable, "record too large");
  newest_.link = NextLink(newest_.link, RecordDigest(text));
  const Head head = {newest_.log_id, ++newest_.n, newest_.link};
  mine->lines += LineOf(head.link, text);
  mine->head = head;
  written_.wait(lock, [&] { return mine->done || !writing_; });
  if (!mine->done) {
    writing_ = true;
    next_ = nullptr;
    lock.unlock();
    const Status status = Write(*mine);
    lock.lock();
    writing_ = false;
    mine->done = true;
    mine->status = status;
    if (status.ok()) {
      durable_ = mine->head;
      size_ += static_cast<int64_t>(mine->lines.size());
    } else {
      // What was gathered meanwhile is chained to what is not there.
      if (next_ != nullptr) {
        next_->done = true;
        next_->status = status;
        next_ = nullptr;
      }
      newest_ = durable_;
    }
    written_.notify_all();
  }
  SCEAU_RETURN_IF_ERROR(mine->status);
  return head;
}

// Only the thread that set writing_ is here: size_ does not change meanwhile.
Status LogWriter::Write(const Batch& batch) {
  SCEAU_RETURN_IF_ERROR(StillThere());
  // What an earlier failure may have left.
  if (::ftruncate(fd_.get(), size_) != 0) return Unavailable(path_, errno);
  Status status = WriteAt(fd_.get(), size_, batch.lines);
  if (status.ok() && ::fdatasync(fd_.get()) != 0) status = Unavailable(path_, errno);
  if (!status.ok()) {
    (void)::ftruncate(fd_.get(), size_);
    return Error(Reason::kAuditUnavailable, Concat(path_, ": ", DetailOf(status)));
  }
  const std::lock_guard lock(mutex_);
  ++syncs_;
  return OkStatus();
}

Status LogWriter::StillThere() const {
  struct stat mine = {}, named = {};
  if (::fstat(fd_.get(), &mine) != 0 || ::stat(path_.c_str(), &named) != 0) {
    return Unavailable(path_, errno);
  }
  if (mine.st_dev != named.st_dev || mine.st_ino != named.st_ino) {
    return Error(Reason::kAuditUnavailable, Concat(path_, ": replaced"));
  }
  // Longer: an append that failed and could not be taken back. Shorter: somebody cut it.
  if (mine.st_size < size_) return Error(Reason::kAuditUnavailable, Concat(path_, ": cut"));
  return OkStatus();
}

Head LogWriter::head() const {
  const std::lock_guard lock(mutex_);
  return durable_;
}

Status LogWriter::Check() const {
  const std::lock_guard lock(mutex_);
  return StillThere();
}

int64_t LogWriter::syncs() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

}  // namespace sceau::audit
