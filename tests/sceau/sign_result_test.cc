#include "tools/sceau/sign_result.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace sceau::cli {
namespace {

SignResult Example() {
  return {"ab",
          1234,
          {{schemas::Scope::kBordereau, "BORD12", "BORD12_SIG_1"},
           {schemas::Scope::kWhole, "PES", "S2"}},
          {{17, "0", 0, 1}, {99, "", 1, 30}},
          ""};
}

// The signed document of the example, reduced to what was inserted.
InputFile Document() {
  OutputFile out = OutputFile::Unnamed();
  EXPECT_TRUE(out.Append("1<ds:Signature>\xE9</ds:Signature>").ok());
  return *out.Reread();
}

std::string JsonOf(const std::string& output, const SignResult& result) {
  std::string text;
  const Status status =
      WriteSignJson(output, result, Document(), [&](std::string_view piece) { text += piece; });
  EXPECT_TRUE(status.ok()) << status;
  return text;
}

TEST(SignResult, HasTheFieldsOfTheContractWithEditsInBase64) {
  const Json json = Json::parse(JsonOf("flux-signe.xml", Example()));
  EXPECT_EQ(json["output"], "flux-signe.xml");
  EXPECT_EQ(json["sha256"], "ab");
  EXPECT_EQ(json["size"], 1234);
  EXPECT_EQ(json["signed"][0],
            (Json{{"scope", "BORDEREAU"}, {"of", "BORD12"}, {"signatureId", "BORD12_SIG_1"}}));
  EXPECT_EQ(json["signed"][1]["scope"], "WHOLE");
  EXPECT_EQ(json["edits"][0], (Json{{"offset", 17}, {"removed", "MA=="}, {"inserted", "MQ=="}}));
  EXPECT_EQ(json["edits"][1]["removed"], "");
  EXPECT_EQ(json["edits"][1]["inserted"], "PGRzOlNpZ25hdHVyZT7pPC9kczpTaWduYXR1cmU+");
  EXPECT_TRUE(json["auditId"].is_null());
}

TEST(SignResult, NamesTheEntryOfTheServicesJournal) {
  SignResult result = Example();
  result.audit_id = "A-1";
  EXPECT_EQ(Json::parse(JsonOf("x", result))["auditId"], "A-1");
}

TEST(SignResult, SaysWhatWasSignedInBothLanguages) {
  const std::string french = SignText("flux-signe.xml", Example(), Lang::kFr);
  EXPECT_NE(french.find("2 signatures faites et vérifiées : flux-signe.xml (1,2 ko, SHA-256 ab)"),
            std::string::npos)
      << french;
  EXPECT_NE(french.find("bordereau BORD12"), std::string::npos);
  const std::string english = SignText("-", Example(), Lang::kEn);
  EXPECT_NE(english.find("2 signatures made and verified: standard output"), std::string::npos);
}

}  // namespace
}  // namespace sceau::cli
