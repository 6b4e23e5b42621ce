// Through the real daemon: a piece outside the signer's competence is signed for when what attests
// it travels with it, and not otherwise.

#include "tests/e2e/competence_world.h"
#include "tests/support/acte_document.h"
#include "tests/support/pdf_document.h"
#include "tests/support/pdf_signing.h"
#include "tests/support/pes_attachments.h"

namespace sceau::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// One mandat with three documents. The deputy may attest all but invoices.
class JustificationThatTravels : public CompetenceWorld {
 protected:
  JustificationThatTravels() {
    gen::PesSpec spec;
    spec.recette = 0;
    spec.pieces = 1;
    spec.attachments = 3;
    document_ = WithAttachment(Generate(spec), 0, "facture.pdf", Page("Facture"));
    document_ = WithAttachment(document_, 1, "attestation.pdf", Page("Attestation"));
    document_ = WithAttachment(document_, 2, "attestation_2.pdf", Page("Autre"));
    keys_[0] = NewRsaKey();
    keys_[1] = NewRsaKey();
    certificates_[0] = appliance_.pki().Issue(keys_[0].get());
    certificates_[1] = appliance_.pki().Issue(keys_[1].get());
  }

  static std::string Page(const std::string& text) {
    return PdfOfPages({"BT /F1 12 Tf 72 700 Td (" + text + ") Tj ET"});
  }
  void AddTown(bool acts_travel = false) {
    AddWorld(acts_travel);
    AddMandate();
    auto& delegation = std::get<policy::Delegation>(delegation_.body);
    delegation.kinds = {"attestation", "deliberation", "accuse"};
    Add({Since("certificat-papier", Bound("maire", certificates_[0])),
         Since("certificat-adjointe-2", Bound("adjointe", certificates_[1])),
         Rule("facture", false), Rule("attestation", false), Rule("deliberation", true),
         Rule("accuse", false)});
  }
  static policy::Record Rule(const std::string& kind, bool decision) {
    return KindNamed(kind, kind + "*", decision);
  }
  // Signed by the mayor (0), or by the deputy (1).
  std::string Signed(size_t who) const {
    SignedPdf pdf(kTextPage);
    pdf.Sign({.certificate = certificates_[who],
              .key = keys_[who].get(),
              .chain = {appliance_.pki().issuing()}});
    return pdf.bytes();
  }
  Status Asked(const std::string& document) {
    return client_->Prepare(card_.AsFile(document), Order({})).status();
  }
  void ExpectRefused(const std::string& document, const std::string& why) {
    const Status refused = Asked(document);
    EXPECT_EQ(ReasonOf(refused), Reason::kJustificationRequired) << refused;
    EXPECT_THAT(DetailOf(refused), HasSubstr(why));
  }
  // The same file another time: its name, and without the attachment `index`.
  static std::string Later(std::string document, size_t index) {
    size_t at = document.find("<PJ>");
    for (; index > 0; --index) at = document.find("<PJ>", at + 1);
    document.erase(at, document.find("</PJ>", at) + 5 - at);
    return WithPart(document, "_1.xml", "\"", "_2.xml\"");
  }

  EvpPkeyHandle keys_[2];
  std::string certificates_[2];
};

TEST_F(JustificationThatTravels, AnotherPieceSignedByWhoIsCompetent) {
  AddTown();
  AddDelegation();
  Start();
  ExpectRefused(document_, "PIECE_OUTSIDE");
  ExpectRefused(WithAttachment(document_, 1, "attestation.pdf", Signed(1)), "JUSTIFICATION_FAILS");
  const std::string good = WithAttachment(document_, 1, "attestation.pdf", Signed(0));
  document_ = good;
  const auto asked = Prepare(Order({}));
  ASSERT_TRUE(asked.ok()) << asked.status();
  const auto completed = client_->Complete(asked->id, Values(*asked));
  ASSERT_TRUE(completed.ok()) << completed.status();
  EXPECT_THAT(AuditLog(), HasSubstr(R"("acts":["delegation"])"));
  const auto seen = schemas::Inspect(card_.AsFile(document_));
  const auto& ids = seen->pes.bordereaux.at(0).pieces_justificatives;
  EXPECT_THAT(AuditLog(), HasSubstr(Concat(R"("justified":[")", ids[0], ": ", ids[1], "\"]")));
  // The invoice may be signed itself.
  EXPECT_TRUE(Asked(WithAttachment(document_, 0, "facture.pdf", Signed(0))).ok());
}

