// The keys and tokens of this machine, as `key list` and `token list` show them.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/lang.h"
#include "hsm/tokens.h"

namespace sceau::cli {

// {"keys": [{"uri", "token": {"label", "serial"}, "id", "label", "type", "bits",
//  "alwaysAuthenticate", "certificate": {...} or null}]}
void WriteKeysJson(const std::vector<hsm::KeyDescription>& keys, const TextSink& sink);
std::string KeysText(const std::vector<hsm::KeyDescription>& keys, Lang lang);

// {"tokens": [{"label", "serial", "keys"}]}: the tokens that hold at least one key.
void WriteTokensJson(const std::vector<hsm::KeyDescription>& keys, const TextSink& sink);
std::string TokensText(const std::vector<hsm::KeyDescription>& keys, Lang lang);

}  // namespace sceau::cli
