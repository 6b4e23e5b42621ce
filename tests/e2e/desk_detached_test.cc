// A file is signed detached by a card at the desk: the daemon prepares and completes, the command
// checks every text, and what comes back verifies with the file and with no other.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"
#include "tests/support/acte_document.h"
#include "tests/support/pdf_document.h"

namespace sceau::test {
namespace {

class DetachedAtTheDesk : public testing::Test {
 protected:
  DetachedAtTheDesk() {
    appliance_.Start(Concat("[desk]\nfolder = \"", appliance_.Path("prepared"), "\"\n"));
    pdf_ = Write("acte.pdf", PdfOfPages({std::string(kTextPage)}));
  }
  std::string Write(const std::string& name, const std::string& bytes) const {
    auto file = OutputFile::Create(appliance_.Path(name), /*force=*/true);
    Require(file.ok() && file->Append(bytes).ok() && file->Publish().ok(), name);
    return appliance_.Path(name);
  }
  ProcessResult Sign(const std::string& output, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--detached", "--key", "pkcs11:token=Mairie"});
    return appliance_.Sceau(appliance_.SignThere(pdf_, appliance_.Path(output), more));
  }
  std::string Integrity(const std::string& signature, const std::string& content) const {
    const ProcessResult verify =
        appliance_.Sceau({"verify", appliance_.Path(signature), "--json", "--content", content});
    return Json::parse(verify.out)["files"][0]["signatures"][0]["integrity"];
  }

  Appliance appliance_;
  std::string pdf_;
};

TEST_F(DetachedAtTheDesk, AFileIsSignedAndVerifiesWithItself) {
  const ProcessResult sign = Sign("signature.xml");
  ASSERT_EQ(sign.exit_code, 0) << sign.err << sign.out;
  EXPECT_EQ(Json::parse(sign.out)["signed"].size(), 1u) << sign.out;
  EXPECT_NE(appliance_.Log().find("event=prepare"), std::string::npos);
  EXPECT_NE(appliance_.Log().find("event=complete"), std::string::npos);
  EXPECT_EQ(Integrity("signature.xml", pdf_), "INTACT");
  Write("acte.pdf", ReadFile(pdf_) + "\n");
  EXPECT_EQ(Integrity("signature.xml", pdf_), "BROKEN");
}

TEST_F(DetachedAtTheDesk, TheSameKeyAgainFetchesTheResultAndAnotherFileHasNone) {
  const std::vector<std::string> key = {"--idempotency-key", "k", "--force"};
  ASSERT_EQ(Sign("one.xml", key).exit_code, 0);
  const ProcessResult again = Sign("two.xml", key);
  ASSERT_EQ(again.exit_code, 0) << again.err << again.out;
  EXPECT_EQ(ReadFile(appliance_.Path("two.xml")), ReadFile(appliance_.Path("one.xml")));
  Write("acte.pdf", PdfOfPages({std::string(kTextPage), std::string(kTextPage)}));
  const ProcessResult other = Sign("three.xml", key);
  EXPECT_NE(other.exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(appliance_.Path("three.xml")));
}

TEST_F(DetachedAtTheDesk, ASignatureInAMessageIsRefusedBeforeAnythingIsSent) {
  const ProcessResult sign = Sign("message.xml", {"--acte", Write("acte.xml", MakeActe())});
  EXPECT_EQ(sign.exit_code, 64) << sign.err << sign.out;
  EXPECT_EQ(appliance_.Log().find("event=prepare"), std::string::npos);
}

}  // namespace
}  // namespace sceau::test
