#include "base/bytes.h"

#include <gtest/gtest.h>

namespace sceau {
namespace {

TEST(Base64, OnlyTheCanonicalTextIsAdmitted) {
  EXPECT_EQ(FromBase64("YWI="), "ab");
  EXPECT_EQ(FromBase64(" Y W\r\nI\t= "), "ab");
  EXPECT_EQ(FromBase64(""), "");
  for (const char* text :
       {"YWI", "YWJ=", "YW=I", "YWI==", "Y", "=", "YWI=YWI=", "YW.=", "YW-_", "YWI=\xC2\xA0"}) {
    EXPECT_EQ(FromBase64(text), std::nullopt) << text;
  }
}

TEST(Base64, MissingPaddingIsAdmittedOnlyWhereAsked) {
  EXPECT_EQ(FromBase64Unpadded("YWI"), "ab");
  EXPECT_EQ(FromBase64Unpadded("YWI="), "ab");
  EXPECT_EQ(FromBase64Unpadded("YWJ"), std::nullopt);
}

TEST(Base64, LinesHave76Characters) {
  const std::string text = ToBase64Lines(std::string(100, 'x'));
  EXPECT_EQ(text.find('\n'), 76u);
  EXPECT_EQ(FromBase64(text), std::string(100, 'x'));
}

}  // namespace
}  // namespace sceau
