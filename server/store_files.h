// Where the daemon's durable state lies, and what its database holds.
//
//   STATE/store/store.db   a row for each request that was signed; who manages callers
//   STATE/store/results/   the signed documents, each named by its request
#pragma once

#include <string>

namespace sceau::server {

inline std::string StoreFolderOf(const std::string& state) { return state + "/store"; }
inline std::string DatabaseOf(const std::string& state) {
  return StoreFolderOf(state) + "/store.db";
}
inline std::string ResultsFolderOf(const std::string& state) {
  return StoreFolderOf(state) + "/results";
}

// Each brings the database from the version before it to its own; never changed, only added to.
inline constexpr const char* kStoreMigrations[] = {
    R"(CREATE TABLE result (
         name TEXT PRIMARY KEY,        -- caller, space, idempotency key
         caller TEXT NOT NULL,
         request TEXT NOT NULL UNIQUE, -- as in the audit log; names the document's file
         fingerprint BLOB NOT NULL,    -- over content and parameters
         state INTEGER NOT NULL,       -- see ResultState
         stored INTEGER NOT NULL,      -- Unix milliseconds
         size INTEGER NOT NULL,        -- of the document, bytes
         sha256 BLOB NOT NULL,
         end TEXT NOT NULL,            -- of the request, as the audit log is to have it
         edits BLOB, elements BLOB     -- EditList, SignedElementList
       ) WITHOUT ROWID;
       CREATE INDEX result_by_age ON result (state, stored, size))",
    R"(CREATE TABLE manager (
         collectivite TEXT PRIMARY KEY,
         configured TEXT NOT NULL,  -- by [[managers]] when the row was made
         caller TEXT NOT NULL,      -- who is it now
         since INTEGER NOT NULL     -- Unix milliseconds
       ) WITHOUT ROWID;
       CREATE TABLE closed (        -- to a caller, by the collectivité's manager
         caller TEXT NOT NULL,
         collectivite TEXT NOT NULL,
         since INTEGER NOT NULL,
         PRIMARY KEY (caller, collectivite)
       ) WITHOUT ROWID)",
};

enum class ResultState {
  kKept = 0,      // whole, but its end may not be in the audit log yet
  kReleased = 1,  // may be given to its caller
  kOver = 2,      // its document is gone; it is never signed again
};

}  // namespace sceau::server
