// What is to be signed by the daemon is given to the virus scanner first (Debian's clamd).
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"
#include "tests/support/clamd.h"

namespace sceau::test {
namespace {

constexpr const char* kNoScanner = "unix:/nonexistent/clamd.ctl";

class ScannedBeforeSigning : public testing::Test {
 protected:
  void Start(const std::string& address, bool required = true) {
    appliance_.Start(Concat("[virus_scan]\naddress = \"", address,
                            "\"\nrequired = ", required ? "true" : "false", "\n"));
  }

  // Of a PES with an attachment of this content, signed by the daemon.
  ProcessResult Sign(const std::string& content) const {
    const std::string text =
        Replaced(WithContents(pes_, {content}), "application/pdf", "text/plain");
    auto file = OutputFile::Create(appliance_.Path("flux.xml"), /*force=*/true);
    Require(file.ok() && file->Append(text).ok() && file->Publish().ok(), "flux.xml");
    return appliance_.Sceau(
        appliance_.SignThere(appliance_.Path("flux.xml"), appliance_.Path("out.xml")));
  }
  static std::string Replaced(std::string text, std::string_view from, std::string_view to) {
    const size_t at = text.find(from);
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
  }

  // The reason and detail of a refusal that left nothing behind.
  std::string Refusal(const std::string& content) const {
    const ProcessResult sign = Sign(content);
    EXPECT_EQ(sign.exit_code, 65) << sign.out << sign.err;
    EXPECT_FALSE(std::filesystem::exists(appliance_.Path("out.xml")));
    const Json error = Json::parse(sign.out)["error"];
    return Concat(error["reason"].get<std::string>(), " ", error["text"].get<std::string>());
  }

  Appliance appliance_;
  const std::string pes_ = ReadFile(appliance_.Generate("modele.xml", {.attachments = 1}));
};

TEST_F(ScannedBeforeSigning, WhatIsInfectedIsRefusedAndWhatIsCleanIsSigned) {
  const TestClamd clamd;
  Start(clamd.address());
  const std::string refusal = Refusal(std::string(kInfected));
  EXPECT_NE(refusal.find("RULE_BROKEN"), std::string::npos) << refusal;
  EXPECT_NE(refusal.find("CONTENT_INFECTED"), std::string::npos) << refusal;
  EXPECT_NE(refusal.find(kInfection), std::string::npos) << refusal;
  const ProcessResult clean = Sign("clean");
  EXPECT_EQ(clean.exit_code, 0) << clean.out << clean.err;
}

TEST_F(ScannedBeforeSigning, AScannerThatDoesNotAnswerRefusesWhereItIsRequired) {
  Start(kNoScanner);
  const std::string refusal = Refusal("clean");
  EXPECT_NE(refusal.find("VIRUS_SCAN_UNAVAILABLE"), std::string::npos) << refusal;
}

TEST_F(ScannedBeforeSigning, AScannerThatDoesNotAnswerIsPassedOverWhereItIsNot) {
  Start(kNoScanner, /*required=*/false);
  const ProcessResult sign = Sign("clean");
  EXPECT_EQ(sign.exit_code, 0) << sign.out << sign.err;
}

}  // namespace
}  // namespace sceau::test
