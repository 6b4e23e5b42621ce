// What the generated files say: sums, numbers, references, attachments.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/gen/pes_document.h"

namespace sceau::gen {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

PesSpec Everything(uint64_t seed, bool oddities) {
  PesSpec spec;
  spec.seed = seed;
  spec.depense = 4;
  spec.recette = 3;
  spec.pieces = 5;
  spec.lines = 3;
  spec.attachments = 9;
  spec.attachment_size = 3000;
  spec.layout.oddities = oddities;
  return spec;
}

// The two domains spell it differently.
constexpr char kHt[] = "BlocBordereau/*[self::MtBordHT or self::MtBordHt]";

class Content : public testing::TestWithParam<std::tuple<uint64_t, bool>> {
 protected:
  Content()
      : spec_(Everything(std::get<0>(GetParam()), std::get<1>(GetParam()))),
        document_(Generate(spec_)) {}
  void SetUp() override { ASSERT_TRUE(document_.ok()); }

  PesSpec spec_;
  PesDocument document_;
};

INSTANTIATE_TEST_SUITE_P(Seeds, Content,
                         testing::Combine(testing::Values(1, 2, 3, 4, 2024), testing::Bool()));

TEST_P(Content, AmountsOfABordereauAreTheSumsOfItsLines) {
  const auto bordereaux = document_.Find("//Bordereau");
  ASSERT_THAT(bordereaux, SizeIs(7));
  for (xmlNodePtr bordereau : bordereaux) {
    const int64_t ht = document_.Sum(kHt, bordereau);
    EXPECT_EQ(ht, document_.Sum("Piece/LigneDePiece/BlocLignePiece/*/MtHT", bordereau));
    EXPECT_EQ(document_.Sum("BlocBordereau/MtBordTVA", bordereau),
              document_.Sum("Piece/LigneDePiece/BlocLignePiece/*/MtTVA", bordereau));
  }
}

TEST_P(Content, YearToDateGrowsByEachBordereau) {
  for (const char* domain : {"//PES_DepenseAller", "//PES_RecetteAller"}) {
    int64_t before = -1;
    for (xmlNodePtr bordereau : document_.Find(std::string(domain) + "/Bordereau")) {
      const int64_t now = document_.Sum("BlocBordereau/MtCumulAnnuel", bordereau);
      const int64_t ht = document_.Sum(kHt, bordereau);
      EXPECT_GT(ht, 0);
      if (before >= 0) {
        EXPECT_EQ(now, before + ht);
      }
      EXPECT_GE(now, ht);
      before = now;
    }
  }
}

TEST_P(Content, NumbersAreUniqueAndNbrPceCounts) {
  for (const char* domain : {"//PES_DepenseAller", "//PES_RecetteAller"}) {
    const auto bordereaux = document_.Values(std::string(domain) + "//IdBord");
    EXPECT_THAT(std::set<std::string>(bordereaux.begin(), bordereaux.end()),
                SizeIs(bordereaux.size()));
    const auto pieces = document_.Values(std::string(domain) + "//IdPce");
    EXPECT_THAT(std::set<std::string>(pieces.begin(), pieces.end()), SizeIs(pieces.size()));
  }
  for (xmlNodePtr bordereau : document_.Find("//Bordereau")) {
    const auto pieces = document_.Find("Piece", bordereau);
    EXPECT_THAT(document_.Values("BlocBordereau/NbrPce", bordereau),
                ElementsAre(std::to_string(pieces.size())));
    for (xmlNodePtr piece : pieces) EXPECT_THAT(document_.Find("LigneDePiece", piece), SizeIs(3));
  }
}

TEST_P(Content, EveryPjRefNamesAnAttachmentOfItsDomainAndEachIsNamedOnce) {
  std::map<std::string, std::string> type_of;
  for (xmlNodePtr pj : document_.Find("//PES_PJ/PJ")) {
    type_of[document_.Values("IdUnique", pj).at(0)] =
        document_.Values("NomPJ", pj).at(0) + document_.Values("TypePJ", pj).at(0);
  }
  ASSERT_THAT(type_of, SizeIs(9));
  const auto references = document_.Find("//PJRef");
  EXPECT_THAT(references, SizeIs(9));
  EXPECT_THAT(document_.Values("//PJRef/Support"), Each("01"));
  EXPECT_THAT(document_.Values("//PES_DepenseAller//PJRef/TypePJ"), Each("003"));
  EXPECT_THAT(document_.Values("//PES_RecetteAller//PJRef/TypePJ"), Each("002"));
  EXPECT_FALSE(document_.Find("//PES_DepenseAller//PJRef").empty());
  EXPECT_FALSE(document_.Find("//PES_RecetteAller//PJRef").empty());
  for (xmlNodePtr reference : references) {
    const std::string id = document_.Values("IdUnique", reference).at(0);
    EXPECT_EQ(type_of[id], document_.Values("NomPJ", reference).at(0) +
                               document_.Values("TypePJ", reference).at(0));
    type_of.erase(id);
  }
  EXPECT_THAT(type_of, IsEmpty());
}

TEST_P(Content, AttachmentsArePdfsOfTheAskedSize) {
  for (xmlNodePtr file : document_.Find("//PES_PJ/PJ/Contenu/Fichier")) {
    const std::string pdf = Gunzip(PesDocument::Text(file));
    EXPECT_EQ(pdf.size(), 3000u);
    EXPECT_THAT(pdf, StartsWith("%PDF-1.4\n"));
    EXPECT_TRUE(pdf.ends_with("%%EOF\n"));
    // startxref tells where the table is.
    const size_t at = pdf.rfind("startxref\n");
    ASSERT_NE(at, std::string::npos);
    EXPECT_EQ(pdf.compare(std::stoul(pdf.substr(at + 10)), 5, "xref\n"), 0);
  }
}

TEST(Generator, SameSpecificationSameBytes) {
  const std::string once = Generate(Everything(9, true));
  ASSERT_FALSE(once.empty());
  EXPECT_EQ(once, Generate(Everything(9, true)));
  EXPECT_NE(once, Generate(Everything(10, true)));
}

TEST(Generator, AttachmentSizesAreExactAroundEveryLimit) {
  for (const int64_t size : {int64_t{2048}, int64_t{2049}, int64_t{11'000}, int64_t{65'535},
                             int64_t{65'536}, int64_t{100'003}, int64_t{1'234'567}}) {
    PesSpec spec = DemoSpec();
    spec.seed = UINT64_MAX;  // the longest texts
    spec.attachment_size = size;
    const PesDocument document(Generate(spec));
    ASSERT_TRUE(document.ok());
    for (xmlNodePtr file : document.Find("//Fichier")) {
      EXPECT_EQ(static_cast<int64_t>(Gunzip(PesDocument::Text(file)).size()), size);
    }
  }
}

TEST(Generator, Base64HasOneLineOrLinesOf76) {
  PesSpec spec = DemoSpec();
  const PesDocument lines(Generate(spec));
  spec.layout.base64_single_line = true;
  const PesDocument line(Generate(spec));
  ASSERT_TRUE(lines.ok() && line.ok());
  const std::string many = PesDocument::Text(lines.Find("//Fichier").at(0));
  std::string one = PesDocument::Text(line.Find("//Fichier").at(0));
  EXPECT_EQ(one.find('\n'), std::string::npos);
  for (size_t at = 76; at < one.size(); at += 77) one.insert(at, "\n");
  EXPECT_EQ(many, one);
}

TEST(Generator, DemoHasWhatADemonstrationShows) {
  const std::string text = Generate(DemoSpec());
  EXPECT_THAT(text, StartsWith("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n"));
  const PesDocument document(text);
  ASSERT_TRUE(document.ok());
  EXPECT_THAT(document.Find("//PES_DepenseAller/Bordereau[@Id]"), SizeIs(2));
  EXPECT_THAT(document.Find("//PES_RecetteAller/Bordereau[@Id]"), SizeIs(1));
  // One attachment in each bordereau.
  EXPECT_THAT(document.Find("//Bordereau[Piece//PJRef]"), SizeIs(3));
  EXPECT_THAT(document.Find("//PES_PJ/PJ"), SizeIs(3));
  EXPECT_THAT(document.Values("//InfoDematerialisee"), ElementsAre("1", "1"));
}

TEST(Generator, OptionsTakePartsAway) {
  PesSpec spec = DemoSpec();
  spec.recette = 0;
  spec.attachments = 0;
  spec.root_id = false;
  spec.bordereau_ids = false;
  spec.ds_prefix = false;
  spec.dematerialisee = Dematerialisee::kAbsent;
  const std::string text = Generate(spec);
  const PesDocument document(text);
  ASSERT_TRUE(document.ok());
  EXPECT_THAT(document.Find("//@Id|//PES_RecetteAller|//PES_PJ|//PJRef|//InfoDematerialisee"),
              IsEmpty());
  EXPECT_EQ(text.find("xmldsig"), std::string::npos);
  spec.dematerialisee = Dematerialisee::kNo;
  EXPECT_THAT(PesDocument(Generate(spec)).Values("//InfoDematerialisee"), ElementsAre("0"));
}

TEST(Generator, AttachmentsAloneReferToAnEarlierMandat) {
  PesSpec spec = DemoSpec();
  spec.depense = spec.recette = 0;
  const PesDocument document(Generate(spec));
  ASSERT_TRUE(document.ok());
  EXPECT_THAT(document.Find("//Bordereau|//PJRef"), IsEmpty());
  EXPECT_THAT(document.Values("//PJ/RefCompta/Domaine"), ElementsAre("01", "01", "01"));
}

TEST(Generator, RefusesWhatWouldNotBeValid) {
  const auto refused = [](auto change) {
    PesSpec spec = DemoSpec();
    change(spec);
    const auto result = WritePes(spec, [](std::string_view) { return OkStatus(); });
    return !result.ok() && ReasonOf(result.status()) == Reason::kUsage;
  };
  EXPECT_TRUE(refused([](PesSpec& spec) { spec.pieces = 0; }));
  EXPECT_TRUE(refused([](PesSpec& spec) { spec.pieces = 100'000; }));
  EXPECT_TRUE(refused([](PesSpec& spec) { spec.lines = 0; }));
  EXPECT_TRUE(refused([](PesSpec& spec) { spec.depense = -1; }));
  EXPECT_TRUE(refused([](PesSpec& spec) { spec.attachment_size = 2047; }));
  EXPECT_TRUE(refused([](PesSpec& spec) { spec.layout.byte_order_mark = true; }));
  EXPECT_TRUE(refused([](PesSpec& spec) { spec.layout.xml_declaration = false; }));
  EXPECT_TRUE(refused([](PesSpec& spec) { spec.depense = spec.recette = spec.attachments = 0; }));
  EXPECT_FALSE(refused([](PesSpec&) {}));
}

TEST(Generator, StopsAtTheFirstErrorOfTheSink) {
  PesSpec spec = DemoSpec();
  spec.attachment_size = 5 << 20;
  int calls = 0;
  const auto result = WritePes(spec, [&](std::string_view) {
    ++calls;
    return Error(Reason::kOutputUnwritable, "ENOSPC");
  });
  EXPECT_EQ(ReasonOf(result.status()), Reason::kOutputUnwritable);
  EXPECT_EQ(calls, 1);
}

TEST(Generator, HandsOverSmallPiecesWhateverTheSize) {
  PesSpec spec = DemoSpec();
  spec.attachments = 6;
  spec.attachment_size = 4 << 20;
  spec.layout.base64_single_line = true;
  size_t largest = 0;
  const auto summary = WritePes(spec, [&](std::string_view bytes) {
    largest = std::max(largest, bytes.size());
    return OkStatus();
  });
  ASSERT_TRUE(summary.ok());
  EXPECT_GT(summary->bytes, 30 << 20);
  EXPECT_LT(largest, size_t{128} << 10);
}

}  // namespace
}  // namespace sceau::gen
