#include "base/status.h"

#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "base/strings.h"

namespace sceau {
namespace {

// Reason, line, column and element, separated by tabs.
constexpr std::string_view kPayload = "sceau/reason";

std::vector<std::string> PayloadOf(const Status& status) {
  auto payload = status.GetPayload(Absl(kPayload));
  if (!payload) return {};
  return absl::StrSplit(std::string(*payload), absl::MaxSplits('\t', 3));
}

}  // namespace

Status Error(Reason reason, std::string_view detail, const Place& place) {
  const ReasonInfo& info = InfoOf(reason);
  Status status(info.code, Absl(detail));
  status.SetPayload(Absl(kPayload), absl::Cord(Concat(info.name, "\t", place.line, "\t",
                                                      place.column, "\t", place.element)));
  return status;
}

std::optional<Reason> ReasonOf(const Status& status) {
  if (status.ok()) return std::nullopt;
  auto fields = PayloadOf(status);
  const ReasonInfo* info = fields.empty() ? nullptr : FindReason(fields[0]);
  return info == nullptr ? Reason::kInternal : info->reason;
}

Place PlaceOf(const Status& status) {
  auto fields = PayloadOf(status);
  Place place;
  if (fields.size() != 4) return place;
  (void)absl::SimpleAtoi(fields[1], &place.line);
  (void)absl::SimpleAtoi(fields[2], &place.column);
  place.element = fields[3];
  return place;
}

std::string DetailOf(const Status& status) { return std::string(status.message()); }

std::string Describe(const Status& status, Lang lang) {
  if (status.ok()) return "OK";
  const ReasonInfo& info = InfoOf(*ReasonOf(status));
  std::string text(info.what.In(lang));
  if (!status.message().empty()) AppendTo(text, " [", DetailOf(status), "]");
  const Place place = PlaceOf(status);
  if (place.line > 0) {
    AppendTo(text, lang == Lang::kFr ? " Ligne " : " Line ", place.line,
             lang == Lang::kFr ? ", colonne " : ", column ", place.column, ".");
  }
  if (!place.element.empty()) {
    AppendTo(text, lang == Lang::kFr ? " Élément " : " Element ", place.element, ".");
  }
  return text;
}

int ExitCodeOf(const Status& status) {
  return status.ok() ? 0 : InfoOf(*ReasonOf(status)).exit_code;
}

}  // namespace sceau
