// The tokens of this machine, as `token list` shows them.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/lang.h"
#include "hsm/key_store.h"

namespace sceau::cli {

struct ListedToken {
  hsm::TokenDescription description;
  int keys = 0;  // those seen without login
};

// {"tokens": [{"label", "serial", "keys", "uri", "manufacturer", "model", "pinPad",
//  "pin": USABLE | FINAL_TRY | LOCKED | NOT_SET}]}
void WriteTokensJson(const std::vector<ListedToken>& tokens, const TextSink& sink);
std::string TokensText(const std::vector<ListedToken>& tokens, Lang lang);

}  // namespace sceau::cli
