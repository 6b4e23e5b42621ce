// Detached signatures: of any file, in a document of their own or in the message of @CTES that
// names the file; and the ways to make one say more than it does.
#include "signer/detached.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "tests/signer/signing_support.h"
#include "tests/support/acte_document.h"
#include "tests/support/pdf_document.h"

namespace sceau::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using verifier::Integrity;
using verifier::Verdict;

class Detached : public testing::Test {
 protected:
  const std::string pdf_ = PdfOfPages({"BT (Acte) Tj ET"});

  StatusOr<std::string> Sign(StatusOr<signer::DetachedTask> task) {
    SCEAU_RETURN_IF_ERROR(task.status());
    SCEAU_ASSIGN_OR_RETURN(signer::Prepared prepared,
                           task->Prepare(signing_.Parameters("detached")));
    OutputFile output = OutputFile::Unnamed(signing_.folder().path());
    SCEAU_ASSIGN_OR_RETURN(outcome_, signer::Complete(task->Document(), std::move(prepared),
                                                      signing_.Key(), {}, output));
    SCEAU_ASSIGN_OR_RETURN(const InputFile written, output.Reread());
    return written.Slice(0, static_cast<size_t>(written.size()));
  }
  std::shared_ptr<const InputFile> File(const std::string& content) const {
    return std::make_shared<const InputFile>(signing_.AsFile(content));
  }
  StatusOr<std::string> Alone(const std::string& content, const std::string& name = "acte.pdf") {
    return Sign(signer::DetachedTask::Of(File(content), name));
  }
  StatusOr<std::string> Into(const std::string& message, const std::string& content,
                             const std::string& name = "acte.pdf") {
    return Sign(signer::DetachedTask::In(File(message), File(content), name));
  }

  using Given = std::vector<std::pair<std::string, std::string>>;
  verifier::FileReport Verify(const std::string& document, const Given& given) const {
    verifier::VerifyOptions options;
    options.validation_time = kSigningTime + absl::Hours(1);
    options.trust = *verifier::TrustAnchors::Load({signing_.folder().path() + "/root.pem"});
    for (const auto& [name, content] : given) {
      options.contents.push_back({name, File(content)});
    }
    return verifier::Verify(signing_.AsFile(document), "test", options);
  }
  static auto HasReason(const std::string& code) {
    return Contains(Field(&verifier::SignatureReason::code, code));
  }

  Signing signing_;
  signer::Outcome outcome_;
};

TEST_F(Detached, AnyFileIsSignedAloneAndVerifiedWithIt) {
  for (const std::string& content :
       {pdf_, std::string("<CPPFacturePivot/>"), std::string("a\0b\r\n", 5)}) {
    const auto signature = Alone(content, "pièce n° 1 (a).bin");
    ASSERT_TRUE(signature.ok()) << signature.status();
    EXPECT_THAT(*signature, HasSubstr("URI=\"pi%C3%A8ce%20n%C2%B0%201%20%28a%29.bin\">"));
    const auto report = Verify(*signature, {{"pièce n° 1 (a).bin", content}});
    EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
    ASSERT_EQ(report.signatures.size(), 1u);
    const auto one = report.signatures[0];
    EXPECT_EQ(one.scope, schemas::Scope::kWhole);
    EXPECT_EQ(one.of, "pièce n° 1 (a).bin");
    EXPECT_THAT(one.covers, ElementsAre("pièce n° 1 (a).bin"));
    EXPECT_EQ(one.level, "B");
  }
}

TEST_F(Detached, AnotherContentIsBrokenAndNoneIsUnchecked) {
  const std::string signature = Alone(pdf_).value();
  const auto broken = Verify(signature, {{"acte.pdf", pdf_ + " "}});
  EXPECT_EQ(broken.verdict, Verdict::kTotalFailed);
  EXPECT_EQ(broken.signatures[0].integrity, Integrity::kBroken);
  EXPECT_EQ(broken.signatures[0].sub_indication, "HASH_FAILURE");
  const auto missing = Verify(signature, {});
  EXPECT_EQ(missing.verdict, Verdict::kIndeterminate);
  EXPECT_EQ(missing.signatures[0].integrity, Integrity::kUnchecked);
  EXPECT_EQ(missing.signatures[0].sub_indication, "SIGNED_DATA_NOT_FOUND");
  // What is wrong without the file is said without it.
  const auto forged = Verify(absl::StrReplaceAll(signature, {{"Maire", "Mairé"}}), {});
  EXPECT_EQ(forged.verdict, Verdict::kTotalFailed);
  EXPECT_EQ(forged.signatures[0].integrity, Integrity::kBroken);
}

