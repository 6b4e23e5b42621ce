#include "store/database.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <utility>

#include "base/strings.h"

namespace sceau::store {
namespace {

constexpr int kBusyMilliseconds = 5000;

struct Finalizer {
  void operator()(sqlite3_stmt* it) const { sqlite3_finalize(it); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalizer>;

int SizeOf(const std::string& text) { return static_cast<int>(text.size()); }

int Bind(sqlite3_stmt* statement, int place, const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return sqlite3_bind_int64(statement, place, *number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return sqlite3_bind_text(statement, place, text->data(), SizeOf(*text), SQLITE_STATIC);
  }
  const std::string& bytes = std::get<Blob>(value).bytes;
  return sqlite3_bind_blob(statement, place, bytes.data(), SizeOf(bytes), SQLITE_STATIC);
}

Value ColumnOf(sqlite3_stmt* statement, int column) {
  if (sqlite3_column_type(statement, column) == SQLITE_INTEGER) {
    return sqlite3_column_int64(statement, column);
  }
  const bool blob = sqlite3_column_type(statement, column) == SQLITE_BLOB;
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
  std::string text = bytes == nullptr ? "" : std::string(bytes, size);
  return blob ? Value(Blob{std::move(text)}) : Value(std::move(text));
}

}  // namespace

int64_t Row::Number(size_t column) const {
  const auto* number = std::get_if<int64_t>(&values_.at(column));
  return number == nullptr ? 0 : *number;
}

std::string Row::Text(size_t column) const {
  const auto* text = std::get_if<std::string>(&values_.at(column));
  return text == nullptr ? "" : *text;
}

std::string Row::Bytes(size_t column) const {
  const auto* blob = std::get_if<Blob>(&values_.at(column));
  return blob == nullptr ? "" : blob->bytes;
}

Database::~Database() { sqlite3_close(handle_); }

Status Database::Failed(std::string_view doing) const {
  return Error(Reason::kStoreUnusable, Concat(path_, ": ", doing, ": ", sqlite3_errmsg(handle_),
                                              " (", sqlite3_extended_errcode(handle_), ")"));
}

StatusOr<std::unique_ptr<Database>> Database::OpenWith(const std::string& path, int flags) {
  sqlite3* handle = nullptr;
  const int rv = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOFOLLOW, nullptr);
  std::unique_ptr<Database> made(new Database(path, handle));
  if (rv != SQLITE_OK) return made->Failed("open");
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  sqlite3_extended_result_codes(handle, 1);
  return made;
}

StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path,
                                                   std::span<const char* const> migrations) {
  SCEAU_ASSIGN_OR_RETURN(std::unique_ptr<Database> made,
                         OpenWith(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  // SQLite gives its other files the mode of this one.
  if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) return made->Failed("chmod");
  for (const char* setting : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                              "PRAGMA foreign_keys = ON", "PRAGMA trusted_schema = OFF"}) {
    SCEAU_RETURN_IF_ERROR(made->Run(setting).status());
  }
  SCEAU_RETURN_IF_ERROR(made->Migrate(migrations));
  return made;
}

StatusOr<std::unique_ptr<Database>> Database::OpenToRead(const std::string& path) {
  return OpenWith(path, SQLITE_OPEN_READONLY);
}

Status Database::Migrate(std::span<const char* const> migrations) {
  SCEAU_ASSIGN_OR_RETURN(const std::vector<Row> answer, Run("PRAGMA user_version"));
  const auto version = static_cast<size_t>(answer.at(0).Number(0));
  if (version > migrations.size()) {
    return Error(Reason::kStoreVersion, Concat(path_, ": ", version, " > ", migrations.size()));
  }
  if (version == migrations.size()) return OkStatus();
  std::string script = "BEGIN IMMEDIATE;";
  for (const char* migration : migrations.subspan(version)) script += Concat(migration, ";");
  script += Concat("PRAGMA user_version = ", migrations.size(), ";COMMIT;");
  if (sqlite3_exec(handle_, script.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) {
    return OkStatus();
  }
  Status failed = Failed("migration");
  sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  return failed;
}

StatusOr<std::vector<Row>> Database::Run(std::string_view sql,
                                         const std::vector<Value>& parameters) {
  const std::lock_guard lock(mutex_);
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &prepared, nullptr) !=
      SQLITE_OK) {
    return Failed(sql);
  }
  const Statement statement(prepared);
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (Bind(prepared, static_cast<int>(i) + 1, parameters[i]) != SQLITE_OK) return Failed(sql);
  }
  std::vector<Row> rows;
  int rv = sqlite3_step(prepared);
  for (; rv == SQLITE_ROW; rv = sqlite3_step(prepared)) {
    std::vector<Value> values;
    for (int i = 0; i < sqlite3_column_count(prepared); ++i) {
      values.push_back(ColumnOf(prepared, i));
    }
    rows.emplace_back(std::move(values));
  }
  const bool change = sqlite3_stmt_readonly(prepared) == 0;
  if (rv != SQLITE_DONE) {
    Status failed = Failed(sql);
    if (change) last_change_ = failed;
    return failed;
  }
  if (change) last_change_ = OkStatus();
  return rows;
}

Status Database::Tend() {
  {
    const std::lock_guard lock(mutex_);
    if (last_change_.ok()) return OkStatus();
  }
  SCEAU_ASSIGN_OR_RETURN(const std::vector<Row> answer, Run("PRAGMA user_version"));
  return Run(Concat("PRAGMA user_version = ", answer.at(0).Number(0))).status();
}

Status Database::CopyTo(const std::string& path) { return Run("VACUUM INTO ?1", {path}).status(); }

Status Database::Check() {
  SCEAU_ASSIGN_OR_RETURN(const std::vector<Row> answer, Run("PRAGMA integrity_check(1)"));
  const std::string said = answer.empty() ? "" : answer.front().Text(0);
  return said == "ok" ? OkStatus() : Error(Reason::kStoreUnusable, Concat(path_, ": ", said));
}

}  // namespace sceau::store
