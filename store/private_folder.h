// A folder that belongs to one process at a time: 0700, its files 0600. A file in it is nothing
// until a row of the database speaks of it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"

namespace sceau::store {

class PrivateFolder {
 public:
  // Makes it when it is not there, and holds it until the end of this object.
  // Errors: kStoreUnusable, also when another process holds it.
  static StatusOr<PrivateFolder> Open(const std::string& path);

  const std::string& path() const { return path_; }
  std::string PathOf(const std::string& name) const { return path_ + "/" + name; }
  // A new file: it has its name, durably, after Keep. Error kStoreUnusable.
  StatusOr<OutputFile> Create(const std::string& name) const;
  Status Keep(const std::string& name, OutputFile& file) const;
  // Error kStoreUnusable when it is not there or not of this size.
  StatusOr<InputFile> Read(const std::string& name, int64_t size) const;
  // Nothing happens when it is not there.
  void Remove(const std::string& name) const;
  // Removes every file but these, and tells which. Error kStoreUnusable.
  StatusOr<std::vector<std::string>> Sweep(const std::set<std::string>& known) const;

 private:
  PrivateFolder(std::string path, FileDescriptor lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  FileDescriptor lock_;
};

}  // namespace sceau::store
