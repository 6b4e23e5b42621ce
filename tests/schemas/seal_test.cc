// The TotEM seal: genuine files, libxml2's own recomputation, and every byte that may change.
#include "schemas/seal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libxml/c14n.h>
#include <libxml/parser.h>

#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/strings.h"
#include "schemas/seal_file.h"
#include "tests/support/budget_document.h"
#include "tests/support/memory_file.h"
#include "tests/support/shared_folder.h"

namespace sceau::schemas {
namespace {

using test::AsFile;
using test::BudgetSpec;
using test::MakeBudgetAct;
using test::SharedFolder;

const absl::Time kTime = absl::FromUnixSeconds(1735689600);  // 2025-01-01T00:00:00Z

Seal SealOf(const std::string& document) {
  const auto seal = ReadSeal(AsFile(document));
  EXPECT_TRUE(seal.ok()) << seal.status();
  return seal.value_or(Seal());
}

StatusOr<std::string> Sealed(const std::string& document) {
  OutputFile out = OutputFile::Unnamed();
  SCEAU_RETURN_IF_ERROR(WriteSeal(AsFile(document), kTime, out).status());
  SCEAU_ASSIGN_OR_RETURN(const InputFile written, out.Reread());
  return written.Slice(0, static_cast<size_t>(written.size()));
}

xmlNode* FindSeal(xmlNode* node) {
  for (; node != nullptr; node = node->next) {
    if (node->type == XML_ELEMENT_NODE &&
        std::string_view(reinterpret_cast<const char*>(node->name)) == "Scellement") {
      return node;
    }
    if (xmlNode* found = FindSeal(node->children)) return found;
  }
  return nullptr;
}

// The digests as libxml2 makes them from a tree.
SealDigests PeerDigests(const std::string& document) {
  xmlDoc* doc = xmlReadMemory(document.data(), static_cast<int>(document.size()), nullptr, nullptr,
                              XML_PARSE_NONET);
  EXPECT_NE(doc, nullptr);
  if (xmlNode* seal = FindSeal(xmlDocGetRootElement(doc))) {
    xmlNode* next = seal->next;
    xmlUnlinkNode(seal);
    xmlFreeNode(seal);
    if (next != nullptr && next->type == XML_TEXT_NODE && xmlIsBlankNode(next) == 1) {
      xmlUnlinkNode(next);
      xmlFreeNode(next);
    }
  }
  xmlChar* octets = nullptr;
  const int size =
      xmlC14NDocDumpMemory(doc, nullptr, XML_C14N_1_0, nullptr, /*with_comments=*/0, &octets);
  const std::string_view text(reinterpret_cast<char*>(octets), static_cast<size_t>(size));
  const auto hex = [&](DigestAlgorithm algorithm) {
    return absl::AsciiStrToUpper(ToHex(DigestOf(algorithm, text)));
  };
  const SealDigests out = {hex(DigestAlgorithm::kMd5), hex(DigestAlgorithm::kSha1)};
  xmlFree(octets);
  xmlFreeDoc(doc);
  return out;
}

struct Sample {
  const char* name;
  SealState state;
};

class Samples : public testing::TestWithParam<Sample> {};

TEST_P(Samples, SealIsJudged) {
  SCEAU_REQUIRE_SHARED("samples/budget");
  const auto file =
      InputFile::Open(SharedFolder() + "/samples/budget/" + GetParam().name, 16 << 20);
  ASSERT_TRUE(file.ok()) << file.status();
  const auto seal = ReadSeal(*file);
  ASSERT_TRUE(seal.ok()) << seal.status();
  EXPECT_EQ(seal->state, GetParam().state) << seal->stated.md5 << " " << seal->computed.md5;
}

INSTANTIATE_TEST_SUITE_P(
    Budget, Samples,
    testing::Values(Sample{"sealed-bp2022-transport.xml", SealState::kHolds},
                    Sample{"sealed-ca-2021.xml", SealState::kHolds},
                    Sample{"sealed-dm2-2021.xml", SealState::kHolds},
                    Sample{"sealed-cfu-2023.xml", SealState::kHolds},
                    Sample{"seal-mismatch-1.xml", SealState::kBroken},
                    Sample{"seal-mismatch-2.xml", SealState::kBroken}),
    [](const auto& tested) {
      return absl::StrReplaceAll(std::string(tested.param.name), {{"-", "_"}, {".", "_"}});
    });

// Every way an act may be written.
std::vector<BudgetSpec> Layouts() {
  std::vector<BudgetSpec> out;
  for (const bool latin1 : {true, false}) {
    for (const char* line_end : {"\n", "\r\n", ""}) {
      for (const char* prefix : {"", "db"}) {
        for (const char* around : {"", "<?outil a?>\n<!-- c -->"}) {
          BudgetSpec spec;
          spec.latin1 = latin1;
          spec.line_end = line_end;
          spec.prefix = prefix;
          spec.around = around;
          out.push_back(spec);
        }
      }
    }
  }
  return out;
}

class Layout : public testing::TestWithParam<size_t> {
 protected:
  const BudgetSpec spec_ = Layouts()[GetParam()];
  const std::string document_ = MakeBudgetAct(spec_);
};

TEST_P(Layout, MadeSealHoldsHereAndForLibxml2AndNothingElseChanges) {
  ASSERT_EQ(SealOf(document_).state, SealState::kAbsent);
  const auto sealed = Sealed(document_);
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  const Seal seal = SealOf(*sealed);
  EXPECT_EQ(seal.state, SealState::kHolds);
  EXPECT_EQ(seal.date, "2025-01-01T00:00:00Z");
  EXPECT_EQ(seal.stated, PeerDigests(*sealed));
  // Without what was put in, the input is back.
  std::string undone = *sealed;
  const size_t at =
      undone.find("<" + (spec_.prefix.empty() ? "" : spec_.prefix + ":") + "Scellement");
  ASSERT_NE(at, std::string::npos);
  undone.erase(at, sealed->size() - document_.size());
  EXPECT_EQ(undone, document_);
}

TEST_P(Layout, SealingAgainReplacesTheSeal) {
  const std::string sealed = Sealed(document_).value_or("");
  std::string altered = absl::StrReplaceAll(sealed, {{"COMMUNE DE TEST", "COMMUNE D'ESSAI"}});
  EXPECT_EQ(SealOf(altered).state, SealState::kBroken);
  const std::string again = Sealed(altered).value_or("");
  EXPECT_EQ(SealOf(again).state, SealState::kHolds);
  EXPECT_EQ(SealOf(again).stated, PeerDigests(again));
  EXPECT_EQ(again.size(), altered.size());
}

INSTANTIATE_TEST_SUITE_P(Budget, Layout, testing::Range<size_t>(0, Layouts().size()));

class SealTest : public testing::Test {
 protected:
  // The sealed act with `from` (which must be there) replaced.
  std::string Changed(const std::string& from, const std::string& to) {
    const std::string sealed = Sealed(MakeBudgetAct()).value_or("");
    EXPECT_NE(sealed.find(from), std::string::npos) << from;
    return absl::StrReplaceAll(sealed, {{from, to}});
  }
};

TEST_F(SealTest, BreaksWithEachChange) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"100.00", "900.00"},
           {"<Budget>", "<Budget >\n"},
           {"<VersionSchema", " <VersionSchema"},
           {"</DocumentBudgetaire>", "<?x y?></DocumentBudgetaire>"},
           {"md5=\"", "md5=\"0"},
           {"sha1=\"", "sha1=\"0"}}) {
    EXPECT_EQ(SealOf(Changed(from, to)).state, SealState::kBroken) << from;
  }
}

