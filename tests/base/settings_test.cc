#include "base/settings.h"

#include <gtest/gtest.h>

namespace sceau {
namespace {

struct Item {
  std::string name;
};
struct Example {
  std::string text;
  int count = 0;
  std::vector<Item> items;
};

constexpr Setting<Item> kItem[] = {
    {"name", [](const toml::node& n, Item& i) { return SetText(n, i.name); }},
};
constexpr Setting<Example> kExample[] = {
    {"text", [](const toml::node& n, Example& e) { return SetText(n, e.text); }},
    {"deep.er.count", [](const toml::node& n, Example& e) { return SetCount(n, 1, 9, e.count); }},
    {"item",
     [](const toml::node& n, Example& e) { return ApplyEntries<Item>(n, kItem, "item", e.items); }},
};

Status Read(std::string_view text, Example& into) {
  return ReadSettings<Example>(text, {"x.toml"}, kExample, into);
}

TEST(Settings, AreReadThroughSectionsAndEntries) {
  Example example;
  ASSERT_TRUE(
      Read("text = 'a'\n[deep.er]\ncount = 3\n[[item]]\nname = 'i'\n[[item]]\n", example).ok());
  EXPECT_EQ(example.text, "a");
  EXPECT_EQ(example.count, 3);
  ASSERT_EQ(example.items.size(), 2u);
  EXPECT_EQ(example.items[0].name, "i");
}

TEST(Settings, AnErrorTellsPlaceKeyAndWhatIsExpected) {
  struct Case {
    const char* text;
    const char* detail;
    int line;
  };
  for (const Case& wrong : std::vector<Case>{
           {"\ntext = 3", "x.toml: text: expected: text", 2},
           {"tekst = 'a'", "x.toml: tekst: unknown key; nearest: text", 1},
           {"[deep.er]\ncount = 10", "x.toml: deep.er.count: expected: 1..9", 2},
           {"deep = 3", "x.toml: deep: expected: [deep]", 1},
           {"[deep.er]\ncoun = 1", "x.toml: deep.er.coun: unknown key; nearest: deep.er.count", 2},
           {"[[item]]\nname = 'a'\n[[item]]\nnames = 'b'",
            "x.toml: item.names: unknown key; nearest: item.name", 4},
           {"item = 'a'", "x.toml: item: expected: [[item]]", 1},
       }) {
    Example example;
    const Status status = Read(wrong.text, example);
    EXPECT_EQ(ReasonOf(status), Reason::kConfigInvalid);
    EXPECT_EQ(DetailOf(status), wrong.detail);
    EXPECT_EQ(PlaceOf(status).line, wrong.line) << wrong.text;
  }
  Example example;
  EXPECT_EQ(PlaceOf(Read("text = 'a'\n[broken\n", example)).line, 2);
}

TEST(NearestName, IsTheOneWithTheLeastChanges) {
  const std::vector<std::string_view> names = {"signature.role", "signature.city", "key", "trust"};
  EXPECT_EQ(NearestName("signature.rolle", names), "signature.role");
  EXPECT_EQ(NearestName("Key", names), "key");
  EXPECT_EQ(NearestName("trsut", names), "trust");
}

}  // namespace
}  // namespace sceau
