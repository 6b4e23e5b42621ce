#include "xml/canonical.h"

#include <gtest/gtest.h>

#include "tests/xml/comparison.h"
#include "tests/xml/libxml2_peer.h"
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

// Where libxml2 2.9.14 departs from the standard we follow the standard.
struct Departure {
  const char* section;
  const char* document;
  FormOrder order;
  const char* form;
};
const CanonicalOptions k10{CanonicalMethod::kInclusive10, false, {}};
const CanonicalOptions k11{CanonicalMethod::kInclusive11, false, {}};
const Departure kDepartures[] = {
    {"c14n §2.3: a namespace node is written as an attribute, escaped",
     "<a xmlns='u:1?b&amp;c'/>",
     {k10},
     "<a xmlns=\"u:1?b&amp;c\"></a>"},
    {"c14n §2.3: what follows the document element has its line feed before it",
     "<?x y?><a/><?z?>",
     {k10, -1, 0},
     "<?x y?>\n\n<?z?>"},
    {"c14n11 §2.4: without an omitted xml:base there is no fix-up, an empty one stays",
     "<a><b xml:base=''/></a>",
     {k11, 1},
     "<b xml:base=\"\"></b>"},
    {"c14n11 §2.4: nor in a whole document", "<a xml:base=''/>", {k11}, "<a xml:base=\"\"></a>"},
    {"c14n11 §2.4: a trailing .. gets its slash",
     "<a xml:base='../'><b xml:base='..'/></a>",
     {k11, 1},
     "<b xml:base=\"../../\"></b>"},
    {"c14n11 §2.4 after RFC 3986 §5.2.3: the base's last segment goes, whatever dots it has",
     "<a xml:base='http://h/a.b'><b xml:base='c'/></a>",
     {k11, 1},
     "<b xml:base=\"http://h/c\"></b>"},
    {"c14n11 §2.4: the fragment is dropped",
     "<a xml:base='http://h/x'><b xml:base='y#f'/></a>",
     {k11, 1},
     "<b xml:base=\"http://h/y\"></b>"},
    {"c14n11 §2.4 after RFC 3986 §5.2.4: .. takes away the segment before it, also the first",
     "<a xml:base='a/b/'><b xml:base='../../x'/></a>",
     {k11, 1},
     "<b xml:base=\"x\"></b>"},
    {"c14n11 §2.4 after RFC 3986 §5.3: the parts are put together as they are",
     "<a xml:base='urn:x:y'><b xml:base=''/></a>",
     {k11, 1},
     "<b xml:base=\"urn:x:y\"></b>"},
    {"XML Base §3.1: a value may have characters that a URI may not",
     "<a xml:base='http://h/'><b xml:base='\xC3\xA9'/></a>",
     {k11, 1},
     "<b xml:base=\"http://h/\xC3\xA9\"></b>"},
};

TEST(Canonical, FollowsTheStandardWhereLibxml2DepartsFromIt) {
  for (const Departure& departure : kDepartures) {
    const auto ours = FormsOf(FileOf(departure.document), {&departure.order, 1});
    ASSERT_TRUE(ours.ok()) << departure.section;
    EXPECT_EQ(ours->front(), departure.form) << departure.section;
    EXPECT_NE(Libxml2(departure.document).Form(departure.order), departure.form)
        << "libxml2 has changed: " << departure.section;
  }
}

TEST(Canonical, Version11InheritsLangAndSpaceAndNoOtherXmlAttribute) {
  const std::string document =
      "<a xml:lang='fr' xml:space='preserve' xml:id='i' xml:other='o'><b xml:space='default'/></a>";
  EXPECT_EQ(*Canonical(document, k11, 1), "<b xml:lang=\"fr\" xml:space=\"default\"></b>");
  EXPECT_EQ(*Canonical(document, k10, 1),
            "<b xml:id=\"i\" xml:lang=\"fr\" xml:other=\"o\" xml:space=\"default\"></b>");
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
    xml::StringSink sink_;
    xml::CanonicalForm form_{{}, sink_};
    xml::Canonicaliser canonicaliser_;
  } skipper;
  ASSERT_TRUE(xml::Parse(FileOf("<a>1<skip xmlns='u:1'><b>2</b></skip>3<c/></a>"), skipper).ok());
  EXPECT_EQ(skipper.sink_.text(), "<a>13<c></c></a>");
}

}  // namespace
}  // namespace sceau::test
