#include "xml/canonical.h"

#include <gtest/gtest.h>

#include "tests/xml/comparison.h"
#include "tests/xml/xml_support.h"
#include "xml/parser.h"

namespace sceau::test {
namespace {

using xml::CanonicalMethod;
using xml::CanonicalOptions;

const std::vector<CanonicalOptions>& AllOptions() {
  static const std::vector<CanonicalOptions> kOptions = {
      {CanonicalMethod::kExclusive, false, {}},        {CanonicalMethod::kExclusive, true, {}},
      {CanonicalMethod::kExclusive, false, {"p", ""}}, {CanonicalMethod::kInclusive10, false, {}},
      {CanonicalMethod::kInclusive10, true, {}},       {CanonicalMethod::kInclusive11, false, {}},
  };
  return kOptions;
}

constexpr const char* kDocuments[] = {
    "<a/>",
    "<a b='2' a=\"1\"   c='&#9;&#10;&#13;&lt;&amp;&quot;'></a>",
    "<?x y?><!-- c --><a><?p  q r?><!-- d --></a><?z?><!-- e -->",
    "<a>text &amp; &lt; &gt; &#13; \r\n end<![CDATA[<&>]]></a>",
    "<a xmlns='u:1'><b xmlns=''><c xmlns='u:1'/></b><d/></a>",
    "<p:a xmlns:p='u:1' xmlns:q='u:2'><q:b p:c='1' q:d='2' e='3'/></p:a>",
    "<p:a xmlns:p='u:1'><p:b xmlns:p='u:2'><p:c xmlns:p='u:1'/></p:b></p:a>",
    "<a xmlns:p='u:1'><b><c p:d='x'><e p:f='y'/></c></b></a>",
    "<a xml:lang='fr' xml:space='preserve'><b xml:lang='en'><c/></b></a>",
    "<a xmlns:z='u:3' xmlns:b='u:1' xmlns:a='u:2' z:x='' a:x='' b:x='' x=''/>",
    "<a xmlns:p='u:1' xmlns='u:0'><p:b><c xmlns=''/></p:b></a>",
    "<a>\xC3\xA9\xE2\x82\xAC\xF0\x9D\x92\xB3</a>",
    "<a xmlns:unused='u:9'><b xmlns:unused='u:9'/></a>",
};

TEST(Canonical, EqualsLibxml2OnTheCasesThatMatter) {
  for (const char* document : kDocuments) {
    const Comparison comparison = CompareWithLibxml2(document, 0, 100);
    EXPECT_EQ(comparison.verdict, Comparison::Verdict::kEqual)
        << document << " " << comparison.detail << comparison.refusal;
  }
}

TEST(Canonical, P14_RelativeNamespaceIsAnErrorNeverTheDigestOfNothing) {
  for (const char* uri : {"rel", "../x", "a b:c", "u:%zz", "u:\xC3\xA9", ":x"}) {
    const std::string document = std::string("<a xmlns:p='") + uri + "'><p:b/></a>";
    for (const CanonicalOptions& options : AllOptions()) {
      EXPECT_EQ(ReasonOf(Canonical(document, options, 1).status()), Reason::kNotXml) << uri;
    }
  }
}

TEST(Canonical, LeavesOutTheSubtreeToBeSkipped) {
  class Skipper final : public xml::Handler {
   public:
    Skipper() { canonicaliser_.OpenDocument(form_); }
    Status OnStart(const xml::StartElement& element) override {
      if (element.local == "skip") form_.SkipNextElement();
      return canonicaliser_.Start(element);
    }
    Status OnEnd(const xml::EndElement& e) override { return canonicaliser_.End(e); }
    Status OnText(std::string_view text) override {
      canonicaliser_.Text(text);
      return OkStatus();
    }
    Status OnInstruction(std::string_view, std::string_view) override { return OkStatus(); }
    Status OnComment(std::string_view) override { return OkStatus(); }
    xml::StringSink sink_;
    xml::CanonicalForm form_{{}, sink_};
    xml::Canonicaliser canonicaliser_;
  } skipper;
  ASSERT_TRUE(xml::Parse(FileOf("<a>1<skip xmlns='u:1'><b>2</b></skip>3<c/></a>"), skipper).ok());
  EXPECT_EQ(skipper.sink_.text(), "<a>13<c></c></a>");
}

}  // namespace
}  // namespace sceau::test
