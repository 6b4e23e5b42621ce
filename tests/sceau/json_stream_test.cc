#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "base/json.h"

namespace sceau {
namespace {

std::string Written(const std::function<void(JsonStream&)>& write) {
  std::string text;
  JsonStream json([&](std::string_view piece) { text += piece; });
  write(json);
  json.Finish();
  return text;
}

// What nlohmann itself writes for the same value.
std::string Whole(const std::string& text) { return Json::parse(text).dump(2) + "\n"; }

TEST(JsonStream, WritesWhatTheWholeDocumentWouldBe) {
  const std::string text = Written([](JsonStream& json) {
    json.Field("a", 1);
    json.BeginArray("list");
    json.Element({{"x", {1, 2}}, {"y", {{"z", nullptr}}}});
    json.BeginObject();
    json.Field("inner", "é \"q\" \n");
    json.EndObject();
    json.EndArray();
    json.BeginObject("object");
    json.EndObject();
    json.BeginArray("empty");
    json.EndArray();
  });
  EXPECT_EQ(text, Whole(text));
  const Json parsed = Json::parse(text);
  EXPECT_EQ(parsed["list"][0]["x"][1], 2);
  EXPECT_EQ(parsed["list"][1]["inner"], "é \"q\" \n");
}

TEST(JsonStream, ClosesWhatIsOpenAndEndsWithOneLineEnd) {
  std::string text;
  JsonStream json([&](std::string_view piece) { text += piece; });
  json.BeginArray("files");
  json.BeginObject();
  json.Finish();
  EXPECT_EQ(text, Whole(text));
}

TEST(JsonStream, BytesThatAreNotUtf8BecomeTheReplacementCharacter) {
  const std::string text =
      Written([](JsonStream& json) { json.Field("name", std::string("a\xE9\xFF") + "b"); });
  EXPECT_EQ(Json::parse(text)["name"],
            "a\xEF\xBF\xBD\xEF\xBF\xBD"
            "b");
}

TEST(ErrorJson, HasTheFiveFieldsOfTheContractWithNullForWhatIsUnknown) {
  const Json known = ErrorJson(Error(Reason::kDoctypeRefused, "", {3, 1, "Bordereau"}), Lang::kFr);
  EXPECT_EQ(known["reason"], "DOCTYPE_REFUSED");
  EXPECT_EQ(known["line"], 3);
  EXPECT_EQ(known["column"], 1);
  EXPECT_EQ(known["element"], "Bordereau");
  EXPECT_NE(known["text"].get<std::string>().find("DOCTYPE"), std::string::npos);

  const Json unknown = ErrorJson(Error(Reason::kUsage, "-o"), Lang::kEn);
  EXPECT_TRUE(unknown["line"].is_null());
  EXPECT_TRUE(unknown["column"].is_null());
  EXPECT_TRUE(unknown["element"].is_null());
  EXPECT_EQ(unknown.size(), 5u);
}

}  // namespace
}  // namespace sceau