TEST_F(Detached, ARenamedFileIsComparedAndTheOtherNameSaid) {
  const std::string signature = Alone(pdf_).value();
  const auto report = Verify(signature, {{"copie.pdf", pdf_}});
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
  EXPECT_THAT(report.signatures[0].reasons, HasReason("CONTENT_NAME_DIFFERS"));
  // Of several, only the one it names.
  const auto several = Verify(signature, {{"copie.pdf", pdf_}, {"autre.pdf", pdf_}});
  EXPECT_EQ(several.signatures[0].integrity, Integrity::kUnchecked);
}

TEST_F(Detached, ASignatureGoesIntoTheMessageByteForByte) {
  for (const bool latin1 : {true, false}) {
    for (const char* prefix : {"actes", ""}) {
      const std::string acte = MakeActe({.latin1 = latin1, .prefix = prefix});
      const auto document = Into(acte, pdf_);
      ASSERT_TRUE(document.ok()) << document.status();
      EXPECT_EQ(Undo(*document, outcome_.edits), acte);
      const std::string name = *prefix == 0 ? "Signature" : "actes:Signature";
      EXPECT_THAT(*document, HasSubstr("NomFichier><" + name + "><ds:Signature "));
      const auto report = Verify(*document, {{"acte.pdf", pdf_}});
      EXPECT_EQ(report.verdict, Verdict::kTotalPassed) << report.signatures.size();
      EXPECT_EQ(report.kind, schemas::Kind::kActe);
      EXPECT_EQ(report.signatures[0].scope, schemas::Scope::kOther);
      EXPECT_THAT(report.signatures[0].covers, ElementsAre("acte.pdf"));
      // The message itself is covered by nothing.
      EXPECT_THAT(report.not_covered, ElementsAre(*prefix == 0 ? "/Acte" : "/actes:Acte"));
    }
  }
}

TEST_F(Detached, EveryFileOfAMessageHasItsOwnSignature) {
  const std::string acte = MakeActe({.annexes = {"annexe.pdf", "plan.png"}});
  const std::string first = Into(acte, pdf_).value();
  const std::string annexe = PdfOfPages({"BT (Annexe) Tj ET"});
  const auto second = Into(first, annexe, "annexe.pdf");
  ASSERT_TRUE(second.ok()) << second.status();
  const auto report = Verify(*second, {{"acte.pdf", pdf_}, {"annexe.pdf", annexe}});
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
  ASSERT_EQ(report.signatures.size(), 2u);
  EXPECT_THAT(report.findings, Contains(Field(&schemas::Finding::rule, "ACTE_FILE_NOT_SIGNED")));
  const auto swapped = Verify(*second, {{"acte.pdf", annexe}, {"annexe.pdf", pdf_}});
  EXPECT_EQ(swapped.verdict, Verdict::kTotalFailed);
  // Only the file that is missing is unchecked.
  const auto partly = Verify(*second, {{"acte.pdf", pdf_}});
  EXPECT_EQ(partly.signatures[0].integrity, Integrity::kIntact);
  EXPECT_EQ(partly.signatures[1].integrity, Integrity::kUnchecked);
}

