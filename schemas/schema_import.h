// Installs a schema set as its publisher gives it: a folder, or an archive (zip, tar, tar.gz).
#pragma once

#include <map>
#include <string>

#include "base/status.h"
#include "schemas/schema_set.h"

namespace sceau::schemas {

struct SchemaImport {
  std::string source;  // folder or archive
  std::string folder;  // where the sets lie
  std::string name;    // empty: the version in the source's name, else that name
  std::string in_force_from, in_force_until;  // "2024-01-31", or empty
  bool force = false;  // replace a set of that name
};

// Files by their path inside the set. Only XSD files are taken.
using SchemaFiles = std::map<std::string, std::string>;

inline constexpr size_t kMaxSchemaFiles = 2000;
inline constexpr size_t kMaxSchemaBytes = 64 << 20;  // all files of one set together

// Errors: kInputUnreadable; kSchemaSetInvalid above the limits.
StatusOr<SchemaFiles> ReadSchemaFolder(const std::string& folder);
// Errors: kInputUnreadable; kSchemaSetInvalid for an entry that leaves the archive's folder, or
// above the limits.
StatusOr<SchemaFiles> ReadSchemaArchive(const std::string& path);

// Checks the set, mends what libxml2 cannot take, compiles every document element that is known
// here, and installs it whole or not at all. Errors: kSchemaSetInvalid (a DOCTYPE, a file named
// outside the set, no known document element, libxml2 cannot compile it), kOutputExists,
// kOutputUnwritable, kInputUnreadable, kUsage.
StatusOr<SchemaSet> ImportSchemaSet(const SchemaImport& import);

}  // namespace sceau::schemas
