// What Sceau signs, as xmlsec1 and xmllint see it.
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_replace.h"
#include "tests/signer/signing_support.h"
#include "tests/support/process.h"
#include "tests/support/shared_folder.h"

namespace sceau::test {
namespace {

using signer::Selection;

struct Case {
  std::string profile;
  Selection::What what;
  gen::PesSpec spec;
};

// Names a case in test listings.
void PrintTo(const Case& tested, std::ostream* out) {
  *out << tested.profile << ", seed " << tested.spec.seed;
}

std::vector<Case> Cases() {
  std::vector<Case> out;
  uint64_t seed = 500;
  for (const char* profile : {"helios-v3", "helios-v3-strict", "helios-v3-xades111"}) {
    for (const auto what : {Selection::What::kAll, Selection::What::kWhole}) {
      for (const auto encoding : {gen::Encoding::kIso88591, gen::Encoding::kUtf8}) {
        for (const auto line_end : {gen::LineEnd::kLf, gen::LineEnd::kCrlf, gen::LineEnd::kNone}) {
          Case next{profile, what, {}};
          next.spec.seed = ++seed;
          next.spec.attachments = 1;
          next.spec.layout.encoding = encoding;
          next.spec.layout.line_end = line_end;
          next.spec.layout.oddities = seed % 2 == 0;
          next.spec.layout.quote = seed % 4 < 2 ? gen::Quote::kDouble : gen::Quote::kSingle;
          next.spec.layout.byte_order_mark = encoding == gen::Encoding::kUtf8 && seed % 3 == 0;
          next.spec.ds_prefix = seed % 5 != 0;
          next.spec.bordereau_ids = next.spec.root_id = seed % 3 != 0;
          out.push_back(next);
        }
      }
    }
  }
  return out;
}

class Peers : public testing::TestWithParam<Case> {
 protected:
  std::string SignCase() {
    auto parameters = signing_.Parameters(GetParam().profile);
    parameters.selection.what = GetParam().what;
    auto signed_document = signing_.Sign(Generate(GetParam().spec), parameters);
    EXPECT_TRUE(signed_document.ok()) << signed_document.status();
    return signed_document.value_or("");
  }
  Signing signing_;
};

ProcessResult XmlSec(const std::string& file, const std::string& root,
                     const std::string& signature_id) {
  return RunProcess({"xmlsec1",
                     "--verify",
                     "--trusted-pem",
                     root,
                     "--enabled-key-data",
                     "x509,raw-x509-cert",
                     "--id-attr:Id",
                     "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller:PES_Aller",
                     "--id-attr:Id",
                     "Bordereau",
                     "--id-attr:Id",
                     "http://www.w3.org/2000/09/xmldsig#:Signature",
                     "--id-attr:Id",
                     "SignedProperties",
                     "--id-attr:Id",
                     "http://uri.etsi.org/01903/v1.2.2#:SignedProperties",
                     "--id-attr:Id",
                     "http://uri.etsi.org/01903/v1.1.1#:SignedProperties",
                     "--node-id",
                     signature_id,
                     file});
}

TEST_P(Peers, XmlSecAgreesOnEachSignature) {
  const std::string document = SignCase();
  const std::string root = signing_.folder().path() + "/root.pem";
  const auto report = signing_.Verify(document);
  ASSERT_EQ(report.signatures.size(), GetParam().what == Selection::What::kAll ? 2u : 1u);
  const std::string file = signing_.folder().Write("signed.xml", document);
  for (const auto& signature : report.signatures) {
    const ProcessResult good = XmlSec(file, root, signature.id);
    EXPECT_EQ(good.exit_code, 0) << signature.id << good.out << good.err;
  }
  // The comparison means something: one changed amount, and xmlsec1 says no.
  std::string altered = document;
  const size_t amount = altered.find("<MtHT");
  ASSERT_NE(amount, std::string::npos);
  const size_t digit = altered.find_first_of("123456789", amount);
  altered[digit] = altered[digit] == '1' ? '2' : '1';
  const std::string bad = signing_.folder().Write("altered.xml", altered);
  EXPECT_NE(XmlSec(bad, root, report.signatures[0].id).exit_code, 0);
}

TEST_P(Peers, XmllintFindsTheSignedFileValidInTheOfficialSet) {
  SCEAU_REQUIRE_SHARED("schemas/schemas_pes_v5.17");
  const std::string file = signing_.folder().Write("signed.xml", SignCase());
  const ProcessResult result =
      RunProcess({"xmllint", "--noout", "--nonet", "--schema",
                  SharedFolder() + "/schemas/schemas_pes_v5.17/PES_V2/Rev0/PES_Aller.xsd", file});
  EXPECT_EQ(result.exit_code, 0) << result.err.substr(0, 3000);
}

INSTANTIATE_TEST_SUITE_P(Files, Peers, testing::ValuesIn(Cases()), [](const auto& tested) {
  return absl::StrReplaceAll(tested.param.profile, {{"-", "_"}}) + "_seed" +
         std::to_string(tested.param.spec.seed);
});

}  // namespace
}  // namespace sceau::test
