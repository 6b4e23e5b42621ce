// What holds for any bytes that are given as a PKCS#11 URI: for the fuzz target and its replay.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
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
  // RFC 7512 §2.3: the query begins at the first '?', its attributes are separated by '&'.
  const size_t query = std::min(text.find('?'), text.size() - 1);
  const std::vector<std::string> attributes = absl::StrSplit(text.substr(query + 1), '&');
  for (const std::string& attribute : attributes) {
    for (const char* refused : {"pin-value=", "module-path=", "module-name="}) {
      if (absl::StartsWith(attribute, refused)) return attribute + " is admitted";
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
