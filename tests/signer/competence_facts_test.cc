// What the register of competences is asked about a document, from generated files.
#include "signer/competence_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/competence_facts.h"
#include "schemas/inspection.h"
#include "schemas/seal_file.h"
#include "tests/signer/signing_support.h"
#include "tests/support/budget_document.h"

namespace sceau::test {
namespace {

using signer::Selection;
using testing::Each;
using testing::Field;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class CompetenceFacts : public testing::Test {
 protected:
  signer::Prepared Prepared(const std::string& document, const signer::SignatureParameters& how) {
    auto prepared = signer::Prepare(signing_.AsFile(document), how);
    EXPECT_TRUE(prepared.ok()) << prepared.status();
    return prepared.ok() ? *std::move(prepared) : signer::Prepared();
  }
  std::vector<std::string> ElementsOf(const std::string& document, const Selection& selection) {
    signer::SignatureParameters parameters = signing_.Parameters();
    parameters.selection = selection;
    std::vector<std::string> names;
    for (const policy::Element& it : signer::CompetenceElementsOf(Prepared(document, parameters))) {
      names.push_back(it.bordereau);
    }
    return names;
  }

  Signing signing_;
};

TEST_F(CompetenceFacts, OfAPesAreItsBudgetItsBordereauxAndItsPieces) {
  gen::PesSpec spec;
  spec.depense = 2;
  spec.recette = 1;
  spec.attachments = 3;
  const signer::Prepared prepared = Prepared(Generate(spec), signing_.Parameters());
  const policy::DocumentFacts facts = signer::CompetenceFactsOf(prepared);
  EXPECT_EQ(facts.matter, "");
  EXPECT_EQ(facts.destination, policy::Destination::kAccountant);
  EXPECT_EQ(facts.siret, prepared.facts.collectivite.id_coll);
  EXPECT_THAT(facts.siret, Not(IsEmpty()));
  EXPECT_EQ(facts.cod_bud, prepared.facts.collectivite.cod_bud);
  ASSERT_THAT(facts.bordereaux, SizeIs(3));
  EXPECT_EQ(facts.bordereaux[0].matter, policy::kDepense);
  EXPECT_EQ(facts.bordereaux[2].matter, policy::kRecette);
  size_t referred = 0;
  for (const policy::BordereauFacts& it : facts.bordereaux) {
    referred += it.pieces_justificatives.size();
    EXPECT_TRUE(it.amount.has_value()) << it.name;
    ASSERT_TRUE(it.largest_piece.has_value()) << it.name;
    EXPECT_GT(*it.largest_piece, 0);
    EXPECT_LE(*it.largest_piece, *it.amount);
    EXPECT_THAT(it.type, Not(IsEmpty()));
  }
  EXPECT_EQ(referred, 3);
  ASSERT_THAT(facts.pieces, SizeIs(3));
  EXPECT_THAT(facts.pieces, Each(Field(&policy::PieceFacts::name, Not(IsEmpty()))));
  EXPECT_THAT(facts.justifications, IsEmpty());
}

TEST_F(CompetenceFacts, ElementsAreTheBordereauxSelectedOrTheWhole) {
  gen::PesSpec spec;
  spec.depense = 2;
  spec.recette = 1;
  const std::string document = Generate(spec);
  using Names = std::vector<std::string>;
  EXPECT_EQ(ElementsOf(document, {Selection::What::kAll, {}}),
            (Names{"BORDD0001", "BORDD0002", "BORDR0001"}));
  EXPECT_EQ(ElementsOf(document, {Selection::What::kListed, {"BORDD0002"}}), Names{"BORDD0002"});
  EXPECT_EQ(ElementsOf(document, {Selection::What::kWhole, {}}), Names{""});
}

TEST_F(CompetenceFacts, SumsAreInCentsAndOneThatIsNoSumIsUnknown) {
  signer::Prepared prepared = Prepared(Generate({}), signing_.Parameters());
  const std::pair<const char*, std::optional<int64_t>> sums[] = {
      {"12", 1200}, {"12.5", 1250}, {"0.07", 7}, {"-3.10", -310},
      {"", {}},     {"1.234", {}},  {"1e3", {}}, {"1 000", {}},
      {"+1", {}},   {"1,50", {}},   {"-", {}},   {"1000000000000000000", {}},
  };
  for (const auto& [text, cents] : sums) {
    prepared.facts.bordereaux[0].amount_ht = text;
    EXPECT_EQ(signer::CompetenceFactsOf(prepared).bordereaux[0].amount, cents) << text;
  }
}

// Two pieces of two lines each.
TEST_F(CompetenceFacts, TheLargestPieceIsTheSumOfItsLinesWhateverItsSign) {
  gen::PesSpec spec;
  spec.recette = 0;
  spec.pieces = 2;
  const std::string text = Generate(spec);
  const auto largest = [&](const std::vector<std::string>& sums) {
    std::string changed = text;
    size_t at = 0;
    for (const std::string& sum : sums) {
      at = changed.find("<MtHT V=", at);
      const size_t end = changed.find("/>", at) + 2;
      const std::string by = sum.empty() ? "<Other/>" : "<MtHT V=\"" + sum + "\"/>";
      changed.replace(at, end - at, by);
      at += by.size();
    }
    const auto seen = schemas::Inspect(signing_.AsFile(changed));
    EXPECT_TRUE(seen.ok()) << seen.status();
    return schemas::CompetenceFactsOf(seen->kind, seen->pes, nullptr).bordereaux[0].largest_piece;
  };
  using Cents = std::optional<int64_t>;
  EXPECT_EQ(largest({"10.00", "5.5", "1", "2.07"}), Cents(1550));
  EXPECT_EQ(largest({"1", "2.07", "10.00", "5.5"}), Cents(1550));
  EXPECT_EQ(largest({"1", "2", "-10.00", "-5.5"}), Cents(1550));
  // One that is not known may be the dearest.
  EXPECT_EQ(largest({"10.00", "5.5", "1", ""}), std::nullopt);
  EXPECT_EQ(largest({"", "", "1", "2"}), std::nullopt);
  EXPECT_EQ(largest({"10.00", "5,5", "1", "2"}), std::nullopt);
  EXPECT_EQ(largest({"999999999999999", "1", "1", "2"}), Cents(100'000'000'000'000'000));
}

TEST_F(CompetenceFacts, OfABudgetActAreItsMatterAndItsOneBudget) {
  OutputFile sealed = OutputFile::Unnamed(signing_.folder().path());
  ASSERT_TRUE(schemas::WriteSeal(signing_.AsFile(MakeBudgetAct({})), kSigningTime, sealed).ok());
  const InputFile written = *sealed.Reread();
  signer::SignatureParameters parameters = signing_.Parameters("budget-act");
  parameters.selection.what = Selection::What::kWhole;
  signer::Prepared prepared =
      Prepared(*written.Slice(0, static_cast<size_t>(written.size())), parameters);
  const policy::DocumentFacts facts = signer::CompetenceFactsOf(prepared);
  EXPECT_EQ(facts.matter, policy::kBudgetAct);
  EXPECT_EQ(facts.destination, policy::Destination::kPrefecture);
  ASSERT_TRUE(prepared.budget.has_value());
  EXPECT_EQ(facts.siret, prepared.budget->budgets.front().siret);
  EXPECT_THAT(facts.siret, Not(IsEmpty()));
  // Of two budgets it is the act of neither.
  prepared.budget->budgets.push_back(prepared.budget->budgets.front());
  EXPECT_EQ(signer::CompetenceFactsOf(prepared).siret, "");
}

}  // namespace
}  // namespace sceau::test
