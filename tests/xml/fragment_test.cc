#include "xml/fragment.h"

#include <gtest/gtest.h>

#include "tests/xml/xml_support.h"

namespace sceau::test {
namespace {

TEST(Fragment, CanonicalFormOfAPartIsThatOfTheDocument) {
  const std::string text =
      "<a xmlns='u:1' xmlns:p='u:2'><p:b q='2' a='1'><c xmlns=''>x &amp; y<!-- n --></c></p:b></a>";
  const auto fragment = xml::Fragment::FromText(text);
  ASSERT_TRUE(fragment.ok());
  const xml::FragmentNode* b = fragment->root().Elements()[0];
  for (const auto method : {xml::CanonicalMethod::kExclusive, xml::CanonicalMethod::kInclusive10}) {
    xml::StringSink sink;
    ASSERT_TRUE(fragment->Canonicalise(*b, {method, false, {}}, sink).ok());
    EXPECT_EQ(sink.text(), *Canonical(text, {method, false, {}}, 1));
  }
}

TEST(Fragment, P12_TextSplitByACommentIsRefused) {
  const auto fragment = xml::Fragment::FromText("<a>Mai<!-- -->re</a>");
  EXPECT_EQ(ReasonOf(fragment->root().Text().status()), Reason::kElementMalformed);
  EXPECT_EQ(*xml::Fragment::FromText("<a>Mai<![CDATA[re]]></a>")->root().Text(), "Maire");
}

TEST(Fragment, LargerThanAnySignatureIsRefused) {
  const std::string text = "<a>" + std::string(xml::FragmentBuilder::kMaxBytes + 1, 'x') + "</a>";
  EXPECT_EQ(ReasonOf(xml::Fragment::FromText(text).status()), Reason::kXmlLimitExceeded);
}

}  // namespace
}  // namespace sceau::test
