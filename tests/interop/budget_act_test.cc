// A signed budget act, as xmlsec1 sees it.
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "schemas/seal_file.h"
#include "tests/signer/signing_support.h"
#include "tests/support/budget_document.h"
#include "tests/support/process.h"

namespace sceau::test {
namespace {

ProcessResult XmlSec(const std::string& file, const std::string& root) {
  return RunProcess({"xmlsec1", "--verify", "--trusted-pem", root, "--enabled-key-data",
                     "x509,raw-x509-cert", "--id-attr:Id",
                     "http://uri.etsi.org/01903/v1.3.2#:SignedProperties", file});
}

TEST(BudgetActPeers, XmlSecAgreesThoughTheActIsWrittenInManyWays) {
  Signing signing;
  auto parameters = signing.Parameters("budget-act");
  parameters.selection.what = signer::Selection::What::kWhole;
  const std::string root = signing.folder().path() + "/root.pem";
  for (const bool latin1 : {true, false}) {
    for (const char* line_end : {"\n", "\r\n", ""}) {
      for (const char* around : {"", "<?outil a?>\n<!-- c -->"}) {
        BudgetSpec spec;
        spec.latin1 = latin1;
        spec.line_end = line_end;
        spec.around = around;
        spec.prefix = latin1 ? "" : "db";
        OutputFile sealed = OutputFile::Unnamed(signing.folder().path());
        ASSERT_TRUE(
            schemas::WriteSeal(signing.AsFile(MakeBudgetAct(spec)), kSigningTime, sealed).ok());
        const auto input = sealed.Reread();
        const auto document =
            signing.Sign(*input->Slice(0, static_cast<size_t>(input->size())), parameters);
        ASSERT_TRUE(document.ok()) << document.status();
        const ProcessResult good = XmlSec(signing.folder().Write("act.xml", *document), root);
        EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
        // The comparison means something: one changed amount, and xmlsec1 says no.
        const std::string altered = absl::StrReplaceAll(*document, {{"100.00", "900.00"}});
        ASSERT_NE(altered, *document);
        EXPECT_NE(XmlSec(signing.folder().Write("altered.xml", altered), root).exit_code, 0);
      }
    }
  }
}

}  // namespace
}  // namespace sceau::test
