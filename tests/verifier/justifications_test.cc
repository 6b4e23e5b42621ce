// What travels with a PES to attest a piece that its signer is not competent for: found where it is
// whole, and nowhere else.
#include "verifier/justifications.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "schemas/competence_facts.h"
#include "schemas/inspection.h"
#include "tests/support/acte_document.h"
#include "tests/support/pdf_document.h"
#include "tests/support/pdf_signing.h"
#include "tests/support/pes_attachments.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_pki.h"
#include "tools/gen/generator.h"
#include "verifier/attachment_verification.h"

namespace sceau::verifier {
namespace {

using policy::Justification;
using By = policy::Justification::By;
using test::SignedPdf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Justifications : public testing::Test {
 protected:
  Justifications() : key_(test::NewRsaKey()) {
    pki_.WriteAuthorities(folder_.path());
    certificate_ = pki_.Issue(key_.get());
    options_.validation_time = absl::Now();
    options_.trust = *TrustAnchors::Load({folder_.path() + "/root.pem"});
    // One bordereau of one mandat that refers to three documents, and another with one of its own.
    gen::PesSpec spec;
    spec.depense = 2;
    spec.recette = 0;
    spec.pieces = 1;
    spec.attachments = 4;
    pes_ = *gen::PesText(spec);
    const auto& bordereaux = Inspected(pes_).pes.bordereaux;
    ids_ = bordereaux[0].pieces_justificatives;
    const auto& others = bordereaux[1].pieces_justificatives;
    together_ = ids_.size();
    ids_.insert(ids_.end(), others.begin(), others.end());
  }

  InputFile File(const std::string& text) const {
    OutputFile file = OutputFile::Unnamed(folder_.path());
    EXPECT_TRUE(file.Append(text).ok());
    return *file.Reread();
  }
  schemas::Inspection Inspected(const std::string& text) const {
    auto it = schemas::Inspect(File(text));
    EXPECT_TRUE(it.ok()) << it.status();
    return *std::move(it);
  }
  SignedPdf Signed() const {
    SignedPdf pdf(test::kTextPage);
    pdf.Sign({.certificate = certificate_, .key = key_.get(), .chain = {pki_.issuing()}});
    return pdf;
  }
  policy::DocumentFacts Facts(const std::string& text) const {
    const InputFile file = File(text);
    const schemas::Inspection it = Inspected(text);
    policy::DocumentFacts facts =
        schemas::CompetenceFactsOf(schemas::Kind::kPesAller, it.pes, nullptr);
    FileReport report;
    EXPECT_TRUE(VerifyAttachments(file, options_, report).ok());
    EXPECT_TRUE(AddJustifications(file, it.pes, report.attachments, sent_.get(), facts).ok());
    return facts;
  }
  // "PJ1<PJ2": PJ2 stands for PJ1, in the way that is asked.
  std::vector<std::string> Found(const std::string& text, By by) const {
    std::vector<std::string> found;
    for (const Justification& it : Facts(text).justifications) {
      if (it.by == by) found.push_back(Concat(it.piece, "<", it.carrier));
    }
    return found;
  }
  std::string For(size_t piece, size_t carrier) const {
    return Concat(ids_[piece], "<", ids_[carrier]);
  }
  // Without its attachments.
  std::string Referring() const { return test::WithPart(pes_, "<PES_PJ>", "</PES_PJ>", ""); }
  void Send(const schemas::SentDocument& document, const std::string& siret = "") {
    sent_ = *schemas::FileSentRegister::Open(folder_.path() + "/state");
    const std::string own = Inspected(pes_).pes.collectivite.id_coll;
    ASSERT_TRUE(
        sent_->Add({siret.empty() ? own : siret, "PES_1.xml", {document}}, "00aa", at_).ok());
  }

  const absl::Time at_ = absl::FromUnixSeconds(1767225600);  // 2026-01-01
  test::TemporaryFolder folder_;
  test::TestPki pki_;
  EvpPkeyHandle key_;
  std::string certificate_, pes_;
  std::vector<std::string> ids_;  // the first `together_` are of one mandat
  size_t together_ = 0;
  VerifyOptions options_;
  std::shared_ptr<schemas::SentRegister> sent_;
};

TEST_F(Justifications, ASignedDocumentStandsForItselfAndForThoseOfItsMandat) {
  ASSERT_EQ(together_, 2u);
  ASSERT_EQ(ids_.size(), 4u);
  const std::string text = test::WithAttachment(pes_, 0, "attestation.pdf", Signed().bytes());
  const schemas::Inspection it = Inspected(text);
  ASSERT_EQ(it.pes.pieces_justificatives[0].id, ids_[0]);
  EXPECT_THAT(Found(text, By::kSignedPiece), UnorderedElementsAre(For(0, 0), For(1, 0)));
  for (const Justification& found : Facts(text).justifications) {
    ASSERT_TRUE(found.signer);
    EXPECT_EQ(found.signer->key_sha256, xades::Certificate::FromDer(certificate_)->KeySha256());
  }
  EXPECT_THAT(Found(pes_, By::kSignedPiece), IsEmpty());
}

TEST_F(Justifications, ASignatureThatIsNotWholeOrNotTrustedStandsForNothing) {
  SignedPdf changed = Signed();
  changed.Update(SignedPdf::kPageContent, "<< /Length 0 >>\nstream\n\nendstream");
  EXPECT_THAT(Found(test::WithAttachment(pes_, 0, "a.pdf", changed.bytes()), By::kSignedPiece),
              IsEmpty());
  const std::string text = test::WithAttachment(pes_, 0, "a.pdf", Signed().bytes());
  options_.trust = TrustAnchors::None();
  EXPECT_THAT(Found(text, By::kSignedPiece), IsEmpty());
}

TEST_F(Justifications, AReportOnOtherBytesDoesNotCount) {
  const std::string text = test::WithAttachment(pes_, 0, "a.pdf", Signed().bytes());
  FileReport report;
  ASSERT_TRUE(VerifyAttachments(File(text), options_, report).ok());
  ASSERT_EQ(report.attachments.size(), 1u);
  policy::DocumentFacts facts;
  const schemas::Inspection other = Inspected(pes_);
  ASSERT_TRUE(AddJustifications(File(pes_), other.pes, report.attachments, nullptr, facts).ok());
  EXPECT_THAT(facts.justifications, IsEmpty());
}

TEST_F(Justifications, ADecisionStandsWithTheReceiptThatNamesIt) {
  std::string text = test::WithAttachment(pes_, 1, "deliberation.pdf",
                                          test::PdfOfPages({std::string(test::kTextPage)}));
  EXPECT_THAT(Found(text, By::kDecision), IsEmpty());
  // Wherever the receipt is in the file.
  const auto with = [&](const std::string& receipt) {
    return test::WithAttachment(text, 3, "ar.xml", receipt);
  };
  const std::string good = with(test::MakeReceipt({.document = "deliberation.pdf"}));
  EXPECT_THAT(Found(good, By::kDecision), ElementsAre(For(0, 1)));
  const auto facts = Facts(good);
  EXPECT_TRUE(facts.justifications[0].transmitted);
  EXPECT_EQ(facts.justifications[0].received.size(), 10u);
  EXPECT_THAT(Found(with(test::MakeReceipt({.document = "autre.pdf"})), By::kDecision), IsEmpty());
  EXPECT_THAT(Found(with(test::MakeAnomaly({.document = "deliberation.pdf"})), By::kDecision),
              IsEmpty());
  EXPECT_THAT(Found(with(test::MakeActe({.document = "deliberation.pdf"})), By::kDecision),
              IsEmpty());
  // Which of two of the name was received?
  EXPECT_THAT(Found(test::WithAttachment(good, 0, "deliberation.pdf",
                                         test::PdfOfPages({std::string(test::kTextPage)})),
                    By::kDecision),
              IsEmpty());
}

TEST_F(Justifications, WhatWasAttestedEarlierStandsForItselfAndForThoseOfItsMandat) {
  Send({.id = ids_[0],
        .name = "deliberation.pdf",
        .type = "003",
        .sha256 = "00cc",
        .attested = true});
  EXPECT_THAT(Found(Referring(), By::kSentEarlier), UnorderedElementsAre(For(0, 0), For(1, 0)));
  const auto facts = Facts(Referring());
  for (const Justification& it : facts.justifications) {
    EXPECT_EQ(it.sent_in, "PES_1.xml");
    EXPECT_EQ(it.sent_at, at_);
    ASSERT_TRUE(it.earlier);
    EXPECT_EQ(it.earlier->name, "deliberation.pdf");
  }
  // An act of delegation that an earlier file carried.
  EXPECT_THAT(facts.acts, ElementsAre("00cc"));
  // One that is in the file again is not the one of then.
  EXPECT_THAT(Found(pes_, By::kSentEarlier), IsEmpty());
}

TEST_F(Justifications, WhatNobodyAttestedThenStandsForNothing) {
  Send({.id = ids_[0], .name = "deliberation.pdf", .sha256 = "00cc"});
  EXPECT_THAT(Facts(Referring()).justifications, IsEmpty());
  EXPECT_THAT(Facts(Referring()).acts, ElementsAre("00cc"));
}

TEST_F(Justifications, WhatAnotherCollectiviteSentIsNotKnown) {
  Send({.id = ids_[0], .name = "deliberation.pdf", .sha256 = "00cc", .attested = true},
       "99999999999999");
  EXPECT_THAT(Facts(Referring()).justifications, IsEmpty());
  EXPECT_THAT(Facts(Referring()).acts, IsEmpty());
}

}  // namespace
}  // namespace sceau::verifier
