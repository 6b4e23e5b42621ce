// Detached signatures, as xmlsec1 sees them with the file beside the message.
#include <gtest/gtest.h>

#include <filesystem>

#include "signer/detached.h"
#include "tests/signer/signing_support.h"
#include "tests/support/acte_document.h"
#include "tests/support/pdf_document.h"
#include "tests/support/process.h"

namespace sceau::test {
namespace {

class ActePeers : public testing::Test {
 protected:
  std::string Complete(const StatusOr<signer::DetachedTask>& task) {
    auto prepared = task->Prepare(signing_.Parameters("detached"));
    EXPECT_TRUE(prepared.ok()) << prepared.status();
    OutputFile output = OutputFile::Unnamed(signing_.folder().path());
    const auto done =
        signer::Complete(task->Document(), *std::move(prepared), signing_.Key(), {}, output);
    EXPECT_TRUE(done.ok()) << done.status();
    const auto written = output.Reread();
    return *written->Slice(0, static_cast<size_t>(written->size()));
  }
  // In the folder of the files: xmlsec1 opens what the signature names.
  int XmlSec(const std::string& document) {
    signing_.folder().Write("message.xml", document);
    const ProcessResult result =
        RunProcess({"env", "-C", signing_.folder().path(), "xmlsec1", "--verify", "--trusted-pem",
                    "root.pem", "--enabled-key-data", "x509,raw-x509-cert", "--id-attr:Id",
                    "http://uri.etsi.org/01903/v1.3.2#:SignedProperties", "message.xml"});
    last_ = result.out + result.err;
    return result.exit_code;
  }

  std::shared_ptr<const InputFile> File(const std::string& content) const {
    return std::make_shared<const InputFile>(signing_.AsFile(content));
  }

  Signing signing_;
  std::string last_;
  const std::string pdf_ = PdfOfPages({"BT (Acte) Tj ET"});
};

TEST_F(ActePeers, XmlSecAgreesOnTheSignedActe) {
  for (const bool latin1 : {true, false}) {
    for (const char* prefix : {"actes", ""}) {
      const std::string document = Complete(signer::DetachedTask::In(
          File(MakeActe({.latin1 = latin1, .prefix = prefix})), File(pdf_), "acte.pdf"));
      signing_.folder().Write("acte.pdf", pdf_);
      EXPECT_EQ(XmlSec(document), 0) << last_;
      // The comparison means something: one changed byte, and xmlsec1 says no.
      signing_.folder().Write("acte.pdf", pdf_ + "\n");
      EXPECT_NE(XmlSec(document), 0);
    }
  }
}

TEST_F(ActePeers, XmlSecAgreesOnASignatureThatStandsAlone) {
  const std::string content = "<CPPFacturePivot>\r\n</CPPFacturePivot>";
  const std::string document = Complete(signer::DetachedTask::Of(File(content), "pivot-1.xml"));
  signing_.folder().Write("pivot-1.xml", content);
  EXPECT_EQ(XmlSec(document), 0) << last_;
  signing_.folder().Write("pivot-1.xml", content + " ");
  EXPECT_NE(XmlSec(document), 0);
}

}  // namespace
}  // namespace sceau::test
