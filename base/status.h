// The one error type: absl::Status with a stable reason and a place in the document.
//
// A room makes errors with Error() and passes them on unchanged. base/reason.h lists the reasons.
// `detail` is language-neutral (a name, a value, a code); the sentences come from the reason.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/lang.h"
#include "base/reason.h"

namespace sceau {

using absl::OkStatus;
using absl::Status;
using absl::StatusOr;

// Where in the document; line and column count from 1, 0 means unknown.
struct Place {
  int64_t line = 0;
  int64_t column = 0;
  std::string element;  // path or name of the element, empty when unknown
};

Status Error(Reason reason, std::string_view detail = "", const Place& place = {});

// The reason of a status that Error() made; another failure counts as kInternal, success as none.
std::optional<Reason> ReasonOf(const Status& status);
Place PlaceOf(const Status& status);
std::string DetailOf(const Status& status);
// One sentence, then the detail and the place: what a person reads.
std::string Describe(const Status& status, Lang lang);
// The exit code of the command for this status (0 for success).
int ExitCodeOf(const Status& status);

}  // namespace sceau

// Returns the status when it is an error.
#define SCEAU_RETURN_IF_ERROR(expression)                                                  \
  do {                                                                                     \
    if (absl::Status sceau_status = (expression); !sceau_status.ok()) return sceau_status; \
  } while (false)

#define SCEAU_CONCAT_INNER(a, b) a##b
#define SCEAU_CONCAT(a, b) SCEAU_CONCAT_INNER(a, b)

// Assigns the value, or returns the status when it is an error.
#define SCEAU_ASSIGN_OR_RETURN(target, expression) \
  SCEAU_ASSIGN_OR_RETURN_INNER(SCEAU_CONCAT(sceau_statusor_, __LINE__), target, expression)
#define SCEAU_ASSIGN_OR_RETURN_INNER(holder, target, expression) \
  auto holder = (expression);                                    \
  if (!holder.ok()) return std::move(holder).status();           \
  target = *std::move(holder)
