#include "policy/record_import.h"

#include <nlohmann/json.hpp>

#include "policy/instant.h"
#include "policy/record_json.h"

namespace sceau::policy {
namespace {

StatusOr<Record> ReadLine(std::string_view line, absl::Time now, Known known) {
  Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return Error(Reason::kDelegationInvalid, "JSON");
  if (known == Known::kFromNow) json["recorded_at"] = WriteInstant(now);
  SCEAU_ASSIGN_OR_RETURN(Record record, ReadRecord(json, std::nullopt));
  if (record.recorded_at > now) return Error(Reason::kDelegationInvalid, "recorded_at");
  if (auto* delegation = std::get_if<Delegation>(&record.body)) delegation->act_verified = false;
  return record;
}

}  // namespace

StatusOr<std::vector<Record>> ReadImport(std::string_view lines, absl::Time now, Known known) {
  std::vector<Record> records;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    auto record = ReadLine(line, now, known);
    if (!record.ok()) {
      return Error(Reason::kDelegationInvalid, DetailOf(record.status()),
                   {.line = static_cast<int64_t>(records.size()) + 1});
    }
    records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace sceau::policy
