// Documents and small schema sets for these tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "schemas/check.h"
#include "tests/support/memory_file.h"
#include "tests/support/temporary_folder.h"
#include "tools/gen/generator.h"

namespace sceau::schemas {

using test::AsFile;

inline std::string Generate(const gen::PesSpec& spec) {
  std::string text;
  const auto made = gen::WritePes(spec, [&](std::string_view bytes) {
    text += bytes;
    return OkStatus();
  });
  EXPECT_TRUE(made.ok()) << made.status();
  return text;
}

// Replaces the `nth` (from 1) occurrence.
inline std::string Replaced(std::string text, std::string_view from, std::string_view to,
                            int nth = 1) {
  size_t at = text.find(from);
  while (--nth > 0 && at != std::string::npos) at = text.find(from, at + 1);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

// The line, from 1, of the nth occurrence.
inline int64_t LineOf(const std::string& text, std::string_view what, int nth = 1) {
  size_t at = text.find(what);
  while (--nth > 0 && at != std::string::npos) at = text.find(what, at + 1);
  EXPECT_NE(at, std::string::npos) << what;
  return 1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(at), '\n');
}

inline std::shared_ptr<const SchemaCatalog> CatalogOf(const std::string& folder) {
  auto catalog = SchemaCatalog::Load(folder);
  EXPECT_TRUE(catalog.ok()) << catalog.status();
  return *catalog;
}

inline Check CheckText(std::string_view text, const std::shared_ptr<const SchemaCatalog>& catalog,
                       const std::string& set = "") {
  auto check = CheckDocument(AsFile(text), {.catalog = catalog, .set = set, .day = "2026-01-01"});
  EXPECT_TRUE(check.ok()) << check.status();
  return check.ok() ? *std::move(check) : Check{};
}

// Rules and lines of what is not mere information.
inline std::vector<std::string> Said(const Check& check) {
  std::vector<std::string> out;
  for (const Finding& it : check.findings) {
    if (it.severity != Severity::kInfo) out.push_back(it.rule + ":" + std::to_string(it.place.line));
  }
  return out;
}

}  // namespace sceau::schemas
