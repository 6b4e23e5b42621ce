// What holds for any bytes that are given as a PKCS#11 URI: for the fuzz target and its replay.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "base/strings.h"
#include "hsm/uri.h"

namespace sceau::hsm {

// The rule that `text` breaks; empty: none.
inline std::string FaultOfUri(const std::string& text) {
  const auto uri = Uri::Parse(text);
  if (!uri.ok()) {
    if (ReasonOf(uri.status()) != Reason::kKeyUriInvalid) return "another reason";
    // Names of attributes and faults only: the text may hold a PIN.
    return DetailOf(uri.status()).size() > 40 ? "the detail is too long for a name" : "";
  }
  // As p11-kit looks at it, an attribute name is not encoded.
  for (const std::string_view refused : {"pin-value=", "module-path=", "module-name="}) {
    const size_t query = text.find('?');
    if (query == std::string::npos) break;
    for (const char before : {'?', '&'}) {
      const std::string attribute = before + std::string(refused);
      if (absl::StrContains(Absl(text), Absl(attribute))) return attribute + " is admitted";
    }
  }
  if (!uri->pin_source().empty() && uri->pin_source().front() != '/') return "pin-source";
  PresentToken token{};
  (void)uri->MatchesToken(token);
  const std::vector<std::string> labels{"", "signature", uri->token_label()};
  (void)uri->MatchesKey("\x01", labels);
  return "";
}

}  // namespace sceau::hsm
