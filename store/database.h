// A database of one file (SQLite, WAL): what is written is on the disk when the call returns.
//
// Of one process: another one that opens it for writing waits up to 5 s for each statement.
// Functions may be called from several threads; one statement runs at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"

struct sqlite3;

namespace sceau::store {

struct Blob {
  std::string bytes;
};
using Value = std::variant<int64_t, std::string, Blob>;

// One row of an answer. The caller knows the types of what it asked for.
class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
  // 0 or empty when it is NULL.
  int64_t Number(size_t column) const;
  std::string Text(size_t column) const;
  std::string Bytes(size_t column) const;

 private:
  std::vector<Value> values_;
};

class Database {
 public:
  // Opens or makes it (0600). `migrations`: statements, the first `n` of which have made what a
  // file of version `n` holds; those it lacks are run, all or none. Errors: kStoreUnusable, also
  // when the file is damaged; kStoreVersion when it knows more of them than there are.
  static StatusOr<std::unique_ptr<Database>> Open(const std::string& path,
                                                  std::span<const char* const> migrations);
  // An existing one, nothing of which is changed. Error kStoreUnusable.
  static StatusOr<std::unique_ptr<Database>> OpenToRead(const std::string& path);
  ~Database();

  // One statement with its parameters (?1, ?2, ...): a transaction of its own.
  // Error kStoreUnusable; then nothing has changed.
  StatusOr<std::vector<Row>> Run(std::string_view sql, const std::vector<Value>& parameters = {});
  // Whether it can be written: what became of the last change; after one that failed it is tried
  // with a change of nothing. To be called now and then. Error kStoreUnusable.
  Status Tend();
  // Copies all of it, as it stands at one instant, into a new file. Error kStoreUnusable.
  Status CopyTo(const std::string& path);
  // Reads all of it. Error kStoreUnusable, with the first fault.
  Status Check();

 private:
  Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  static StatusOr<std::unique_ptr<Database>> OpenWith(const std::string& path, int flags);
  Status Migrate(std::span<const char* const> migrations);
  Status Failed(std::string_view doing) const;

  const std::string path_;
  std::mutex mutex_;
  Status last_change_;
  sqlite3* const handle_;
};

}  // namespace sceau::store
