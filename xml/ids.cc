#include "xml/ids.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/ascii.h"
#include "base/digest.h"
#include "xml/namespaces.h"

namespace sceau::xml {

bool IsIdName(std::string_view namespace_uri, std::string_view local) {
  if (namespace_uri == kXmlNamespace) return local == "id";
  return namespace_uri.empty() && (local == "Id" || local == "ID" || local == "id");
}

bool IsNcName(std::string_view text) {
  const auto starts = [](char c) {
    return absl::ascii_isalpha(c) || c == '_' || (c & '\x80') != 0;
  };
  return !text.empty() && starts(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return starts(c) || absl::ascii_isdigit(c) || c == '-' || c == '.';
  });
}

IdSet::Key IdSet::KeyOf(std::string_view id) {
  const std::string digest = DigestOf(DigestAlgorithm::kSha256, id);
  Key key;
  std::memcpy(key.data(), digest.data(), sizeof key);
  return key;
}

Status IdSet::Collect(const StartElement& element) {
  for (const Attribute& attribute : element.attributes) {
    if (!IsIdName(attribute.uri, attribute.local)) continue;
    if (ids_.size() >= kMaxIds) {
      return Error(Reason::kXmlLimitExceeded, "Id", {element.line, element.column, ""});
    }
    const Key key = KeyOf(attribute.value);
    if (ids_.insert(key).second) continue;
    duplicates_.insert(key);
    if (places_.size() < kMaxDuplicates) {
      places_.push_back({std::string(attribute.value), element.line, element.column});
    }
  }
  return OkStatus();
}

}  // namespace sceau::xml