TEST_F(SealTest, HoldsWithWhatTheCanonicalFormDoesNotSee) {
  EXPECT_EQ(SealOf(Changed("<Budget>", "<Budget  >")).state, SealState::kHolds);
  EXPECT_EQ(SealOf(Changed("<Budget>", "<!-- c --><Budget>")).state, SealState::kHolds);
}

TEST_F(SealTest, OnlyWhiteSpaceAfterTheSealIsLeftOut) {
  EXPECT_EQ(SealOf(Changed("Z\"/>\n <EnTete", "Z\"/><EnTete")).state, SealState::kHolds);
  const std::string spaced = Changed("Z\"/>\n <EnTete", "Z\"/> \n\t \r\n <EnTete");
  EXPECT_EQ(SealOf(spaced).state, SealState::kHolds);
  for (const char* between : {"Z\"/>\n x <EnTete", "Z\"/> <!-- --> <EnTete", "Z\"/>&#160;<EnTete",
                              "Z\"/> <?p?> <EnTete"}) {
    const std::string changed = Changed("Z\"/>\n <EnTete", between);
    EXPECT_EQ(SealOf(changed).state, SealState::kBroken) << between;
    EXPECT_EQ(SealOf(changed).computed, PeerDigests(changed)) << between;
  }
}

TEST_F(SealTest, ASecondSealBreaksIt) {
  const std::string twice =
      Changed("<VersionSchema", "<Scellement md5=\"0\" sha1=\"0\" date=\"\"/><VersionSchema");
  EXPECT_EQ(SealOf(twice).state, SealState::kBroken);
  EXPECT_EQ(ReasonOf(Sealed(twice).status()), Reason::kElementMalformed);
}

