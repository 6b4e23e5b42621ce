// A content as the reader gets it.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "contents/reader.h"

namespace sceau::contents {

inline InputFile AsFile(std::string_view text) {
  OutputFile file = OutputFile::Unnamed();
  EXPECT_TRUE(file.Append(text).ok());
  auto input = file.Reread();
  EXPECT_TRUE(input.ok());
  return *std::move(input);
}

inline Facts FactsOf(std::string_view content, Format format, const ReaderOptions& options = {}) {
  const auto facts = ReadContent(AsFile(content), format, options);
  EXPECT_TRUE(facts.ok()) << facts.status();
  return facts.ok() ? *facts : Facts();
}

}  // namespace sceau::contents
