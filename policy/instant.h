// Instants of the records, and the civil dates that acts are written in.
//
// A date is a day of the collectivité's own time zone: as a beginning its first instant, as an end
// the first instant that is no longer in it ("until 30 June" holds through 30 June).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/status.h"

namespace sceau::policy {

enum class Bound { kFrom, kUntil };

// An IANA name ("Europe/Paris", "Pacific/Noumea"). DELEGATION_INVALID when it is not known here.
StatusOr<absl::TimeZone> LoadZone(const std::string& name);

// RFC 3339 with its offset; with a zone also a day ("2026-06-30") or a civil time
// ("2026-03-29T12:30:00"). A civil time that the zone skips or has twice is refused.
StatusOr<absl::Time> ReadInstant(std::string_view text, Bound bound,
                                 const std::optional<absl::TimeZone>& zone);
// RFC 3339 in UTC.
std::string WriteInstant(absl::Time instant);

}  // namespace sceau::policy
