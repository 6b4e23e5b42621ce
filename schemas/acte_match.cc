#include "schemas/acte_match.h"

#include "base/strings.h"

namespace sceau::schemas {
namespace {

// By what an act is known among those of one collectivité.
struct Key {
  std::string_view name;
  std::string ActeFacts::*value;
};
constexpr Key kKeys[] = {{"NumeroInterne", &ActeFacts::number},
                         {"Date", &ActeFacts::date},
                         {"CodeNatureActe", &ActeFacts::nature}};

}  // namespace

std::string_view NameOf(ActeAnswer answer) {
  return answer == ActeAnswer::kReceived ? "RECEIVED" : "ANOMALY";
}

StatusOr<ActeAnswer> MatchActe(const ActeFacts& act, const ActeFacts& answer) {
  if (act.message != "Acte") return Error(Reason::kDocumentUnknown, act.message, act.place);
  const bool anomaly = answer.message == "AnomalieActe";
  if (!anomaly && !answer.IsReceipt()) {
    return Error(Reason::kDocumentUnknown, answer.message, answer.place);
  }
  for (const Key& key : kKeys) {
    const std::string& sent = act.*key.value;
    const std::string& answered = answer.*key.value;
    if (!sent.empty() && sent == answered) continue;
    return Error(Reason::kAcquitMismatch, Concat(key.name, ": ", sent, " / ", answered),
                 answer.place);
  }
  return anomaly ? ActeAnswer::kAnomaly : ActeAnswer::kReceived;
}

}  // namespace sceau::schemas
