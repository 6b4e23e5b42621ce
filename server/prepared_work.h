// Work that waits for the card at the desk: what Prepare made, until Complete comes.
//
// Each is a document and a description in a folder of its own for this daemon (0700, files 0600),
// so that it survives a restart. The description is written after the document and rewritten before
// the document goes: a document without one is a remnant, swept at the next start. Only the caller
// who prepared finds a preparation; it serves once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "server/engine.h"

namespace sceau::server {

struct PreparedWork {
  std::string id;               // unguessable
  std::string caller;           // who prepared it, and no other may complete it
  std::string idempotency_key;  // of Prepare: names the result
  std::string fingerprint;      // raw, over content and parameters; see FingerprintOf
  std::string sha256;           // of the document, raw
  SignOrder order;              // as it was admitted
  absl::Time signing_time;
  absl::Time expires;
  std::string to_be_signed;  // raw, over every text to be signed
  size_t targets = 0;
};

class PreparedWorks {
 public:
  struct Limits {
    int entries = 0;    // that wait
    int64_t bytes = 0;  // of their documents
  };
  struct Claimed {
    PreparedWork work;
    InputFile document;
  };

  // Makes the folder, takes up what an earlier daemon left and sweeps what is over.
  // Error kStoreUnusable.
  static StatusOr<std::unique_ptr<PreparedWorks>> Open(const std::string& folder,
                                                       const Limits& limits, const Clock& clock);

  // Durable when it returns. What the caller prepared before under the same idempotency key is
  // gone. Errors: kOverloaded when too much waits, kStoreUnusable.
  Status Keep(const PreparedWork& work, const InputFile& document);
  // What can still be completed by this caller. Errors: kPreparationUnknown, kPreparationExpired,
  // kPreparationUsed.
  StatusOr<PreparedWork> Find(const std::string& id, const std::string& caller);
  // As Find, and nobody else has it until Release or Finish. Errors: those of Find;
  // kIdempotencyInProgress while another has it, kStoreUnusable.
  StatusOr<Claimed> Claim(const std::string& id, const std::string& caller);
  // It came to nothing: the preparation can be completed until it expires.
  void Release(const std::string& id);
  // It served, or was declined: never again, also after a restart. Error kStoreUnusable.
  Status Finish(const std::string& id);
  // Documents go when their time is over, descriptions a day later.
  void DropExpired();

 private:
  enum class State { kWaiting, kClaimed, kOver };
  struct Entry {
    PreparedWork work;
    State state = State::kWaiting;
    int64_t size = 0;  // of the document; 0 once it is gone
  };
  using Entries = std::map<std::string, Entry>;

  PreparedWorks(std::string folder, const Limits& limits, const Clock& clock)
      : folder_(std::move(folder)), limits_(limits), clock_(clock) {}
  Status Load();
  StatusOr<Entries::iterator> FindLocked(const std::string& id, const std::string& caller);
  Status MakeRoom(int64_t size) const;
  Status Describe(const Entry& entry) const;
  void DropSuperseded(const PreparedWork& by);
  Entries::iterator Remove(Entries::iterator it);
  void DropDocument(Entry& entry);
  void DropOld();
  std::string DocumentOf(const std::string& id) const;
  std::string DescriptionOf(const std::string& id) const;

  const std::string folder_;
  const Limits limits_;
  const Clock& clock_;
  std::mutex mutex_;
  Entries entries_;
};

}  // namespace sceau::server
