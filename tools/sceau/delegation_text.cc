#include "tools/sceau/delegation_text.h"

#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "policy/record_json.h"
#include "tools/sceau/display.h"

namespace sceau::cli {
namespace {

using delegations::Entry;
using policy::Delegation;
using policy::Record;
using policy::Standing;

struct Shown {
  Standing standing;
  Text text;
};
constexpr Shown kStandings[] = {{Standing::kHolds, {"en vigueur", "in force"}},
                                {Standing::kUnknown, {"inconnu alors", "unknown then"}},
                                {Standing::kNotYet, {"pas encore en vigueur", "not yet in force"}},
                                {Standing::kEnded, {"terminé", "ended"}},
                                {Standing::kRevoked, {"révoqué", "revoked"}}};

const Shown& ShownOf(Standing standing) {
  for (const Shown& it : kStandings) {
    if (it.standing == standing) return it;
  }
  return kStandings[1];
}

std::string ValueText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The fields that say what the record is about, without those that every record has.
Json OwnFields(const Record& record) {
  Json json = RecordJson(record);
  for (const char* common : {"version", "type", "id", "recorded_at"}) json.erase(common);
  return json;
}

std::string_view ActMark(const Record& record, Lang lang) {
  const auto* delegation = std::get_if<Delegation>(&record.body);
  if (delegation == nullptr || delegation->act_verified) return {};
  return Text{"  [acte non vérifié]", "  [act not verified]"}.In(lang);
}

}  // namespace

Json RecordJson(const Record& record) {
  Json json = Json::parse(policy::WriteRecordLine(record));
  if (const auto* delegation = std::get_if<Delegation>(&record.body)) {
    json["act_verified"] = delegation->act_verified;
  }
  return json;
}

Json EntryJson(const Entry& entry) {
  return {{"record", RecordJson(entry.record)},
          {"standing", policy::NameOf(entry.standing)},
          {"revokedBy", entry.revoked_by}};
}

std::string EntryText(const Entry& entry, Lang lang) {
  const Record& record = entry.record;
  std::string line(ShownOf(entry.standing).text.In(lang));
  AppendTo(line, "  ", policy::TypeOf(record), "  ", Printable(record.id));
  const Json own = OwnFields(record);
  for (const auto& [key, value] : own.items()) {
    AppendTo(line, "  ", key, "=", Printable(ValueText(value)));
  }
  AppendTo(line, ActMark(record, lang), "\n");
  return line;
}

std::string EntryPage(const Entry& entry, Lang lang) {
  const Record& record = entry.record;
  std::string page = Concat(policy::TypeOf(record), " ", Printable(record.id), " : ",
                            ShownOf(entry.standing).text.In(lang), ActMark(record, lang), "\n");
  const Json all = RecordJson(record);
  for (const auto& [key, value] : all.items()) {
    if (key == "version" || key == "type" || key == "id") continue;
    AppendTo(page, "  ", key, ": ", Printable(ValueText(value)), "\n");
  }
  for (const std::string& id : entry.revoked_by) {
    AppendTo(page, "  ", Text{"révoqué par", "revoked by"}.In(lang), " ", Printable(id), "\n");
  }
  return page;
}

}  // namespace sceau::cli
