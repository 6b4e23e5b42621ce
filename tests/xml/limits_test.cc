#include <gtest/gtest.h>

#include "tests/xml/xml_support.h"

namespace sceau::test {
namespace {

std::optional<Reason> Refusal(const std::string& text) {
  return ReasonOf(Canonical(text, {}, 0).status());
}

TEST(Limits, P27_DepthIsBounded) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "<a>";
  EXPECT_EQ(Refusal(text), Reason::kXmlLimitExceeded);
}

TEST(Limits, P27_AttributesOfOneElementAreBounded) {
  std::string text = "<a";
  for (int i = 0; i < 1'000'000; ++i) text += " b" + std::to_string(i) + "=''";
  EXPECT_EQ(Refusal(text + "/>"), Reason::kXmlLimitExceeded);
  text = "<a";
  for (int i = 0; i < 2000; ++i) text += " b" + std::to_string(i) + "=''";
  EXPECT_EQ(Refusal(text + "/>"), Reason::kXmlLimitExceeded);
}

TEST(Limits, P27_NamespacesInScopeAreBounded) {
  std::string text = "<a";
  for (int i = 0; i < 1'000'000; ++i) text += " xmlns:n" + std::to_string(i) + "='u:x'";
  EXPECT_EQ(Refusal(text + "/>"), Reason::kXmlLimitExceeded);
  text.clear();
  for (int depth = 0; depth < 400; ++depth) {
    text += "<a";
    for (int i = 0; i < 3; ++i) {
      text += " xmlns:n" + std::to_string(depth * 3 + i) + "='u:x'";
    }
    text += ">";
  }
  EXPECT_EQ(Refusal(text), Reason::kXmlLimitExceeded);
}

TEST(Limits, MarkupThatNeverEndsIsNotKept) {
  EXPECT_EQ(Refusal("<a b='" + std::string(8 << 20, 'x')), Reason::kXmlLimitExceeded);
  EXPECT_EQ(Refusal("<a><!--" + std::string(8 << 20, 'x')), Reason::kXmlLimitExceeded);
}

TEST(Limits, TextOfAnySizePasses) {
  EXPECT_TRUE(Canonical("<a>" + std::string(20 << 20, 'x') + "</a>", {}, 0).ok());
}

}  // namespace
}  // namespace sceau::test
