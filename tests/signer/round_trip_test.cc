#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/signer/signing_support.h"

namespace sceau::test {
namespace {

using signer::Selection;
using verifier::Integrity;
using verifier::Verdict;

struct Layout : gen::PesSpec {};

// Names a case in test listings.
void PrintTo(const Layout& layout, std::ostream* out) { *out << "seed " << layout.seed; }

// Every way a file may be written.
std::vector<Layout> Layouts() {
  std::vector<Layout> out;
  uint64_t seed = 100;
  for (const auto encoding : {gen::Encoding::kIso88591, gen::Encoding::kUtf8}) {
    for (const auto line_end : {gen::LineEnd::kLf, gen::LineEnd::kCrlf, gen::LineEnd::kNone}) {
      for (const auto quote : {gen::Quote::kDouble, gen::Quote::kSingle}) {
        for (const bool oddities : {false, true}) {
          Layout spec;
          spec.seed = ++seed;
          spec.depense = 2;
          spec.attachments = 1;
          spec.layout.encoding = encoding;
          spec.layout.line_end = line_end;
          spec.layout.quote = quote;
          spec.layout.oddities = oddities;
          spec.layout.indentation =
              seed % 3 == 0 ? gen::Indentation::kTabs : gen::Indentation::kSpaces;
          spec.layout.byte_order_mark = encoding == gen::Encoding::kUtf8 && seed % 2 == 0;
          spec.layout.xml_declaration = encoding == gen::Encoding::kIso88591 || seed % 5 != 0;
          spec.ds_prefix = seed % 4 != 0;
          spec.bordereau_ids = seed % 3 != 1;
          spec.root_id = seed % 2 == 1;
          out.push_back(spec);
        }
      }
    }
  }
  return out;
}

class RoundTrip : public testing::TestWithParam<Layout> {
 protected:
  void ExpectAllIntact(const std::string& document, size_t signatures) {
    const auto report = signing_.VerifyTrusted(document);
    ASSERT_EQ(report.signatures.size(), signatures);
    for (const auto& signature : report.signatures) {
      EXPECT_EQ(signature.integrity, Integrity::kIntact) << signature.id;
      EXPECT_EQ(signature.indication, verifier::Indication::kTotalPassed) << signature.id;
      EXPECT_EQ(signature.claimed_role, "Maire de Saint-Élodie");
      EXPECT_EQ(signature.policy_hash, verifier::PolicyHash::kMatches);
    }
    EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
  }
  Signing signing_;
};

TEST_P(RoundTrip, P19_UndoingTheEditsGivesTheInputBack) {
  for (const auto flag :
       {gen::Dematerialisee::kYes, gen::Dematerialisee::kNo, gen::Dematerialisee::kAbsent}) {
    for (const auto what : {Selection::What::kAll, Selection::What::kWhole}) {
      gen::PesSpec spec = GetParam();
      spec.dematerialisee = flag;
      const std::string document = Generate(spec);
      auto parameters = signing_.Parameters();
      parameters.selection.what = what;
      parameters.set_dematerialisee = true;
      const auto signed_document = signing_.Sign(document, parameters);
      ASSERT_TRUE(signed_document.ok()) << signed_document.status();
      EXPECT_EQ(Undo(*signed_document, signing_.outcome().edits), document);
      ExpectAllIntact(*signed_document, what == Selection::What::kAll ? 3 : 1);
    }
  }
}

TEST_P(RoundTrip, P18_BordereauxThenTheWholeVerifyBoth) {
  const std::string document = Generate(GetParam());
  auto parameters = signing_.Parameters();
  parameters.profile = signing_.Parameters("helios-v3-xades111").profile;
  const auto once = signing_.Sign(document, parameters);
  ASSERT_TRUE(once.ok()) << once.status();
  parameters = signing_.Parameters();
  parameters.selection.what = Selection::What::kWhole;
  const auto twice = signing_.Sign(*once, parameters);
  ASSERT_TRUE(twice.ok()) << twice.status();
  ExpectAllIntact(*twice, 4);
  // The second one is of the transmission, and said to be.
  EXPECT_THAT(signing_.VerifyTrusted(*twice).findings,
              testing::Contains(testing::Field(&schemas::Finding::rule, "TECHNICAL_SIGNATURE")));
}

INSTANTIATE_TEST_SUITE_P(Layouts, RoundTrip, testing::ValuesIn(Layouts()), [](const auto& tested) {
  return "seed" + std::to_string(tested.param.seed);
});

class Profiles : public testing::TestWithParam<std::string> {
 protected:
  Signing signing_;
};

TEST_P(Profiles, OneBordereauAfterTheOther) {
  gen::PesSpec spec;
  spec.depense = 3;
  std::string document = Generate(spec);
  auto parameters = signing_.Parameters(GetParam());
  const auto facts = signer::Prepare(signing_.AsFile(document), parameters)->facts;
  size_t done = 0;
  for (const auto& bordereau : facts.bordereaux) {
    parameters.selection = {Selection::What::kListed, {bordereau.Ref()}};
    const auto next = signing_.Sign(document, parameters);
    ASSERT_TRUE(next.ok()) << next.status();
    document = *next;
    const auto report = signing_.VerifyTrusted(document);
    EXPECT_EQ(report.signatures.size(), ++done);
    EXPECT_EQ(report.verdict, done < 4 ? Verdict::kIncomplete : Verdict::kTotalPassed);
    EXPECT_EQ(report.unsigned_elements.size(), 4 - done);
  }
}

INSTANTIATE_TEST_SUITE_P(BuiltIn, Profiles,
                         testing::Values("helios-v3", "helios-v3-strict", "helios-v3-xades111"),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

class Naming : public testing::Test {
 protected:
  Signing signing_;
};

TEST_F(Naming, GivenIdIsUniqueThoughTheDefaultIsTaken) {
  gen::PesSpec spec;
  spec.bordereau_ids = false;
  spec.root_id = false;
  spec.depense = 2;
  std::string document = Generate(spec);
  const size_t at = document.find("<Enveloppe") + std::string("<Enveloppe").size();
  document.insert(at, " Id=\"BD2\"");
  const auto signed_document = signing_.Sign(document, signing_.Parameters());
  ASSERT_TRUE(signed_document.ok()) << signed_document.status();
  const auto report = signing_.VerifyTrusted(*signed_document);
  ASSERT_EQ(report.signatures.size(), 3u);
  EXPECT_EQ(report.signatures[0].of, "BD1");
  EXPECT_EQ(report.signatures[1].of, "BD2_2");
  EXPECT_EQ(report.signatures[2].of, "BR1");
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
}

TEST_F(Naming, RoleWithCharactersTheEncodingLacksIsKept) {
  gen::PesSpec spec;
  auto parameters = signing_.Parameters();
  parameters.role = "Président – œuvres <sociales> & « 東京 » 𝒳";
  const auto signed_document = signing_.Sign(Generate(spec), parameters);
  ASSERT_TRUE(signed_document.ok()) << signed_document.status();
  const auto report = signing_.VerifyTrusted(*signed_document);
  EXPECT_EQ(report.signatures[0].claimed_role, parameters.role);
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
}

TEST_F(Naming, RsaPssSignsAndVerifies) {
  auto parameters = signing_.Parameters("helios-v3");
  auto profile = std::make_shared<xades::Profile>(*parameters.profile);
  profile->signature_methods = {"http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"};
  parameters.profile = profile;
  const auto signed_file = signing_.Sign(Generate({}), parameters);
  ASSERT_TRUE(signed_file.ok()) << signed_file.status();
  EXPECT_EQ(signing_.VerifyTrusted(*signed_file).verdict, Verdict::kTotalPassed);
  // The other padding's name over the same value: the signed information has changed as well.
  std::string other = *signed_file;
  const std::string_view name = "2007/05/xmldsig-more#sha256-rsa-MGF1";
  other.replace(other.find(name), name.size(), "2001/04/xmldsig-more#rsa-sha256");
  EXPECT_EQ(signing_.VerifyTrusted(other).verdict, Verdict::kTotalFailed);
}

TEST_F(Naming, P26_AttachmentOfTwentyMegabytesSignsAndVerifies) {
  gen::PesSpec spec;
  spec.attachments = 1;
  spec.attachment_size = 20 << 20;
  spec.layout.base64_single_line = true;
  auto parameters = signing_.Parameters();
  parameters.selection.what = Selection::What::kWhole;
  const auto signed_document = signing_.Sign(Generate(spec), parameters);
  ASSERT_TRUE(signed_document.ok()) << signed_document.status();
  EXPECT_EQ(signing_.VerifyTrusted(*signed_document).verdict, Verdict::kTotalPassed);
}

}  // namespace
}  // namespace sceau::test
