// The log's file, written: only ever added to, and on the disk before Append returns.
//
// Records that come from several threads at once are written and synced together. One process
// writes a log at a time (flock).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "audit/log_check.h"
#include "base/file.h"
#include "base/status.h"

namespace sceau::audit {

// Where the log stands, as far as it is on the disk.
struct Head {
  std::string log_id;
  int64_t n = 0;
  std::string link;  // h_n, raw
};

class LogWriter {
 public:
  // What was found when the log was opened.
  struct Opened {
    bool made = false;    // there was none
    std::string dropped;  // an append cut short by a crash, never acknowledged
    std::vector<OpenIntent> open;
  };

  // Opens the log, or makes an empty one of a new id (mode 0600) when there is none and no
  // checkpoint speaks of one. All of it is checked first; an append that was cut short is taken
  // away, and nothing else is ever changed.
  // Errors: kAuditUnavailable; kAuditInvalid with the first bad record.
  static StatusOr<std::unique_ptr<LogWriter>> Open(const std::string& path,
                                                   const Evidence& evidence, Opened& opened);

  // Adds "v" and "n" to the record and makes it durable. After an error the record is not in the
  // log, and the next one may succeed. Error kAuditUnavailable.
  StatusOr<Head> Append(Fields record);

  Head head() const;
  // Whether the file is still there as it was written. Error kAuditUnavailable.
  Status Check() const;
  // How often the disk was waited for.
  int64_t syncs() const;

 private:
  struct Batch {
    std::string lines;
    Head head;  // after it
    bool done = false;
    Status status;
  };

  LogWriter(std::string path, FileDescriptor fd, const LogState& state);
  Status StillThere() const;
  Status Write(const Batch& batch);

  const std::string path_;
  const FileDescriptor fd_;
  mutable std::mutex mutex_;
  std::condition_variable written_;
  Head durable_;
  int64_t size_;  // bytes that are durable
  int64_t syncs_ = 0;
  bool writing_ = false;
  std::shared_ptr<Batch> next_;  // gathers while another is written
  Head newest_;                  // of the last record in any batch
};

}  // namespace sceau::audit