TEST_F(SealTest, HoldsForTheDocumentBeforeItWasSigned) {
  const std::string sealed = Sealed(MakeBudgetAct()).value_or("");
  const std::string signature = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>";
  const std::string end = "</DocumentBudgetaire>";
  const std::string signed_after = absl::StrReplaceAll(sealed, {{end, signature + end}});
  EXPECT_EQ(SealOf(signed_after).state, SealState::kHoldsWithoutSignatures);
  const std::string altered = absl::StrReplaceAll(signed_after, {{"100.00", "900.00"}});
  EXPECT_EQ(SealOf(altered).state, SealState::kBroken);
}

TEST_F(SealTest, SealedAfterSigningByOthersHoldsAsItStands) {
  const std::string end = "</DocumentBudgetaire>";
  const std::string with_signature = absl::StrReplaceAll(
      MakeBudgetAct(),
      {{end, "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>" + end}});
  const SealDigests digests = PeerDigests(with_signature);
  const std::string sealed = absl::StrReplaceAll(
      with_signature, {{" <EnTeteDoc", Concat(" <Scellement md5=\"", digests.md5, "\" sha1=\"",
                                              digests.sha1, "\" date=\"\"/><EnTeteDoc")}});
  EXPECT_EQ(SealOf(sealed).state, SealState::kHolds);
  EXPECT_EQ(ReasonOf(Sealed(sealed).status()), Reason::kAlreadySigned);
}

TEST_F(SealTest, RefusesWhatCannotBeSealed) {
  EXPECT_EQ(ReasonOf(Sealed("<a/>").status()), Reason::kDocumentUnknown);
  EXPECT_EQ(ReasonOf(ReadSeal(AsFile("<a/>")).status()), Reason::kDocumentUnknown);
  EXPECT_EQ(ReasonOf(Sealed("<c:CompteFinancierUnique "
                            "xmlns:c=\"http://www.minefi.gouv.fr/cp/demat/doccfu\"/>")
                         .status()),
            Reason::kDocumentNotSupported);
  const std::string headless = Concat("<DocumentBudgetaire xmlns=\"", kBudgetNamespace, "\"/>");
  EXPECT_EQ(ReasonOf(Sealed(headless).status()), Reason::kElementMalformed);
  EXPECT_EQ(ReasonOf(Sealed("<!DOCTYPE a><a/>").status()), Reason::kDoctypeRefused);
}

TEST_F(SealTest, MoreWhiteSpaceThanLayoutIsRefused) {
  const std::string endless =
      Changed("Z\"/>\n", "Z\"/>" + std::string(SealReader::kMaxLayout + 1, ' '));
  EXPECT_EQ(ReasonOf(ReadSeal(AsFile(endless)).status()), Reason::kXmlLimitExceeded);
}

}  // namespace
}  // namespace sceau::schemas
