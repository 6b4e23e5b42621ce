// Answers by idempotency key: a repeated request gets the stored answer and signs nothing.
//
// In memory, results in files without a name: all of it goes with the daemon. A durable store will
// take its place behind this same interface.
#pragma once

#include <cstdint>
#include <list>
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
#include "signer/signer.h"

namespace sceau::server {

// A result that passed verification.
struct Answer {
  InputFile document;
  std::string sha256;  // raw
  std::vector<xml::Edit> edits;
  std::vector<signer::SignedElement> elements;
  std::string audit_id;
  int64_t size() const { return document.size(); }
};

// An idempotency key is its caller's own: another's is another key. No caller's name has a space.
inline std::string NameOfRequest(const std::string& caller, const std::string& key) {
  return caller + " " + key;
}

class IdempotencyTable {
 public:
  struct Limits {
    int entries = 0;
    int64_t bytes = 0;      // of the stored documents
    absl::Duration expiry;  // after the answer was stored
  };

  IdempotencyTable(const Limits& limits, const Clock* clock) : limits_(limits), clock_(clock) {}

  // The stored answer for this key and fingerprint (a digest over content and parameters); null
  // when there is none. Errors: kIdempotencyConflict when the key was used with another
  // fingerprint, kIdempotencyInProgress while the first request runs.
  StatusOr<std::shared_ptr<const Answer>> Find(const std::string& key,
                                               std::string_view fingerprint);
  // As Find, but when there is no answer the caller has the key now, and must Store or Release it.
  StatusOr<std::shared_ptr<const Answer>> Claim(const std::string& key,
                                                std::string_view fingerprint);
  // Keeps the answer; the oldest answers go when there are too many.
  void Store(const std::string& key, std::shared_ptr<const Answer> answer);
  // The request failed: the key can be used again.
  void Release(const std::string& key);
  // Answers whose time is over go at the next call of any function; this is for quiet hours.
  void DropExpired();
  // A stored answer for whoever asked for it, by its idempotency key or by the request that made it
  // (Answer::audit_id). Errors: kResultUnknown, kIdempotencyInProgress.
  StatusOr<std::shared_ptr<const Answer>> ResultOf(const std::string& key);
  StatusOr<std::shared_ptr<const Answer>> ResultOfRequest(const std::string& caller,
                                                          const std::string& request_id);

 private:
  struct Entry {
    std::string fingerprint;
    std::shared_ptr<const Answer> answer;  // null: in progress
    absl::Time stored;
    std::list<std::string>::iterator age;  // in ages_, once stored
  };

  StatusOr<std::shared_ptr<const Answer>> FindLocked(const std::string& key,
                                                     std::string_view fingerprint);
  void DropOld();
  void DropOldest();

  const Limits limits_;
  const Clock* const clock_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::list<std::string> ages_;  // stored keys, the oldest first
  int64_t bytes_ = 0;
};

}  // namespace sceau::server
