// Archive time stamps of other people's signatures (dss-xades): whether each is over the signature
// it stands in, and nothing was changed since. Whom to trust is no matter here.
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/match.h"
#include "base/bytes.h"
#include "base/file.h"
#include "tests/interop/suite.h"
#include "tests/support/shared_folder.h"
#include "verifier/verifier.h"

namespace sceau::test {
namespace {

struct Case {
  std::string_view path;
  bool valid;
};

// By the asserts of DSS's own tests: isMessageImprintDataIntact, isALevelTechnicallyValid.
constexpr Case kCases[] = {
    {"Signature-X-HU_POL-3.xml", true},
    {"dss2011/xades-lta-detached.xml", true},  // with its content
    {"dss874/sellosFNMT-XAdES_A.xml", true},
    {"dss3732/xades-enveloping-arcTst132.xml", true},
    {"dss3732/xades-enveloping-arcTst132-add-object.xml", false},
    {"dss3732/xades-enveloped-arcTst132.xml", true},
    {"dss3732/xades-enveloped-arcTst132-no-objects.xml", false},
    {"xades-lta-with-additional-cert-in-keyinfo.xml", false},
    {"xades-lta-corrupted-cert.xml", false},
    {"dss2208/xades-tsts-empty-c14n.xml", true},
    {"dss1987/data2sign-signed-xades-enveloped-baseline-lta.xml", true},
    {"dss1987/data2sign-signed-xades-enveloped-baseline-cts-lta.xml", true},
};

std::shared_ptr<const InputFile> FileOf(const std::string& content) {
  OutputFile file = OutputFile::Unnamed();
  EXPECT_TRUE(file.Append(content).ok());
  return std::make_shared<const InputFile>(*file.Reread());
}

// The content of xades-lta-detached.xml is not in the suite; another signature of it holds it.
std::string DetachedContent(const std::string& enveloping) {
  const size_t object = enveloping.find("<ds:Object ");
  const size_t from = enveloping.find('>', object) + 1;
  const size_t to = enveloping.find('<', from);
  return FromBase64(enveloping.substr(from, to - from)).value_or("");
}

// There is one, and nothing but its authority keeps it from counting.
bool IsOverItsSignature(const verifier::FileReport& report) {
  int archive = 0, over_it = 0;
  for (const verifier::SignatureReport& signature : report.signatures) {
    for (const verifier::SignatureReason& it : signature.reasons) {
      if (!absl::StartsWith(it.detail, "ArchiveTimeStamp")) continue;
      ++archive;
      over_it += it.code == "TIME_STAMP_NOT_TRUSTED" ? 1 : 0;
    }
  }
  return archive > 0 && over_it == archive;
}

TEST(ArchiveTimeStamps, DssXades) {
  SCEAU_REQUIRE_SHARED("corpora/dss-xades");
  const std::string folder = SharedFolder() + "/corpora/dss-xades/validation/";
  const auto enveloping = ReadSmallFile(folder + "xades-lta-with-additional-cert-in-keyinfo.xml");
  ASSERT_TRUE(enveloping.ok());
  Suite suite("dss-xades archive time stamps");
  for (const Case& it : kCases) {
    const auto content = ReadSmallFile(folder + std::string(it.path));
    ASSERT_TRUE(content.ok()) << it.path;
    verifier::VerifyOptions options;
    options.validation_time = absl::FromCivil(absl::CivilDay(2026, 4, 1), absl::UTCTimeZone());
    options.contents = {{"sample.xml", FileOf(DetachedContent(*enveloping))}};
    const verifier::FileReport report = verifier::Verify(*FileOf(*content), "", options);
    suite.Add(std::string(it.path), it.valid, IsOverItsSignature(report));
    for (const verifier::SignatureReport& signature : report.signatures) {
      EXPECT_FALSE(signature.best_time.has_value()) << it.path << ": nobody is trusted";
      EXPECT_NE(signature.level, "LTA") << it.path;
    }
  }
  EXPECT_EQ(suite.cases(), 12);
  suite.ExpectDifferences({
      {"dss3732/xades-enveloped-arcTst132.xml",
       "unsigned foreign elements stand in an enveloped signature"},
      {"dss2208/xades-tsts-empty-c14n.xml", "the empty name is of no canonicalisation"},
      {"dss1987/data2sign-signed-xades-enveloped-baseline-lta.xml",
       "XPath, of which any expression may come, is not admitted"},
      {"dss1987/data2sign-signed-xades-enveloped-baseline-cts-lta.xml",
       "XPath, of which any expression may come, is not admitted"},
  });
}

}  // namespace
}  // namespace sceau::test
