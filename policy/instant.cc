#include "policy/instant.h"

#include "absl/time/civil_time.h"
#include "base/strings.h"

namespace sceau::policy {
namespace {

Status NotAnInstant(std::string_view text) {
  return Error(Reason::kDelegationInvalid, Concat("instant: ", text));
}

// Exactly the form: absl also takes other spellings.
bool IsDay(std::string_view text, absl::CivilDay& day) {
  return text.size() == 10 && absl::ParseCivilTime(Absl(text), &day) &&
         absl::FormatCivilTime(day) == text;
}

bool IsCivilTime(std::string_view text, absl::CivilSecond& second) {
  return text.size() == 19 && absl::ParseCivilTime(Absl(text), &second) &&
         absl::FormatCivilTime(second) == text;
}

}  // namespace

StatusOr<absl::TimeZone> LoadZone(const std::string& name) {
  absl::TimeZone zone;
  if (name.empty() || !absl::LoadTimeZone(name, &zone)) {
    return Error(Reason::kDelegationInvalid, Concat("time_zone: ", name));
  }
  return zone;
}

StatusOr<absl::Time> ReadInstant(std::string_view text, Bound bound,
                                 const std::optional<absl::TimeZone>& zone) {
  absl::CivilDay day;
  absl::CivilSecond second;
  if (zone && IsDay(text, day)) {
    return absl::FromCivil(bound == Bound::kUntil ? day + 1 : day, *zone);
  }
  if (zone && IsCivilTime(text, second)) {
    const auto found = zone->At(second);
    if (found.kind != absl::TimeZone::TimeInfo::UNIQUE) return NotAnInstant(text);
    return found.pre;
  }
  absl::Time instant;
  std::string error;
  if (text.size() < 20 || !absl::ParseTime(absl::RFC3339_full, Absl(text), &instant, &error) ||
      instant == absl::InfiniteFuture() || instant == absl::InfinitePast()) {
    return NotAnInstant(text);
  }
  return instant;
}

std::string WriteInstant(absl::Time instant) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", instant, absl::UTCTimeZone());
}

}  // namespace sceau::policy
