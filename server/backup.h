// A copy of all that the daemon keeps, made while it runs, and the check of such a copy.
//
// In the copy nothing is released whose end its audit log lacks, and no checkpoint speaks of
// records that are not there: the database is copied first, then the checkpoints, then the log.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace sceau::server {

// What is copied, by its place in the copy; empty: there is none.
struct KeptFolders {
  std::string state;          // -> state/, but for its audit folder
  std::string audit;          // -> audit/
  std::string desk;           // -> desk/
  std::string register_file;  // of competences -> register.jsonl
};

struct BackupContents {
  int64_t results = 0;  // signed documents, each of the digest its row says
  int64_t records = 0;  // of the audit log
  int64_t covered = 0;  // of these by a checkpoint
};

// Into a new folder (0700) that holds the appliance's private audit key: keep it as safe as the
// state. Errors: kOutputExists, kOutputUnwritable, kStoreUnusable; then the folder is no backup.
Status MakeBackup(const KeptFolders& from, const std::string& to);

// Reads all of it. Errors: kStoreUnusable (a damaged database, a document that is missing or
// other), kAuditInvalid, kInputUnreadable.
StatusOr<BackupContents> CheckBackup(const std::string& folder);

}  // namespace sceau::server
