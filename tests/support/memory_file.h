// A text as a file that has no name.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <utility>

#include "base/file.h"

namespace sceau::test {

inline InputFile AsFile(std::string_view text) {
  OutputFile file = OutputFile::Unnamed();
  EXPECT_TRUE(file.Append(text).ok());
  auto input = file.Reread();
  EXPECT_TRUE(input.ok());
  return *std::move(input);
}

}  // namespace sceau::test
