// Reads a schema set's files from a folder or, through libarchive, from an archive.
#include <archive.h>
#include <archive_entry.h>

#include <filesystem>

#include "base/c_handle.h"
#include "base/file.h"
#include "base/strings.h"
#include "schemas/schema_import.h"

namespace sceau::schemas {
namespace {

namespace fs = std::filesystem;

using ArchiveHandle = CHandle<archive, archive_read_free>;

bool IsSchemaFile(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".xsd" || extension == ".XSD";
}

bool StaysInside(const fs::path& path) {
  if (path.empty() || path.is_absolute()) return false;
  for (const fs::path& part : path) {
    if (part == "..") return false;
  }
  return true;
}

class Gathering {
 public:
  Status Add(const fs::path& path, std::string text) {
    bytes_ += text.size();
    const bool fresh = files_.emplace(path.lexically_normal().generic_string(), std::move(text)).second;
    if (!fresh) return Error(Reason::kSchemaSetInvalid, path.string());
    return CheckLimits();
  }
  Status CheckLimits() const {
    if (files_.size() <= kMaxSchemaFiles && bytes_ <= kMaxSchemaBytes) return OkStatus();
    return Error(Reason::kSchemaSetInvalid, Concat(files_.size(), " / ", bytes_));
  }
  size_t Left() const { return kMaxSchemaBytes - bytes_; }
  SchemaFiles Take() { return std::move(files_); }

 private:
  SchemaFiles files_;
  size_t bytes_ = 0;
};

StatusOr<std::string> ReadEntry(archive* from, size_t most, const std::string& name) {
  std::string text;
  std::string buffer(64 * 1024, '\0');
  while (true) {
    const la_ssize_t got = archive_read_data(from, buffer.data(), buffer.size());
    if (got < 0) return Error(Reason::kSchemaSetInvalid, archive_error_string(from));
    if (got == 0) return text;
    text.append(buffer, 0, static_cast<size_t>(got));
    if (text.size() > most) return Error(Reason::kSchemaSetInvalid, name);
  }
}

}  // namespace

StatusOr<SchemaFiles> ReadSchemaFolder(const std::string& folder) {
  Gathering files;
  std::error_code error;
  auto entries = fs::recursive_directory_iterator(folder, error);
  if (error) return Error(Reason::kInputUnreadable, folder);
  for (const fs::directory_entry& entry : entries) {
    if (entry.is_symlink() || !entry.is_regular_file() || !IsSchemaFile(entry.path())) continue;
    SCEAU_ASSIGN_OR_RETURN(std::string text, ReadSmallFile(entry.path().string()));
    SCEAU_RETURN_IF_ERROR(files.Add(entry.path().lexically_relative(folder), std::move(text)));
  }
  return files.Take();
}

StatusOr<SchemaFiles> ReadSchemaArchive(const std::string& path) {
  ArchiveHandle from(archive_read_new());
  archive_read_support_format_zip(from.get());
  archive_read_support_format_tar(from.get());
  archive_read_support_filter_gzip(from.get());
  if (archive_read_open_filename(from.get(), path.c_str(), 64 * 1024) != ARCHIVE_OK) {
    return Error(Reason::kInputUnreadable, Concat(path, ": ", archive_error_string(from.get())));
  }
  Gathering files;
  archive_entry* entry = nullptr;
  for (size_t count = 0;; ++count) {
    const int result = archive_read_next_header(from.get(), &entry);
    if (result == ARCHIVE_EOF) return files.Take();
    if (result < ARCHIVE_WARN || count > 10 * kMaxSchemaFiles) {
      return Error(Reason::kSchemaSetInvalid, Concat(path, ": ", count));
    }
    const char* name = archive_entry_pathname(entry);
    const fs::path inside = name == nullptr ? "" : name;
    if (archive_entry_filetype(entry) != AE_IFREG || !IsSchemaFile(inside)) continue;
    if (!StaysInside(inside)) return Error(Reason::kSchemaSetInvalid, inside.string());
    SCEAU_ASSIGN_OR_RETURN(std::string text, ReadEntry(from.get(), files.Left(), inside.string()));
    SCEAU_RETURN_IF_ERROR(files.Add(inside, std::move(text)));
  }
}

}  // namespace sceau::schemas
