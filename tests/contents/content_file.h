// A content as the reader gets it.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "contents/reader.h"
#include "tests/support/memory_file.h"

namespace sceau::contents {

using test::AsFile;

inline Facts FactsOf(std::string_view content, Format format, const ReaderOptions& options = {}) {
  const auto facts = ReadContent(AsFile(content), format, options);
  EXPECT_TRUE(facts.ok()) << facts.status();
  return facts.ok() ? *facts : Facts();
}

}  // namespace sceau::contents
