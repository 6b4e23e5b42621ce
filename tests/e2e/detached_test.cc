// Detached signatures and actes through the service: the real daemon signs what the command then
// verifies, here and there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"
#include "tests/support/acte_document.h"
#include "tests/support/pdf_document.h"
#include "tests/support/pivot_document.h"

namespace sceau::test {
namespace {

class DetachedByTheService : public testing::Test {
 protected:
  DetachedByTheService() {
    appliance_.Start();
    pdf_ = Write("acte.pdf", PdfOfPages({std::string(kTextPage)}));
    act_ = Write("acte.xml", MakeActe());
  }

  std::string Write(const std::string& name, const std::string& bytes) const {
    auto file = OutputFile::Create(appliance_.Path(name), /*force=*/true);
    Require(file.ok() && file->Append(bytes).ok() && file->Publish().ok(), name);
    return appliance_.Path(name);
  }

  ProcessResult Sign(const std::string& file, const std::string& output,
                     std::vector<std::string> more = {}) const {
    more.insert(more.begin(), "--detached");
    return appliance_.Sceau(appliance_.SignThere(file, appliance_.Path(output), more));
  }

  // What the command says by itself and what the service says, which must be one.
  Json Verify(const std::string& file, const std::vector<std::string>& contents) const {
    std::vector<std::string> arguments = {"verify", appliance_.Path(file), "--json", "--at",
                                          "2026-06-01T00:00:00Z"};
    for (const std::string& it : contents) {
      arguments.insert(arguments.end(), {"--content", it});
    }
    const ProcessResult here = appliance_.Sceau(arguments);
    arguments.insert(arguments.end(), {"--server", appliance_.address()});
    const ProcessResult there = appliance_.Sceau(arguments);
    EXPECT_EQ(here.out, there.out) << there.err;
    EXPECT_EQ(here.exit_code, there.exit_code);
    return Json::parse(there.out)["files"][0];
  }

  Appliance appliance_;
  std::string pdf_, act_;
};

TEST_F(DetachedByTheService, AFileOfAnyKindIsSignedAndVerifiesWithTheFileOnly) {
  const std::string pivot =
      Write("pivot.xml", MakePivot({{"F-1", {{"f.pdf", "application/pdf", "%PDF-1.7"}}}}));
  for (const std::string& file : {pdf_, pivot}) {
    const ProcessResult sign = Sign(file, "signature.xml", {"--force"});
    ASSERT_EQ(sign.exit_code, 0) << sign.err << sign.out;
    const Json good = Verify("signature.xml", {file});
    EXPECT_EQ(good["signatures"][0]["integrity"], "INTACT") << good.dump();
    EXPECT_EQ(Verify("signature.xml", {})["signatures"][0]["integrity"], "UNCHECKED");
    const std::string original = ReadFile(file);
    Write(std::filesystem::path(file).filename(), original + "\n");
    EXPECT_EQ(Verify("signature.xml", {file})["signatures"][0]["integrity"], "BROKEN");
    Write(std::filesystem::path(file).filename(), original);
  }
}

TEST_F(DetachedByTheService, TheSignatureGoesIntoTheMessageAndNothingElseChanges) {
  const ProcessResult sign = Sign(pdf_, "acte-signe.xml", {"--acte", act_});
  ASSERT_EQ(sign.exit_code, 0) << sign.err << sign.out;
  const Json said = Json::parse(sign.out);
  EXPECT_EQ(Undo(ReadFile(appliance_.Path("acte-signe.xml")), said["edits"]), ReadFile(act_));
  const Json report = Verify("acte-signe.xml", {pdf_});
  EXPECT_EQ(report["signatures"][0]["integrity"], "INTACT") << report.dump();
  const Json inspected = Json::parse(appliance_
                                         .Sceau({"inspect", appliance_.Path("acte-signe.xml"),
                                                 "--json", "--server", appliance_.address()})
                                         .out);
  EXPECT_EQ(inspected["acte"]["files"][0]["signed"], true);
}

TEST_F(DetachedByTheService, WhatTheReceiverWouldRefuseIsNotSigned) {
  const auto reason = [](const ProcessResult& run) {
    return Json::parse(run.out)["error"]["reason"].get<std::string>();
  };
  EXPECT_EQ(reason(Sign(act_, "x.xml", {"--acte", act_})), "NOTHING_TO_SIGN");
  const std::string zip = Write("acte.pdf", "PK\x03\x04 no PDF");
  EXPECT_EQ(reason(Sign(zip, "x.xml", {"--acte", act_})), "RULE_BROKEN");
  EXPECT_EQ(reason(Sign(pdf_, "x.xml", {"--profile", "helios-v3"})), "DOCUMENT_NOT_SUPPORTED");
  EXPECT_FALSE(std::filesystem::exists(appliance_.Path("x.xml")));
}

TEST_F(DetachedByTheService, TheSameKeyGivesTheSameSignatureAgain) {
  const std::vector<std::string> key = {"--idempotency-key", "detached-1"};
  ASSERT_EQ(Sign(pdf_, "one.xml", key).exit_code, 0);
  ASSERT_EQ(Sign(pdf_, "two.xml", key).exit_code, 0);
  EXPECT_EQ(ReadFile(appliance_.Path("one.xml")), ReadFile(appliance_.Path("two.xml")));
  const std::string other = Write("autre.pdf", PdfOfPages({std::string(kTextPage)}));
  EXPECT_NE(Sign(other, "three.xml", key).exit_code, 0);  // another name is another request
}

}  // namespace
}  // namespace sceau::test