TEST_F(Detached, WhatCannotBeSignedIsRefused) {
  const std::string acte = MakeActe();
  const auto reason = [](const StatusOr<std::string>& out) { return ReasonOf(out.status()); };
  EXPECT_EQ(reason(Into(acte, pdf_, "autre.pdf")), Reason::kNothingToSign);
  EXPECT_EQ(reason(Into(Into(acte, pdf_).value(), pdf_)), Reason::kAlreadySigned);
  EXPECT_EQ(reason(Into("<a/>", pdf_)), Reason::kDocumentNotSupported);
  EXPECT_EQ(reason(Into("<!DOCTYPE a><a/>", pdf_)), Reason::kDoctypeRefused);
  EXPECT_EQ(reason(Into(MakeActe({.annexes = {"ACTE.pdf"}}), pdf_)), Reason::kRuleBroken);
  EXPECT_EQ(reason(Into(MakeActe({.annexes_stated = 3}), pdf_)), Reason::kRuleBroken);
  EXPECT_EQ(reason(Into(acte, "PK\x03\x04 zip")), Reason::kRuleBroken);
  EXPECT_EQ(reason(Into(acte, "\xFF\xD8\xFF jpeg")), Reason::kRuleBroken);
  EXPECT_EQ(reason(Into(acte, "%PDF-1.7 nothing")), Reason::kRuleBroken);
  EXPECT_EQ(reason(Alone(pdf_, "../acte.pdf")), Reason::kUsage);
  const auto task = signer::DetachedTask::Of(File(pdf_), "acte.pdf");
  EXPECT_EQ(ReasonOf(task->Prepare(signing_.Parameters("budget-act")).status()),
            Reason::kDocumentNotSupported);
  EXPECT_EQ(ReasonOf(signing_.Sign(acte, signing_.Parameters("detached")).status()),
            Reason::kDocumentUnknown);
}

TEST_F(Detached, ASignatureCarriedToAnotherFileOrPlaceDoesNotPass) {
  const std::string acte = MakeActe({.annexes = {"annexe.pdf"}});
  const std::string document = Into(acte, pdf_).value();
  const size_t begin = document.find("<actes:Signature>");
  const size_t end = document.find("</actes:Signature>") + 18;
  const std::string signature = document.substr(begin, end - begin);
  const std::string name = "annexe.pdf</actes:NomFichier>";
  // Under the annexe's name: the annexe is what is compared.
  std::string moved = acte;
  moved.insert(moved.find(name) + name.size(), signature);
  const std::string annexe = PdfOfPages({"BT (Annexe) Tj ET"});
  const auto carried = Verify(moved, {{"acte.pdf", pdf_}, {"annexe.pdf", annexe}});
  EXPECT_EQ(carried.verdict, Verdict::kTotalFailed);
  EXPECT_EQ(carried.signatures[0].of, "annexe.pdf");
  EXPECT_THAT(carried.signatures[0].reasons, HasReason("CONTENT_NAME_DIFFERS"));
  // Anywhere else in the message it is of no file.
  for (const char* place : {"</actes:Acte>", "</actes:Annexes>", "<actes:NomFichier>"}) {
    std::string elsewhere = acte;
    elsewhere.insert(elsewhere.find(place), signature.substr(17, signature.size() - 35));
    const auto report = Verify(elsewhere, {{"acte.pdf", pdf_}});
    EXPECT_EQ(report.verdict, Verdict::kTotalFailed) << place;
    EXPECT_THAT(report.signatures[0].reasons, HasReason("REFERENCE_REFUSED")) << place;
  }
  // A second name behind the signature: nobody can say which file is meant.
  std::string twice = document;
  twice.insert(twice.find("</actes:Signature>") + 18,
               "<actes:NomFichier>annexe.pdf</actes:NomFichier>");
  EXPECT_EQ(Verify(twice, {{"acte.pdf", pdf_}, {"annexe.pdf", annexe}}).verdict,
            Verdict::kTotalFailed);
}

TEST_F(Detached, P15_NoOtherFileOrAddressIsEverNamed) {
  const std::string signature = Alone(pdf_).value();
  for (const char* uri : {"file:///etc/hostname", "http://127.0.0.1:1/acte.pdf", "/acte.pdf",
                          "../acte.pdf", "d/acte.pdf", "%2e%2e%2facte.pdf", "acte.pdf?x",
                          "acte.pdf#x", "%00acte.pdf", "..", "d%5cacte.pdf"}) {
    const auto report = Verify(
        absl::StrReplaceAll(signature, {{"URI=\"acte.pdf\"", std::string("URI=\"") + uri + "\""}}),
        {{"acte.pdf", pdf_}});
    EXPECT_EQ(report.verdict, Verdict::kTotalFailed) << uri;
    EXPECT_THAT(report.signatures[0].reasons, HasReason("REFERENCE_REFUSED")) << uri;
  }
}

}  // namespace
}  // namespace sceau::test
