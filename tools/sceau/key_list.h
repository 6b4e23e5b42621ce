// The keys of this machine's tokens, as `key list` and the other key verbs show them.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/json.h"
#include "base/lang.h"
#include "hsm/tokens.h"

namespace sceau::cli {

// {"uri", "token": {"label", "serial"}, "id", "label", "type", "bits", "alwaysAuthenticate",
//  "purpose": SIGNATURE | AUTHENTICATION | OTHER | UNKNOWN,
//  "match": MATCHES | DIFFERS | ABSENT | UNKNOWN (key and certificate),
//  "certificate": {"subject", "issuer", "serial", "notBefore", "notAfter", "expired", "sha256"} or
//  null}
Json KeyJson(const hsm::KeyDescription& key, absl::Time now);
std::string KeyText(const hsm::KeyDescription& key, absl::Time now, Lang lang);

// {"keys": [...]}
void WriteKeysJson(const std::vector<hsm::KeyDescription>& keys, absl::Time now,
                   const TextSink& sink);
std::string KeysText(const std::vector<hsm::KeyDescription>& keys, absl::Time now, Lang lang);

}  // namespace sceau::cli
