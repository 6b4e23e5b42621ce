// The daemon's audit log: nothing is signed unless its intent is on the disk.
//
// In a folder of its own (0700): `log`, `checkpoints`, `stamps` (server/stamper.h), `key.pem` (the
// appliance's own, 0600) and `public.pem`, which an auditor needs. Records: START, STOP; INTENT
// before the token is touched, then DONE or FAILED with the same request id. Of a card elsewhere:
// PREPARED before the work is handed out, REFUSED when it is not, DECLINED by the signer.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "audit/checkpoint.h"
#include "audit/log_writer.h"
#include "base/clock.h"
#include "base/status.h"

namespace sceau::server {

// One request to sign, as it is recorded.
struct SigningRecord {
  std::string request, caller;
  std::string call;      // "Sign", "Prepare", "Complete"
  std::string document;  // SHA-256 of what is to be signed, lower-case hexadecimal
  std::string key;       // by its name; empty: a card elsewhere
  std::string profile, selection;
  std::string decision;  // about competence
};

struct SigningEnd {
  std::vector<std::string> certificates;  // DER, the signer's first
  std::string released;                   // SHA-256 of the signed file, lower-case hexadecimal
  size_t signatures = 0;
  // What founded them, see Competence::Founding; none where competence is not enforced.
  std::string role;
  std::vector<std::string> acts;
  std::vector<std::string> revocation;  // files kept, see server/revocation_evidence.h
  std::vector<std::string> justified;  // pieces outside the competence, and what attests each
};

// Records that are added to the register of competences.
struct RegisterChange {
  std::string request, caller;
  std::string call;   // "AddRecord", ...
  std::string lines;  // as they are added
};

class Journal {
 public:
  struct Options {
    std::string folder;  // empty: there is none, and nothing can be recorded
    std::string copy;    // checkpoints are added to this file too; empty: none
    int checkpoint_records = 0;
    absl::Duration checkpoint_period;
  };

  // `clock` outlives it. A log that cannot be opened is tried again by Tend.
  Journal(Options options, const Clock& clock);
  // The last record and a checkpoint.
  ~Journal();

  // The end of a request that was signed, as End takes it: to be kept with its result.
  static std::string TextOf(const SigningRecord& record, const SigningEnd& end);

  // Durable when they return. Errors: kAuditUnavailable; kAuditInvalid while the log that is there
  // does not hold.
  Status Begin(const SigningRecord& record);
  // Once for each request, however often it is called, also by a later process.
  Status End(const std::string& text);
  Status Failed(const SigningRecord& record, const Status& why);
  // Of work for a card elsewhere; `preparation` is its id.
  Status Prepared(const SigningRecord& record, const std::string& preparation);
  Status Refused(const SigningRecord& record, const Status& why);
  Status Declined(const SigningRecord& record, const std::string& preparation,
                  const std::string& reason);
  // Of something that is no signing: `kind` and what it says.
  Status Note(audit::Fields record) { return Write(std::move(record)); }

  // REGISTER, before the register is changed; NOT_CHANGED when that failed then.
  Status Changing(const RegisterChange& change);
  Status NotChanged(const RegisterChange& change, const Status& why);

  // Opens the log when it is not yet, makes a checkpoint when one is due, and tells whether records
  // can be written. To be called now and then.
  Status Tend();
  // Of this process; nothing before its first.
  std::optional<audit::Checkpoint> Newest();

 private:
  Status Open();
  Status Write(audit::Fields record);
  Status WriteEnd(const std::string& request, audit::Fields record);
  Status AddReason(const std::string& request, const Status& why, audit::Fields& fields);
  Status Mark(audit::LogWriter& writer);
  Status MarkWhenDue(audit::LogWriter& writer, bool by_time);
  StatusOr<std::shared_ptr<audit::LogWriter>> Writer();

  const Options options_;
  const Clock& clock_;
  std::mutex mutex_;
  Status state_;  // of the last attempt to open or write
  std::shared_ptr<audit::LogWriter> writer_;
  std::unique_ptr<audit::CheckpointKey> key_;
  std::set<std::string> open_;  // requests with an intent and no end
  std::mutex ending_;
  std::mutex marking_;
  std::optional<audit::Checkpoint> newest_;
  int64_t marked_ = -1;  // records at the last checkpoint
  absl::Time marked_at_ = absl::InfinitePast();
};

}  // namespace sceau::server