// What is refused is not signed, though the certificate of who attested it is ended meanwhile.
TEST_F(JustificationThatTravels, WhoIsCompetentNoMoreAttestsNothing) {
  AddTown();
  AddDelegation();
  Start();
  const std::string good = WithAttachment(document_, 1, "attestation.pdf", Signed(0));
  document_ = good;
  const auto asked = Prepare(Order({}));
  ASSERT_TRUE(asked.ok()) << asked.status();
  Revoke("certificat-papier");
  const Status refused = client_->Complete(asked->id, Values(*asked)).status();
  EXPECT_EQ(ReasonOf(refused), Reason::kJustificationRequired) << refused;
  EXPECT_THAT(AuditLog(), HasSubstr("JUSTIFICATION_REQUIRED"));
  EXPECT_THAT(AuditLog(), HasSubstr("PIECE_OUTSIDE"));
  EXPECT_THAT(AuditLog(), Not(HasSubstr("DONE")));
}

TEST_F(JustificationThatTravels, ADecisionWithTheReceiptOfTheActes) {
  AddTown();
  AddDelegation();
  Start();
  const std::string decision =
      WithAttachment(document_, 1, "deliberation.pdf", Page("Deliberation"));
  ExpectRefused(decision, "PIECE_OUTSIDE");
  const auto with = [&](const std::string& named) {
    return WithAttachment(decision, 2, "accuse.xml", MakeReceipt({.document = named}));
  };
  ExpectRefused(with("autre.pdf"), "PIECE_OUTSIDE");
  const Status given = Asked(with("deliberation.pdf"));
  EXPECT_TRUE(given.ok()) << given;
}

TEST_F(JustificationThatTravels, ADecisionThatAnEarlierFileCarried) {
  AddTown();
  AddDelegation();
  Start();
  document_ = WithAttachment(document_, 1, "deliberation.pdf", Page("Deliberation"));
  const std::string later = Later(document_, 1);
  ExpectRefused(later, "PIECE_ABSENT");
  // The mayor signs and sends it first.
  input_ = folder_.Write("flux.xml", document_);
  ASSERT_EQ(SignThere().exit_code, 0);
  const Status given = Asked(later);
  EXPECT_TRUE(given.ok()) << given;
}

// By local agreement the act travels with the first file, and later ones cite it.
TEST_F(JustificationThatTravels, TheActOfDelegationOrTheFileThatCarriedIt) {
  AddTown(/*acts_travel=*/true);
  auto& delegation = std::get<policy::Delegation>(delegation_.body);
  delegation.kinds = {"*"};
  const std::string act = Page("Arrete");
  delegation.act_sha256 = ToHex(DigestOf(DigestAlgorithm::kSha256, act));
  AddDelegation();
  Start();
  ExpectRefused(document_, "ACT_NOT_CARRIED");
  document_ = WithAttachment(document_, 1, "attestation.pdf", act);
  const std::string later = Later(document_, 1);
  ExpectRefused(later, "ACT_NOT_CARRIED");
  const auto asked = Prepare(Order({}));
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_TRUE(client_->Complete(asked->id, Values(*asked)).ok());
  const Status given = Asked(later);
  EXPECT_TRUE(given.ok()) << given;
}

TEST_F(JustificationThatTravels, ACeilingPerPieceIsHeldAgainstTheDearest) {
  AddTown();
  auto& delegation = std::get<policy::Delegation>(delegation_.body);
  delegation.kinds = {"*"};
  const auto seen = schemas::Inspect(card_.AsFile(document_));
  const int64_t dearest = *seen->pes.bordereaux.at(0).largest_piece;
  delegation.piece_ceiling = dearest;
  policy::Record lower = delegation_;
  AddDelegation();
  Start();
  const Status given = Asked(document_);
  EXPECT_TRUE(given.ok()) << given;
  Revoke("delegation");
  lower.id = "delegation-2";
  std::get<policy::Delegation>(lower.body).piece_ceiling = dearest - 1;
  Add({lower});
  const Status refused = Asked(document_);
  EXPECT_EQ(ReasonOf(refused), Reason::kCompetenceDenied) << refused;
  EXPECT_THAT(DetailOf(refused), HasSubstr("PIECE_CEILING"));
}

}  // namespace
}  // namespace sceau::test
