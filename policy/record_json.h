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
#include <vector>

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

enum class FieldForm { kText, kTexts, kNumber, kFlag, kInstant, kNested };
struct Field {
  std::string name;
  FieldForm form;
  bool required = false;
};
// Those of a type of records, without `version`, `type` and `recorded_at`; none: no such type.
std::vector<Field> FieldsOf(std::string_view type);
std::vector<std::string_view> TypeNames();

}  // namespace sceau::policy
