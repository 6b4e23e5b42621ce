// The préfecture's answer to an act: the receipt that makes it executory, or an anomaly.
#pragma once

#include <string>

#include "base/status.h"
#include "schemas/acte.h"

namespace sceau::schemas {

enum class ActeAnswer { kReceived, kAnomaly };
std::string_view NameOf(ActeAnswer answer);  // "RECEIVED", "ANOMALY"

// What `answer` (ARActe, AnomalieActe) says of `act`. It answers it when number, date and nature are
// the act's. Errors: kDocumentUnknown when `act` is no Acte or `answer` answers no act;
// kAcquitMismatch with what differs, "NumeroInterne: 2025-017 / 2025-018".
StatusOr<ActeAnswer> MatchActe(const ActeFacts& act, const ActeFacts& answer);

}  // namespace sceau::schemas
