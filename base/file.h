// Files: input read by offset, output that appears whole or not at all.
//
// Temporary files have no name (O_TMPFILE): when the process ends, however it ends, they are gone.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

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
  // Takes over a descriptor open for reading.
  static StatusOr<InputFile> FromDescriptor(FileDescriptor fd);

  int64_t size() const { return size_; }
  int fd() const { return fd_.get(); }
  // Reads up to `length` bytes at `offset`; fewer only at the end of the file.
  StatusOr<size_t> ReadAt(int64_t offset, char* buffer, size_t length) const;
  // Exactly the bytes [offset, offset + length); a short file is an error.
  StatusOr<std::string> Slice(int64_t offset, size_t length) const;

 private:
  InputFile(FileDescriptor fd, int64_t size) : fd_(std::move(fd)), size_(size) {}
  FileDescriptor fd_;
  int64_t size_ = 0;
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

  OutputFile(OutputFile&&) = default;
  OutputFile& operator=(OutputFile&&) = default;

  Status Append(std::string_view bytes);
  // Appends bytes [offset, offset + length) of `source`, without passing them through memory where
  // the kernel can.
  Status AppendFrom(const InputFile& source, int64_t offset, int64_t length);
  int64_t size() const { return size_; }

  // What was written so far, to be read again.
  StatusOr<InputFile> Reread();
  // Gives the file its name (or copies it to standard output), durably.
  Status Publish();

 private:
  OutputFile() = default;
  Status Open();
  Status Flush();
  Status WriteAll(std::string_view bytes);

  FileDescriptor fd_;
  std::string folder_;  // of a file that has no descriptor yet
  std::string path_;    // empty: unnamed for ever
  bool force_ = false;
  int64_t size_ = 0;
  std::string buffer_;
};

// Reads a small file whole (configuration, certificates). Error kInputUnreadable.
StatusOr<std::string> ReadSmallFile(const std::string& path, size_t max_size = 16 << 20);

}  // namespace sceau
