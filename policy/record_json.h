// Records as lines of JSON: what the register's file, an export and an import hold (version 1).
//
//   {"version": 1, "type": "delegation", "id": "...", "recorded_at": "...", "valid_from": "...",
//   ...}
//
// An unknown key, a missing one, a value of another type or range is DELEGATION_INVALID with its
// name. Sums are in cents.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/json.h"
#include "base/status.h"
#include "policy/record.h"

namespace sceau::policy {

// With a zone, instants may be civil (policy/instant.h); a line of a file has none.
StatusOr<Record> ReadRecord(const Json& json, const std::optional<absl::TimeZone>& zone);
StatusOr<Record> ReadRecordLine(std::string_view line);
// One line, without its end.
std::string WriteRecordLine(const Record& record);
std::string_view TypeOf(const Record& record);  // "delegation", ...

}  // namespace sceau::policy
