// The chain and the canonical form, against values computed elsewhere.
#include "audit/chain.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/strings.h"

namespace sceau::audit {
namespace {

TEST(Chain, LinksAreWhatTheHeaderSays) {
  // printf '\0sceau-audit-v1%s' 0123...ef | sha256sum, and so on.
  const std::string id = "0123456789abcdef0123456789abcdef";
  const std::string first = FirstLink(id);
  EXPECT_EQ(ToHex(first), "1a04e01dc6e93353fd555509bbaa0e050598edd8aefc3cdea3ca121dad848048");
  const std::string record = R"({"kind":"START","n":1,"v":1})";
  EXPECT_EQ(ToHex(NextLink(first, RecordDigest(record))),
            "c0d8a49e7d21346d783b186e7851fd9b7a0037602cfec54c852e386e2d18935c");
}

TEST(Chain, TheCanonicalFormIsThatOfRfc8785) {
  const Fields object = {{"z", 1}, {"a", "é\"\\/\n\x01\x7f€"}, {"m", {true, nullptr, -5}}};
  EXPECT_EQ(Canonical(object),
            "{\"a\":\"é\\\"\\\\/\\n\\u0001\x7f€\",\"m\":[true,null,-5],\"z\":1}");
  EXPECT_EQ(Canonical({{"a", "\xff"}}), "{\"a\":\"\xef\xbf\xbd\"}");
}

TEST(Chain, OnlyTheCanonicalFormIsRead) {
  EXPECT_TRUE(ReadCanonical(R"({"a":1,"b":"x"})"));
  for (const char* text :
       {"", "{", "[]", "1", R"({"b":1,"a":1})", R"({"a": 1})", R"({"a":1,"a":1})", R"({"a":1.0})",
        R"({"a":"\u0041"})", R"({"a":"\/"})", "{\"a\":1}\n", "{\"a\":\"\xff\"}"}) {
    EXPECT_FALSE(ReadCanonical(text)) << text;
  }
}

TEST(Chain, ALineIsADigestASpaceAndTheRecord) {
  const std::string link(32, '\x5a');
  const std::string line = LineOf(link, R"({"n":1})");
  const auto read = ReadLine(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->link, link);
  EXPECT_EQ(read->record, R"({"n":1})");
  EXPECT_FALSE(ReadLine(std::string(64, 'A') + " {}"));  // upper case is another text
  EXPECT_FALSE(ReadLine(std::string(64, 'a') + "_{}"));
  EXPECT_FALSE(ReadLine(std::string(63, 'a') + " {}"));
  for (size_t i = 0; i < line.size() - 1; ++i) EXPECT_TRUE(MayBeginLine(line.substr(0, i)));
  EXPECT_FALSE(MayBeginLine(std::string(70, '\0')));
  EXPECT_FALSE(MayBeginLine(line + "x"));
}

}  // namespace
}  // namespace sceau::audit
