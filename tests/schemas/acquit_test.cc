// The accountant's acknowledgement: read, matched to the file, and the new file made of it.
#include "schemas/acquit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "schemas/pes_reader.h"
#include "schemas/without.h"
#include "tests/schemas/documents.h"
#include "tests/support/shared_folder.h"
#include "tools/gen/acquit.h"

namespace sceau::schemas {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

gen::PesSpec Spec() {
  gen::PesSpec spec;
  spec.depense = 3;
  spec.recette = 2;
  spec.attachments = 15;  // one for each piece, in the order of the pieces
  spec.dematerialisee = gen::Dematerialisee::kNo;
  return spec;
}

Acquit Answer(const gen::PesSpec& spec, std::initializer_list<std::string_view> refusals) {
  gen::AcquitSpec answer;
  for (const std::string_view it : refusals) EXPECT_TRUE(gen::AddRefusal(it, answer).ok()) << it;
  const auto text = gen::AcquitText(spec, answer);
  EXPECT_TRUE(text.ok()) << text.status();
  auto acquit = ReadAcquit(AsFile(*text));
  EXPECT_TRUE(acquit.ok()) << acquit.status();
  return *std::move(acquit);
}

PesParts PartsOf(const std::string& text) {
  auto parts = ReadPesParts(AsFile(text));
  EXPECT_TRUE(parts.ok()) << parts.status();
  return *std::move(parts);
}

TEST(AcquitTest, SaysWhatWasRefusedAndWhy) {
  const Acquit acquit = Answer(Spec(), {"D2/3", "R1", "PJ4"});
  EXPECT_THAT(acquit.file_name, HasSubstr("PESALR2_"));
  EXPECT_EQ(acquit.elements.size(), 20u);
  std::vector<std::string> refused;
  for (const AcquitElement& it : acquit.elements) {
    if (it.accepted) continue;
    refused.push_back(Concat(AcquitDomainName(it), " ", it.pieces.size(), " ", it.errors.size()));
    for (const AcquitPiece& piece : it.pieces) {
      ASSERT_EQ(piece.errors.size(), 1u);
      EXPECT_EQ(piece.errors[0].code, "ERREUR_AUTRE");
      EXPECT_EQ(piece.errors[0].text, "1971 - Compte fonction présent à tort");
      EXPECT_EQ(piece.errors[0].line, "1");
    }
  }
  EXPECT_THAT(refused, ElementsAre("PJ 0 1", "DEPENSE 1 0", "RECETTE 0 1"));
}

TEST(AcquitTest, IsMatchedPieceByPiece) {
  const gen::PesSpec spec = Spec();
  const Acquit acquit = Answer(spec, {"D2/3", "R1", "PJ4"});
  const auto match = MatchAcquit(acquit, SentFileOf(PartsOf(Generate(spec))));
  ASSERT_TRUE(match.ok()) << match.status();
  std::string said;
  for (const BordereauAnswer& it : match->bordereaux) {
    for (const PieceAnswer& piece : it.pieces) said += NameOf(piece.answer).substr(0, 1);
    said += " ";
  }
  // Of a bordereau with a refused piece the others are neither.
  EXPECT_EQ(said, "AAA UUR AAA RRR AAA ");
  EXPECT_EQ(std::count(match->ids.begin(), match->ids.end(), Answer::kRefused), 1);
  EXPECT_EQ(match->ids[3], Answer::kRefused);
  EXPECT_THAT(match->strangers, IsEmpty());
}

TEST(AcquitTest, OfAnotherFileIsRefused) {
  const gen::PesSpec spec = Spec();
  const SentFile sent = SentFileOf(PartsOf(Generate(spec)));
  const Acquit acquit = Answer(spec, {});
  for (std::string Collectivite::*part : {&Collectivite::id_post, &Collectivite::id_coll,
                                          &Collectivite::cod_col, &Collectivite::cod_bud}) {
    Acquit other = acquit;
    other.collectivite.*part += "9";
    EXPECT_EQ(ReasonOf(MatchAcquit(other, sent).status()), Reason::kAcquitMismatch);
  }
  Acquit other = acquit;
  other.file_name += "x";
  EXPECT_EQ(ReasonOf(MatchAcquit(other, sent).status()), Reason::kAcquitMismatch);
  EXPECT_EQ(ReasonOf(ReadAcquit(AsFile(Generate(spec))).status()), Reason::kDocumentUnknown);
}

TEST(AcquitTest, WhatTheFileLacksIsSaid) {
  const gen::PesSpec spec = Spec();
  Acquit acquit = Answer(spec, {"D2/3"});
  for (AcquitElement& it : acquit.elements) {
    if (!it.pieces.empty()) it.pieces[0].number = "999999";
  }
  acquit.elements.front().id_unique = "NOWHERE";
  const auto match = MatchAcquit(acquit, SentFileOf(PartsOf(Generate(spec))));
  ASSERT_TRUE(match.ok()) << match.status();
  EXPECT_THAT(match->strangers, ElementsAre("PJ:NOWHERE", "BORDD0002/999999"));
}

TEST(AcquitTest, RealOnesAreRead) {
  SCEAU_REQUIRE_SHARED("samples/pes");
  const auto open = [](const std::string& name) {
    return *InputFile::Open(test::SharedFolder() + "/samples/pes/" + name, 1 << 20);
  };
  const auto good = ReadAcquit(open("acquit-1.xml"));
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_EQ(good->elements.size(), 5u);
  EXPECT_TRUE(std::all_of(good->elements.begin(), good->elements.end(),
                          [](const AcquitElement& it) { return it.accepted; }));
  const auto bad = ReadAcquit(open("acquit-ko-mixed.xml"));
  ASSERT_TRUE(bad.ok()) << bad.status();
  ASSERT_EQ(bad->elements.size(), 4u);
  EXPECT_TRUE(bad->elements[0].accepted);
  EXPECT_EQ(bad->elements[1].number, "5");
  ASSERT_EQ(bad->elements[1].pieces.size(), 2u);
  EXPECT_EQ(bad->elements[1].pieces[0].number, "20");
  ASSERT_EQ(bad->elements[1].pieces[0].errors.size(), 3u);
  EXPECT_EQ(bad->elements[1].pieces[0].errors[2].line, "3");
  EXPECT_EQ(AcquitDomainName(bad->elements[2]), "RECETTE");
  EXPECT_EQ(bad->elements[3].id_unique, "TI00064567");
  EXPECT_EQ(bad->elements[3].errors[0].code, "ERREUR_DOUBLON_PJ");
}

class WithoutTest : public testing::Test {
 protected:
  // The new file, or the refusal.
  StatusOr<std::string> Make(const std::string& text, const WithoutOptions& options) {
    OutputFile output = OutputFile::Unnamed();
    SCEAU_ASSIGN_OR_RETURN(done_, WriteWithout(AsFile(text), options, output));
    SCEAU_ASSIGN_OR_RETURN(const InputFile written, output.Reread());
    return written.Slice(0, static_cast<size_t>(written.size()));
  }
  std::vector<std::string> Documents() const {
    std::vector<std::string> out;
    for (const Without::Document& it : done_.documents) {
      out.push_back(Concat(it.id, " ", NameOf(it.why), it.still_referenced ? " referenced" : ""));
    }
    return out;
  }
  Without done_;
};

TEST_F(WithoutTest, ARefusedPieceGoesWithItsDocumentAndTheRestStaysByteForByte) {
  const gen::PesSpec spec = Spec();
  const std::string text = Generate(spec);
  const Acquit acquit = Answer(spec, {"D2/3"});
  const auto made = Make(text, {.acquit = &acquit});
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_EQ(done_.pieces.size(), 1u);
  EXPECT_EQ(done_.pieces[0].bordereau, "BORDD0002");
  EXPECT_EQ(done_.pieces[0].why, Why::kRefused);
  EXPECT_EQ(done_.pieces[0].errors[0].code, "ERREUR_AUTRE");
  EXPECT_THAT(done_.bordereaux, IsEmpty());
  EXPECT_THAT(Documents(), ElementsAre("PJ2024S1N0000006 UNUSED"));
  EXPECT_THAT(done_.cumulative_after, ElementsAre("BORDD0003"));
  const Check check = CheckText(*made, CatalogOf(""));
  EXPECT_THAT(Said(check), IsEmpty());
  EXPECT_EQ(check.inspection.pes.bordereaux[1].pieces, 2);
  EXPECT_EQ(check.inspection.pes.pieces_justificatives.size(), 14u);
  // What differs from the input is what is told, and no other line.
  EXPECT_THAT(*made, HasSubstr(done_.file_name));
  std::vector<std::string> elements;
  for (const Without::Mended& it : done_.mended) elements.push_back(it.element);
  EXPECT_EQ(elements.front(), "NbrPce");
  EXPECT_EQ(done_.mended.front().to, "2");
  EXPECT_EQ(elements.back(), "MtCumulAnnuel");
  const PesParts before = PartsOf(text), after = PartsOf(*made);
  for (const size_t b : {0, 2, 3, 4}) {
    const xml::ByteRange& x = before.bordereaux[b].bytes;
    const xml::ByteRange& y = after.bordereaux[b].bytes;
    EXPECT_EQ(text.substr(static_cast<size_t>(x.offset), static_cast<size_t>(x.length)),
              made->substr(static_cast<size_t>(y.offset), static_cast<size_t>(y.length)));
  }
}

TEST_F(WithoutTest, ARefusedBordereauGoesWhole) {
  const gen::PesSpec spec = Spec();
  const Acquit acquit = Answer(spec, {"D2", "R1", "R2"});
  const auto made = Make(Generate(spec), {.acquit = &acquit});
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(done_.bordereaux, ElementsAre("BORDD0002", "BORDR0001", "BORDR0002"));
  EXPECT_THAT(done_.mended, IsEmpty());
  EXPECT_THAT(*made, Not(HasSubstr("PES_RecetteAller")));  // nothing of the domain is left
  const Check check = CheckText(*made, CatalogOf(""));
  EXPECT_THAT(Said(check), IsEmpty());
  EXPECT_EQ(check.inspection.pes.bordereaux.size(), 2u);
}

TEST_F(WithoutTest, WhatWasTakenInGoesOnDemand) {
  const gen::PesSpec spec = Spec();
  const Acquit acquit = Answer(spec, {"D2/1"});
  const auto all = Make(Generate(spec), {.acquit = &acquit});
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_THAT(done_.bordereaux, IsEmpty());
  const auto rest = Make(Generate(spec), {.acquit = &acquit, .omit_accepted = true});
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(done_.bordereaux.size(), 4u);
  const Check check = CheckText(*rest, CatalogOf(""));
  EXPECT_TRUE(check.passed());
  ASSERT_EQ(check.inspection.pes.bordereaux.size(), 1u);
  EXPECT_EQ(check.inspection.pes.bordereaux[0].pieces, 2);
  // The documents of the pieces that stay were taken in: the references to them lead to an earlier
  // file, which is no error.
  EXPECT_THAT(*rest, Not(HasSubstr("<PES_PJ>")));
}

TEST_F(WithoutTest, PiecesAreNamedByHand) {
  const std::string text = Generate(Spec());
  const PesParts parts = PartsOf(text);
  const std::string number = parts.bordereaux[0].pieces[1].number;
  for (const std::string& bordereau : {parts.facts.bordereaux[0].Ref(), std::string("BORDD0001")}) {
    const auto made = Make(text, {.pieces = {Concat(bordereau, "/", number)}});
    ASSERT_TRUE(made.ok()) << made.status();
    ASSERT_EQ(done_.pieces.size(), 1u);
    EXPECT_EQ(done_.pieces[0].number, number);
    EXPECT_EQ(done_.pieces[0].why, Why::kAsked);
    EXPECT_TRUE(CheckText(*made, CatalogOf("")).passed());
  }
  const auto refused = [&](const std::string& piece) {
    return ReasonOf(Make(text, {.pieces = {piece}}).status());
  };
  EXPECT_EQ(refused("BORDD0001/999999"), Reason::kPieceNotFound);
  EXPECT_EQ(refused(Concat("NOWHERE/", number)), Reason::kPieceNotFound);
  EXPECT_EQ(refused(number), Reason::kUsage);
}

TEST_F(WithoutTest, ADocumentThatAnotherPieceUsesStays) {
  // Both pieces refer to the first document.
  std::string text = Generate(Spec());
  text = Replaced(text, "PJ2024S1N0000002", "PJ2024S1N0000001");
  const std::string number = PartsOf(text).bordereaux[0].pieces[0].number;
  const auto made = Make(text, {.pieces = {Concat("BORDD0001/", number)}});
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(Documents(), IsEmpty());
}

TEST_F(WithoutTest, ARefusedDocumentIsSaidToBeReferredToStill) {
  const gen::PesSpec spec = Spec();
  const Acquit acquit = Answer(spec, {"PJ4"});
  const auto made = Make(Generate(spec), {.acquit = &acquit});
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(Documents(), ElementsAre("PJ2024S1N0000004 REFUSED referenced"));
  EXPECT_EQ(done_.documents[0].errors[0].code, "ERREUR_DOUBLON_PJ");
}

TEST_F(WithoutTest, AmountsAreMendedToTheCentime) {
  gen::PesSpec spec = Spec();
  spec.seed = 11;
  const std::string text = Generate(spec);
  const PesParts before = PartsOf(text);
  const PiecePart& gone = before.bordereaux[1].pieces[0];
  const auto made = Make(text, {.pieces = {Concat("BORDD0002/", gone.number)}});
  ASSERT_TRUE(made.ok()) << made.status();
  const BordereauPart& was = before.bordereaux[1];
  const PesParts after = PartsOf(*made);
  const BordereauPart& is = after.bordereaux[1];
  EXPECT_EQ(*Centimes(is.amount_ht.value), *Centimes(was.amount_ht.value) - *gone.ht);
  EXPECT_EQ(*Centimes(is.mt_cumul_annuel.value), *Centimes(was.mt_cumul_annuel.value) - *gone.ht);
  if (was.amount_tva.present()) {
    EXPECT_EQ(*Centimes(is.amount_tva.value), *Centimes(was.amount_tva.value) - *gone.tva);
  }
}

TEST_F(WithoutTest, TheNameIsNew) {
  const gen::PesSpec spec = Spec();
  const std::string text = Generate(spec);
  const std::string number = PartsOf(text).bordereaux[0].pieces[0].number;
  const std::string piece = Concat("BORDD0001/", number);
  const auto once = Make(text, {.pieces = {piece}});
  ASSERT_TRUE(once.ok());
  EXPECT_TRUE(done_.file_name.ends_with("_1-R1.xml")) << done_.file_name;
  const std::string second = Concat("BORDD0001/", PartsOf(text).bordereaux[0].pieces[1].number);
  ASSERT_TRUE(Make(*once, {.pieces = {second}}).ok());
  EXPECT_TRUE(done_.file_name.ends_with("_1-R2.xml")) << done_.file_name;
  const auto named = Make(text, {.pieces = {piece}, .file_name = "été & 'hiver'.xml"});
  ASSERT_TRUE(named.ok()) << named.status();
  EXPECT_EQ(PartsOf(*named).file_name.value, "été & 'hiver'.xml");
  EXPECT_EQ(ReasonOf(Make(text, {.pieces = {piece}, .file_name = "a/b"}).status()), Reason::kUsage);
}

TEST_F(WithoutTest, NothingToLeaveOutAndNothingLeftAreRefused) {
  const gen::PesSpec spec = Spec();
  const Acquit good = Answer(spec, {});
  EXPECT_EQ(ReasonOf(Make(Generate(spec), {.acquit = &good}).status()), Reason::kNothingToLeaveOut);
  EXPECT_EQ(ReasonOf(Make(Generate(spec), {.acquit = &good, .omit_accepted = true}).status()),
            Reason::kNothingLeft);
  const Acquit bad = Answer(spec, {"D1", "D2", "D3", "R1", "R2"});
  EXPECT_EQ(ReasonOf(Make(Generate(spec), {.acquit = &bad}).status()), Reason::kNothingLeft);
}

TEST_F(WithoutTest, EveryLayoutStaysWellFormed) {
  for (const gen::LineEnd end : {gen::LineEnd::kLf, gen::LineEnd::kCrlf, gen::LineEnd::kNone}) {
    gen::PesSpec spec = Spec();
    spec.layout.line_end = end;
    spec.layout.oddities = end != gen::LineEnd::kNone;
    spec.layout.quote = gen::Quote::kSingle;
    const Acquit acquit = Answer(spec, {"D1/1", "D1/3", "R2", "PJ2"});
    const auto made = Make(Generate(spec), {.acquit = &acquit});
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_TRUE(CheckText(*made, CatalogOf("")).passed());
  }
}

}  // namespace
}  // namespace sceau::schemas
