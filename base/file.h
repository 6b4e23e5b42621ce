// Files: input read by offset, output that appears whole or not at all.
//
// Temporary files have no name (O_TMPFILE): when the process ends, however it ends, they are gone.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/growth.h"
#include "base/status.h"

namespace sceau {

// A file descriptor that is closed once.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// A file of known size that can be read at any offset, from several threads.
class InputFile {
 public:
  InputFile() = default;
  // `path` "-" is standard input. A pipe or any other file that cannot be read twice is first
  // copied to an unnamed file in the temporary folder. Errors: kInputUnreadable,
  // kDocumentTooLarge when there are more than `max_size` bytes.
  static StatusOr<InputFile> Open(const std::string& path, int64_t max_size);
  // Takes over a descriptor open for reading. Error: kInputUnreadable.
  static StatusOr<InputFile> FromDescriptor(FileDescriptor fd);

  // Bytes; of a file that is still being written (OutputFile::Follow), those that were there when
  // it was opened.
  int64_t size() const { return size_; }
  bool growing() const { return growth_ != nullptr; }
  int fd() const { return fd_.get(); }
  // Reads up to `length` bytes at `offset`; fewer only at the end of the file. Waits for what is
  // still being written. Errors: kInputUnreadable; kOutputUnwritable when its writer gave up.
  StatusOr<size_t> ReadAt(int64_t offset, char* buffer, size_t length) const;
  // No more will be read of a file that is still being written: its writer waits no longer.
  void StopFollowing() const;
  // Exactly the bytes [offset, offset + length). Errors: those of ReadAt; kInputUnreadable when the
  // file is shorter.
  StatusOr<std::string> Slice(int64_t offset, size_t length) const;

 private:
  InputFile(FileDescriptor fd, int64_t size) : fd_(std::move(fd)), size_(size) {}
  friend class OutputFile;
  FileDescriptor fd_;
  int64_t size_ = 0;
  std::shared_ptr<const Growth> growth_;  // of a file that is still being written
};

// A file being written that has no name until Publish.
class OutputFile {
 public:
  // In the folder of `path` (so that Publish is one atomic step); "-" is standard output, written
  // only by Publish. Errors: kOutputExists when `path` exists and `force` is not set,
  // kOutputUnwritable.
  static StatusOr<OutputFile> Create(const std::string& path, bool force);
  // Bytes up to which an unnamed file stays in memory.
  static constexpr int64_t kSmall = 64 * 1024;
  // Never gets a name: for the service's work in progress. In `folder`, or the temporary folder
  // when empty; in memory when it is small.
  static OutputFile Unnamed(const std::string& folder = "");
  // Whether unnamed files can be made in `folder`. Error: kOutputUnwritable.
  static Status CheckFolder(const std::string& folder);

  ~OutputFile() { GiveUp(); }
  OutputFile(OutputFile&&) = default;
  OutputFile& operator=(OutputFile&&) = delete;

  // Error: kOutputUnwritable.
  Status Append(std::string_view bytes);
  int64_t size() const { return size_; }

  // What was written so far, to be read again. Errors: kInputUnreadable, kOutputUnwritable.
  StatusOr<InputFile> Reread();
  // The file to be read from another thread while it is written here; reads wait for what has not
  // been written yet, and Append does not run more than kLead ahead of them. Ends with Followed or
  // GiveUp, at the latest with this object. Errors: those of Reread.
  StatusOr<InputFile> Follow();
  static constexpr int64_t kLead = 1 << 20;  // bytes
  // All that was to be written has been. Error: kOutputUnwritable.
  Status Followed();
  // No more will be written: whoever waits for it gets an error.
  void GiveUp() { EndFollowing(false); }
  // Gives the file its name (or copies it to standard output), durably. Errors: kOutputExists when
  // another has the name by now and `force` is not set, kOutputUnwritable.
  Status Publish();

 private:
  OutputFile() = default;
  Status Open();
  Status Flush();
  Status WriteAll(std::string_view bytes);
  void EndFollowing(bool whole);

  FileDescriptor fd_;
  std::string folder_;  // of a file that has no descriptor yet
  std::string path_;    // empty: unnamed for ever
  bool force_ = false;
  int64_t size_ = 0;     // given
  int64_t written_ = 0;  // of these, to the descriptor; the rest is in the buffer
  std::string buffer_;
  std::shared_ptr<Growth> growth_;  // while someone follows
};

// Reads a small file whole (configuration, certificates). Error kInputUnreadable.
StatusOr<std::string> ReadSmallFile(const std::string& path, size_t max_size = 16 << 20);

}  // namespace sceau
