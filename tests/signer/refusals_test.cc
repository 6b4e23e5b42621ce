#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "tests/signer/signing_support.h"

namespace sceau::test {
namespace {

using signer::Selection;

class Refusals : public testing::Test {
 protected:
  Refusals() { spec_.depense = 2; }

  std::string Document() const { return Generate(spec_); }
  void ExpectRefused(const std::string& document, const signer::SignatureParameters& parameters,
                     Reason reason) {
    const auto signed_document = signing_.Sign(document, parameters);
    ASSERT_FALSE(signed_document.ok());
    EXPECT_EQ(ReasonOf(signed_document.status()), reason) << signed_document.status();
  }
  signer::SignatureParameters Listed(std::vector<std::string> refs) const {
    auto parameters = signing_.Parameters();
    parameters.selection = {Selection::What::kListed, std::move(refs)};
    return parameters;
  }
  signer::SignatureParameters Whole() const {
    auto parameters = signing_.Parameters();
    parameters.selection.what = Selection::What::kWhole;
    return parameters;
  }

  gen::PesSpec spec_;
  Signing signing_;
};

TEST_F(Refusals, BordereauThatIsNotThere) {
  ExpectRefused(Document(), Listed({"NOWHERE"}), Reason::kBordereauNotFound);
}

TEST_F(Refusals, TwoBordereauxOfOneReference) {
  auto prepared = signer::Prepare(signing_.AsFile(Document()), signing_.Parameters());
  ASSERT_TRUE(prepared.ok());
  // Give the second bordereau the number, year and type of the first.
  const auto& first = prepared->facts.bordereaux[0];
  const auto& second = prepared->facts.bordereaux[1];
  std::string twin = Document();
  const std::string from = "<IdBord V=\"" + second.number + "\"";
  ASSERT_NE(twin.find(from), std::string::npos);
  twin.replace(twin.find(from), from.size(), "<IdBord V=\"" + first.number + "\"");
  ExpectRefused(twin, Listed({first.Ref()}), Reason::kBordereauAmbiguous);
}

TEST_F(Refusals, BordereauSignedAlready) {
  const auto once = signing_.Sign(Document(), signing_.Parameters());
  ASSERT_TRUE(once.ok()) << once.status();
  ExpectRefused(*once, signing_.Parameters(), Reason::kAlreadySigned);
}

TEST_F(Refusals, P18_BordereauInAFileWhoseRootIsSigned) {
  const auto whole = signing_.Sign(Document(), Whole());
  ASSERT_TRUE(whole.ok()) << whole.status();
  ExpectRefused(*whole, signing_.Parameters(), Reason::kRootAlreadySigned);
  ExpectRefused(*whole, Whole(), Reason::kAlreadySigned);
}

TEST_F(Refusals, P04_DuplicateIdInAnySpelling) {
  auto prepared = signer::Prepare(signing_.AsFile(Document()), signing_.Parameters());
  ASSERT_TRUE(prepared.ok());
  const std::string id = *prepared->facts.bordereaux[0].id;
  for (const std::string spelling : {"Id", "ID", "id", "xml:id"}) {
    std::string document = Document();
    const size_t at = document.find("<EnTetePES") + std::string("<EnTetePES").size();
    document.insert(at, " " + spelling + "=\"" + id + "\"");
    ExpectRefused(document, signing_.Parameters(), Reason::kDuplicateId);
    ExpectRefused(document, Whole(), Reason::kDuplicateId);
  }
}

TEST_F(Refusals, FlagNotSetUnlessAsked) {
  for (const auto flag : {gen::Dematerialisee::kNo, gen::Dematerialisee::kAbsent}) {
    spec_.dematerialisee = flag;
    ExpectRefused(Document(), signing_.Parameters(), Reason::kInfoDematerialiseeMissing);
    ExpectRefused(Document(), Whole(), Reason::kInfoDematerialiseeMissing);
  }
}

TEST_F(Refusals, MissingRoleAndPlace) {
  auto parameters = signing_.Parameters();
  parameters.role = "  ";
  ExpectRefused(Document(), parameters, Reason::kRoleMissing);
  for (std::string signer::SignatureParameters::*part :
       {&signer::SignatureParameters::city, &signer::SignatureParameters::postal_code,
        &signer::SignatureParameters::country}) {
    parameters = signing_.Parameters();
    parameters.*part = "";
    ExpectRefused(Document(), parameters, Reason::kPlaceMissing);
  }
}

TEST_F(Refusals, RoleWithControlCharactersOrInvalidUtf8) {
  for (const std::string& role : {std::string("Maire\nadjoint"), std::string("Mair\xE9")}) {
    auto parameters = signing_.Parameters();
    parameters.role = role;
    ExpectRefused(Document(), parameters, Reason::kUsage);
  }
}

TEST_F(Refusals, P24_DoctypeAndForeignEncodingsAndOtherDocuments) {
  const std::string document = Document();
  const size_t root = document.find("<n:PES_Aller");
  std::string with_doctype = document;
  with_doctype.insert(root, "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>");
  ExpectRefused(with_doctype, signing_.Parameters(), Reason::kDoctypeRefused);
  ExpectRefused(absl::StrReplaceAll(document, {{"ISO-8859-1", "windows-1252"}}),
                signing_.Parameters(), Reason::kEncodingRefused);
  ExpectRefused(absl::StrReplaceAll(document, {{"ISO-8859-1", "UTF-16"}}), signing_.Parameters(),
                Reason::kEncodingRefused);
  ExpectRefused("<a/>", signing_.Parameters(), Reason::kDocumentUnknown);
  ExpectRefused("%PDF-1.7", signing_.Parameters(), Reason::kNotXml);
  ExpectRefused(document.substr(0, document.size() / 2), signing_.Parameters(), Reason::kNotXml);
}

TEST_F(Refusals, FileWithoutBordereauHasNothingToSign) {
  spec_.depense = spec_.recette = 0;
  spec_.attachments = 1;
  ExpectRefused(Document(), signing_.Parameters(), Reason::kNothingToSign);
}

TEST_F(Refusals, P40_CertificateThatIsExpiredOrNotForSigning) {
  LeafOptions expired;
  expired.not_after = kSigningTime - absl::Hours(1);
  Signing late(expired);
  EXPECT_EQ(ReasonOf(late.Sign(Document(), late.Parameters()).status()),
            Reason::kCertificateNotValid);
  LeafOptions authentication;
  authentication.key_usage = "critical,digitalSignature";
  Signing wrong(authentication);
  EXPECT_EQ(ReasonOf(wrong.Sign(Document(), wrong.Parameters()).status()),
            Reason::kCertificateNotForSigning);
}

TEST_F(Refusals, P59_TokenThatFlipsABitSpoilsNothing) {
  const InputFile input = signing_.AsFile(Document());
  const auto prepared = signer::Prepare(input, signing_.Parameters());
  ASSERT_TRUE(prepared.ok());
  int signatures = 0;
  OutputFile output = OutputFile::Unnamed();
  const auto outcome = signer::Complete(
      input, *prepared, OneByOne([&](const SignatureScheme& scheme, const std::string& message) {
        ++signatures;
        auto value = signing_.Value(scheme, message);
        (*value)[17] = static_cast<char>((*value)[17] ^ 1);
        return value;
      }),
      {.parallelism = 1}, output);
  EXPECT_EQ(ReasonOf(outcome.status()), Reason::kSignatureCheckFailed);
  EXPECT_EQ(signatures, 1);  // none is asked for after it
  const auto written = output.Reread();
  ASSERT_TRUE(written.ok());
  const auto text = written->Slice(0, static_cast<size_t>(written->size()));
  EXPECT_EQ(text->find("SignatureValue"), std::string::npos);  // the spoilt value went nowhere
}

TEST_F(Refusals, CancelledWorkStopsBeforeTheNextSignature) {
  const InputFile input = signing_.AsFile(Document());
  const auto prepared = signer::Prepare(input, signing_.Parameters());
  ASSERT_TRUE(prepared.ok());
  int signatures = 0;
  signer::CompleteOptions options;
  options.parallelism = 1;
  options.still_wanted = [&] { return signatures > 0 ? Error(Reason::kCancelled) : OkStatus(); };
  OutputFile output = OutputFile::Unnamed();
  const auto outcome = signer::Complete(
      input, *prepared, OneByOne([&](const SignatureScheme& scheme, const std::string& message) {
        ++signatures;
        return signing_.Value(scheme, message);
      }),
      options, output);
  EXPECT_EQ(ReasonOf(outcome.status()), Reason::kCancelled);
  EXPECT_EQ(signatures, 1);
}

}  // namespace
}  // namespace sceau::test
