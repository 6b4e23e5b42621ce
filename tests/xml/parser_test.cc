#include "xml/parser.h"

#include <gtest/gtest.h>

#include "tests/xml/xml_support.h"
#include "xml/ids.h"

namespace sceau::test {
namespace {

// Notes where each element stands.
class Places final : public xml::Handler {
 public:
  Status OnStart(const xml::StartElement& element) override {
    starts.push_back(element.bytes);
    lines.push_back(element.line);
    columns.push_back(element.column);
    uris.emplace_back(element.uri);
    return OkStatus();
  }
  Status OnEnd(const xml::EndElement& element) override {
    ends.push_back(element.bytes);
    return OkStatus();
  }
  std::vector<xml::ByteRange> starts, ends;
  std::vector<int64_t> lines, columns;
  std::vector<std::string> uris;
};

TEST(Parser, OffsetsAreThoseOfTheBytesInTheFile) {
  const std::string text =
      "<?xml version='1.0' encoding='ISO-8859-1'?>\r\n<a \xE9='\xE9\xE9'>\xE8<b  c=\"1\"/></a >";
  Places places;
  ASSERT_TRUE(xml::Parse(FileOf(text), places).ok());
  const auto slice = [&](const xml::ByteRange& range) {
    return text.substr(static_cast<size_t>(range.offset), static_cast<size_t>(range.length));
  };
  EXPECT_EQ(slice(places.starts[0]), "<a \xE9='\xE9\xE9'>");
  EXPECT_EQ(slice(places.starts[1]), "<b  c=\"1\"/>");
  EXPECT_EQ(places.ends[0].length, 0);
  EXPECT_EQ(slice(places.ends[1]), "</a >");
  EXPECT_EQ(places.lines[0], 2);
  EXPECT_EQ(places.columns[0], 1);
}

TEST(Parser, OffsetsHoldFarIntoAFile) {
  std::string text = "<a>";
  for (int i = 0; i < 200'000; ++i) text += "<b>text\r\n</b>";
  text += "<last/></a>";
  Places places;
  ASSERT_TRUE(xml::Parse(FileOf(text), places).ok());
  EXPECT_EQ(places.starts.back().offset, static_cast<int64_t>(text.find("<last/>")));
}

TEST(Parser, NamespacesAreResolvedByUri) {
  Places places;
  ASSERT_TRUE(
      xml::Parse(FileOf("<a xmlns='u:1'><b xmlns=''/><p:c xmlns:p='u:2'/></a>"), places).ok());
  EXPECT_EQ(places.uris, (std::vector<std::string>{"u:1", "", "u:2"}));
}

TEST(Parser, RefusesWhatIsNotNamespaceWellFormed) {
  for (const char* text :
       {"<p:a/>", "<a p:b=''/>", "<a:b:c xmlns:a='u:1'/>", "<:a/>", "<a:/>",
        "<a xmlns:p='u:1' xmlns:q='u:1' p:b='' q:b=''/>", "<a xmlns:p=''/>", "<a xmlns:xml='u:1'/>",
        "<a xmlns:xmlns='u:1'/>", "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "<a xmlns:1p='u:1'/>",
        "<a xmlns:p='u:1'><p:-b/></a>", "<a><?p:q r?></a>"}) {
    Places places;
    EXPECT_EQ(ReasonOf(xml::Parse(FileOf(text), places).status()), Reason::kNotXml) << text;
  }
}

TEST(Parser, RefusesLettersThatExpatAloneTakesForNames) {
  for (const char c : {'\xAA', '\xB5', '\xBA'}) {
    Places places;
    const std::string text =
        std::string("<?xml version='1.0' encoding='ISO-8859-1'?><a") + c + "/>";
    EXPECT_EQ(ReasonOf(xml::Parse(FileOf(text), places).status()), Reason::kNotXml);
  }
}

TEST(Ids, P04_EverySpellingCountsOnce) {
  class Collector final : public xml::Handler {
   public:
    xml::IdSet ids;
    Status OnStart(const xml::StartElement& element) override { return ids.Collect(element); }
    Status OnEnd(const xml::EndElement&) override { return OkStatus(); }
  } collector;
  ASSERT_TRUE(xml::Parse(FileOf("<a Id='1'>\n<b ID='2'/><c id='3'/><d xml:id='4'/><e Id='2'/>"
                                "<f xmlns:p='u:1' p:Id='1'/></a>"),
                         collector)
                  .ok());
  for (const char* id : {"1", "2", "3", "4"}) EXPECT_TRUE(collector.ids.Contains(id));
  EXPECT_FALSE(collector.ids.IsDuplicate("1"));
  EXPECT_TRUE(collector.ids.IsDuplicate("2"));
  ASSERT_EQ(collector.ids.duplicates().size(), 1u);
  EXPECT_EQ(collector.ids.duplicates()[0].line, 2);
}

}  // namespace
}  // namespace sceau::test
