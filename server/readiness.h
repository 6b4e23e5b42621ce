// Whether the daemon can do its work, part by part.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "server/clock_watch.h"
#include "server/journal.h"
#include "server/setup.h"
#include "server/stamper.h"

namespace sceau::server {

// What the daemon needs, and for what.
struct Part {
  std::string_view name;  // stable, see kParts in readiness.cc
  bool for_signing = false;
  bool for_verification = false;
  std::string fault;  // empty: as it should be; else why not, a word in capitals
};

struct Readiness {
  std::vector<Part> parts;

  bool CanSign() const;
  bool CanVerify() const;
  // "keys=TOKEN_UNAVAILABLE anchors=NO_ANCHOR"; empty when all is as it should be.
  std::string Faults() const;
};

struct ReadinessSources {
  const Setup& setup;
  ClockWatch& clock_watch;
  Journal& journal;
  const Stamper& stamper;
  const Status& store;  // whether results can be kept
  absl::Time now;
  const Status& last_reload;  // an error keeps nobody from working: the old configuration does
};

// Until when every authority that has a CRL in `data` has a current one; InfiniteFuture when there
// is none, or none that says when the next is due.
absl::Time CurrentUntil(const verifier::RevocationData& data);

// Touches every part: looks for the tokens and has each key make a test signature unless one was
// good within the last minute (hsm::SigningKey::Probe), makes a file in the work folder, tends the
// audit log, compares
// the clock, judges how current the revocation data is. Takes as long as the tokens take.
Readiness LookAtEachPart(const ReadinessSources& sources);

}  // namespace sceau::server
