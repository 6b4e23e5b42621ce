// What the daemon trusts and where it looks for revocation: read at the start; trusted lists are
// read again now and then, and taken from the network when the configuration says so.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/status.h"
#include "server/config.h"
#include "verifier/revocation.h"
#include "verifier/trust.h"
#include "verifier/trusted_lists.h"

namespace sceau::server {

struct Trust {
  std::shared_ptr<const verifier::TrustAnchors> anchors;  // those of the lists among them
  std::shared_ptr<const verifier::TrustedLists> lists;    // null: none are configured
  verifier::RevocationSources revocation;
};

class TrustKeeper {
 public:
  // Reads everything once. `config` and `clock` outlive it. Errors: kTrustUnreadable,
  // kRevocationUnreadable.
  static StatusOr<std::unique_ptr<TrustKeeper>> Open(const Config& config, const Clock& clock);
  // The background work begins, if the configuration has any.
  void Start();
  // Waits for a fetch in progress.
  ~TrustKeeper();

  // Never null; what it holds does not change.
  std::shared_ptr<const Trust> Current() const;
  // One round of the background work: fetches if configured, reads the lists, and only then lets
  // them count. A list that cannot be had or may not be relied on is logged.
  void Refresh();

 private:
  TrustKeeper(const Config& config, const Clock& clock) : config_(config), clock_(clock) {}
  Status Load();
  void Run();

  const Config& config_;
  const Clock& clock_;
  std::shared_ptr<const verifier::TrustAnchors> configured_;  // without those of the lists
  verifier::RevocationSources revocation_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const Trust> current_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace sceau::server
