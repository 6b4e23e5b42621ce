// What is looked at when somebody asks how the daemon is, beside what it counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "hsm/tokens.h"
#include "server/readiness.h"
#include "server/setup.h"

namespace sceau::server {

struct ListFigures {
  std::string territory;
  bool used = false;
  absl::Time issued;
  std::optional<absl::Time> next_update;
};

struct Figures {
  Readiness readiness;
  std::vector<hsm::TokenHealth> tokens;
  int64_t anchors = 0;
  std::vector<ListFigures> lists;
  absl::Time revocation_current_until = absl::InfiniteFuture();  // of the given data
  int64_t cached_crls = 0;
  std::optional<absl::Time> newest_cached_crl;
  int64_t jobs_waiting = 0;  // documents that wait for a thread
};

// Touches no token. `readiness` and `jobs_waiting` as given.
Figures FiguresOf(const Setup& setup, Readiness readiness, int64_t jobs_waiting);

}  // namespace sceau::server
