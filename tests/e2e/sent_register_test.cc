// What the daemon signs is entered in the register of sent documents, and the rules look there.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"
#include "tests/support/require.h"

namespace sceau::test {
namespace {

class SentDocuments : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = appliance_.Path(name);
    auto file = OutputFile::Create(path, /*force=*/true);
    Require(file.ok() && file->Append(text).ok() && file->Publish().ok(), path);
    return path;
  }
  // How often `sceau check` says the rule.
  int64_t Said(const std::string& path, const std::string& rule) {
    const ProcessResult check = appliance_.Sceau({"check", path, "--json"});
    Require(check.exit_code == 0, check.out + check.err);
    int64_t count = 0;
    const Json said = Json::parse(check.out);
    for (const Json& it : said["anomalies"]) count += it["rule"] == rule ? 1 : 0;
    return count;
  }

  Appliance appliance_;
};

TEST_F(SentDocuments, OfASignedFileAreKnownAfterwards) {
  appliance_.Start();
  gen::PesSpec spec;
  spec.attachments = 2;
  const std::string first = appliance_.Generate("first.xml", spec);
  std::string text = ReadFile(first);
  const size_t name = text.find("_1.xml\"");
  ASSERT_NE(name, std::string::npos);
  text.replace(name, 6, "_2.xml");
  const std::string same = Write("same.xml", text);
  const size_t from = text.find("<PES_PJ>");
  const size_t end = text.find("</PES_PJ>") + std::string("</PES_PJ>").size();
  const std::string referring = Write("referring.xml", text.erase(from, end - from));
  EXPECT_EQ(Said(same, "PJ_ALREADY_SENT"), 0);
  EXPECT_EQ(Said(referring, "PJ_NOT_IN_FILE"), 2);

  const ProcessResult sign =
      appliance_.Sceau(appliance_.SignThere(first, appliance_.Path("signed.xml")));
  ASSERT_EQ(sign.exit_code, 0) << sign.err;
  EXPECT_EQ(Said(first, "PJ_ALREADY_SENT"), 0);  // the same file
  EXPECT_EQ(Said(same, "PJ_ALREADY_SENT"), 2);
  EXPECT_EQ(Said(referring, "PJ_NOT_IN_FILE"), 0);
  // A warning keeps nobody from signing.
  const ProcessResult again =
      appliance_.Sceau(appliance_.SignThere(same, appliance_.Path("again.xml")));
  EXPECT_EQ(again.exit_code, 0) << again.err;
}

TEST_F(SentDocuments, WhatIsRefusedIsNotEntered) {
  appliance_.Start();
  gen::PesSpec spec;
  spec.attachments = 2;
  std::string text = ReadFile(appliance_.Generate("first.xml", spec));
  const size_t at = text.find("<NbrPce V=\"3\"");
  ASSERT_NE(at, std::string::npos);
  const std::string good =
      Write("good.xml", std::string(text).replace(text.find("_1.xml\""), 6, "_2.xml"));
  const std::string bad = Write("bad.xml", text.replace(at, 13, "<NbrPce V=\"4\""));
  EXPECT_EQ(appliance_.Sceau(appliance_.SignThere(bad, appliance_.Path("signed.xml"))).exit_code,
            65);
  EXPECT_EQ(Said(good, "PJ_ALREADY_SENT"), 0);
}

}  // namespace
}  // namespace sceau::test
