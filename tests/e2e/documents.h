// What a signed file is held against.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "tests/support/pdf_document.h"
#include "tests/support/require.h"

namespace sceau::test {

using Json = nlohmann::json;

inline std::string ReadFile(const std::string& path) {
  auto text = ReadSmallFile(path, size_t{1} << 30);
  Require(text.ok(), path);
  return *std::move(text);
}

// The document before the edits that `sceau sign --json` tells of; empty when the signed document
// does not hold what they say was inserted.
inline std::string Undo(std::string document, const Json& edits) {
  for (const Json& edit : edits) {
    const std::string removed = *FromBase64(edit["removed"].get<std::string>());
    const std::string inserted = *FromBase64(edit["inserted"].get<std::string>());
    const auto at = edit["offset"].get<size_t>();
    if (document.compare(at, inserted.size(), inserted) != 0) return "";
    document.replace(at, inserted.size(), removed);
  }
  return document;
}

// A PES whose first attachments have these contents (base64 of gzip, as the field has them).
inline std::string WithContents(std::string pes, const std::vector<std::string>& contents) {
  size_t at = 0;
  for (const std::string& it : contents) {
    at = pes.find("<Fichier", at);
    const size_t from = pes.find('>', at) + 1, to = pes.find("</Fichier>", at);
    Require(to != std::string::npos, "Fichier");
    pes.replace(from, to - from, ToBase64(Gzip(it)));
    at = pes.find("</Fichier>", at);
  }
  return pes;
}

}  // namespace sceau::test
