// Signed documents by idempotency key: a repeated request gets the stored one and signs nothing,
// also after the daemon was killed at any point.
//
// The order of a signing: the document and its row are on the disk (Keep), its end is in the audit
// log, and only then it is released. What a crash leaves between these is brought to its end by the
// next daemon, or by whoever asks for it. A result whose time is over leaves its row: the same
// request is RESULT_EXPIRED from then on, never signed a second time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "sceau/v1/signing.pb.h"
#include "signer/signer.h"
#include "store/database.h"
#include "store/private_folder.h"

namespace sceau::server {

// A result that passed verification and may be given away.
struct Answer {
  InputFile document;
  std::string sha256;  // raw
  v1::EditList edits;
  v1::SignedElementList elements;
  std::string audit_id;
  int64_t size() const { return document.size(); }
};
using AnswerPtr = std::shared_ptr<const Answer>;

// One request: its idempotency key is its caller's own, another's is another key.
struct RequestName {
  std::string caller, idempotency_key;
  std::string fingerprint;  // a digest over content and parameters
};

class Results {
 public:
  struct Limits {
    int entries = 0;
    int64_t bytes = 0;      // of the stored documents
    absl::Duration expiry;  // after the result was stored
  };
  // Has the end of a request in the audit log when it returns OK, once however often it is called.
  using RecordEnd = std::function<Status(const std::string& end)>;

  // In `state`, see store_files.h. Sweeps what no row speaks of and ends what an earlier daemon
  // left kept. `clock` outlives it. Errors: kStoreUnusable, also when another daemon uses the
  // folder; kStoreVersion.
  static StatusOr<std::unique_ptr<Results>> Open(const std::string& state, const Limits& limits,
                                                 const Clock& clock, RecordEnd record_end);

  // The released result of the request; null when there is none. Errors: kIdempotencyConflict when
  // the key was used with another fingerprint, kIdempotencyInProgress while the first request runs,
  // kResultExpired, kStoreUnusable; those of RecordEnd.
  StatusOr<AnswerPtr> Find(const RequestName& request);
  // As Find, but when there is no result the caller has the key now, and must Release it.
  StatusOr<AnswerPtr> Claim(const RequestName& request);
  // The file for the result of the request that the audit log knows by `id`. Error kStoreUnusable.
  StatusOr<OutputFile> NewDocument(const std::string& id) const { return folder_.Create(id); }
  // The claimed request was signed: all of it is on the disk when this returns OK, and nothing of
  // it otherwise. The oldest results go when there are too many. Error kStoreUnusable.
  Status Keep(const RequestName& request, const std::string& id, const signer::Outcome& outcome,
              OutputFile& document, const std::string& end);
  // Its end is in the audit log: its caller may have it. Errors as of Find.
  StatusOr<AnswerPtr> Give(const RequestName& request);
  // Whatever became of it, the request is no longer in progress.
  void Release(const RequestName& request);

  // For whoever asked for it, by idempotency key or by the request that made it. Errors:
  // kResultUnknown, kResultExpired, kIdempotencyInProgress, kStoreUnusable; those of RecordEnd.
  StatusOr<AnswerPtr> ResultOf(const std::string& caller, const std::string& idempotency_key);
  StatusOr<AnswerPtr> ResultOfRequest(const std::string& caller, const std::string& id);

  // Whether results can be kept; to be called now and then. Error kStoreUnusable.
  Status Tend() { return database_->Tend(); }
  // Documents whose time is over go; to be called now and then.
  void DropExpired();

 private:
  struct Entry;
  Results(std::unique_ptr<store::Database> database, store::PrivateFolder folder,
          const Limits& limits, const Clock& clock, RecordEnd record_end)
      : database_(std::move(database)),
        folder_(std::move(folder)),
        limits_(limits),
        clock_(clock),
        record_end_(std::move(record_end)) {}

  Status TakeUp();
  StatusOr<std::unique_ptr<Entry>> Read(std::string_view where, std::vector<store::Value> values);
  // Ends what is kept. Errors as of Find.
  StatusOr<AnswerPtr> AnswerOf(Entry& entry);
  Status End(Entry& entry);
  Status Insert(const RequestName& request, const std::string& id, const signer::Outcome& outcome,
                const std::string& end);
  Status Drop(const std::string& name, const std::string& request);
  void DropTooMany();

  const std::unique_ptr<store::Database> database_;
  const store::PrivateFolder folder_;
  const Limits limits_;
  const Clock& clock_;
  const RecordEnd record_end_;
  std::mutex mutex_;
  std::map<std::string, std::string> running_;  // fingerprint by name
};

}  // namespace sceau::server
