// Other people's documents: each that we read has the canonical forms that libxml2 gives it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/strings.h"
#include "tests/support/shared_folder.h"
#include "tests/xml/comparison.h"
#include "tests/xml/xml_support.h"
#include "xml/uri_reference.h"

namespace sceau::test {
namespace {

namespace fs = std::filesystem;

std::string ContentOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// XML by its looks: what begins with "<", perhaps after a byte-order mark or blanks.
bool LooksLikeXml(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text.starts_with('<') && text.find('>') != std::string_view::npos;
}

struct Tally {
  int files = 0, equal = 0, both_refuse = 0;
  int64_t forms = 0;
  std::map<std::string, int> stricter;  // refused by us alone, by reason
};

// The reason of a refusal without what only this file has.
std::string KindOf(const Status& status) {
  std::string kind(InfoOf(*ReasonOf(status)).name);
  const std::string detail = DetailOf(status);
  if (kind != "NOT_XML") return kind;
  if (detail.starts_with("xmlns=")) return kind + " namespace";
  return Concat(kind, " ", detail);
}

Tally Compare(const std::string& corpus) {
  Tally tally;
  for (const auto& entry :
       fs::recursive_directory_iterator(SharedFolder() + "/corpora/" + corpus)) {
    if (!entry.is_regular_file()) continue;
    const std::string document = ContentOf(entry.path());
    if (!LooksLikeXml(document)) continue;
    ++tally.files;
    const int apexes = document.size() < 20'000 ? 25 : document.size() < 300'000 ? 4 : 1;
    const Comparison comparison = CompareWithLibxml2(document, document.size(), apexes);
    EXPECT_EQ(FaultOf(comparison), "") << entry.path();
    tally.forms += comparison.forms;
    tally.equal += comparison.verdict == Comparison::Verdict::kEqual;
    tally.both_refuse += comparison.verdict == Comparison::Verdict::kBothRefuse;
    if (comparison.verdict == Comparison::Verdict::kWeRefuse) {
      ++tally.stricter[KindOf(comparison.refusal)];
    }
  }
  return tally;
}

struct Corpus {
  const char* name;
  int equal, both_refuse;
  std::map<std::string, int> stricter;
};
void PrintTo(const Corpus& corpus, std::ostream* out) { *out << corpus.name; }

class Corpora : public testing::TestWithParam<Corpus> {};

TEST_P(Corpora, FormsEqualLibxml2) {
  SCEAU_REQUIRE_SHARED(std::string("corpora/") + GetParam().name);
  const Tally tally = Compare(GetParam().name);
  std::printf("%s: %d XML files, %d equal in %ld forms, %d refused by both", GetParam().name,
              tally.files, tally.equal, static_cast<long>(tally.forms), tally.both_refuse);
  for (const auto& [kind, count] : tally.stricter) std::printf("; %s: %d", kind.c_str(), count);
  std::printf("\n");
  EXPECT_EQ(tally.equal, GetParam().equal);
  EXPECT_EQ(tally.both_refuse, GetParam().both_refuse);
  EXPECT_EQ(tally.stricter, GetParam().stricter);
}

// What we refuse and libxml2 reads: a DOCTYPE (P-24), other encodings (P-33), and one name that
// only the fifth edition of XML 1.0 admits.
const Corpus kCorpora[] = {
    {"libxml2",
     371,
     95,
     {{"DOCTYPE_REFUSED", 245},
      {"ENCODING_REFUSED", 8},
      {"NOT_XML not well-formed (invalid token)", 1}}},
    {"santuario", 665, 29, {{"DOCTYPE_REFUSED", 31}}},
    {"xmlsec", 334, 13, {{"DOCTYPE_REFUSED", 5}}},
    {"dss-xades", 154, 1, {{"DOCTYPE_REFUSED", 1}, {"ENCODING_REFUSED", 2}}},
    {"dss-tsl", 49, 4, {}},
    {"xml-crypto", 17, 8, {}},
    {"ruby-saml", 40, 0, {{"DOCTYPE_REFUSED", 1}}},
};
INSTANTIATE_TEST_SUITE_P(All, Corpora, testing::ValuesIn(kCorpora), [](const auto& test) {
  std::string name = test.param.name;
  std::erase(name, '-');
  return name;
});

// The W3C's interoperability tests of Canonical XML 1.1 whose node set is the subtree of one
// element (the others leave out the inside of a document, which no signature here does).
struct Interop {
  const char* input;
  const char* expected;
  int apex;
};
constexpr Interop kInterop[] = {
    {"xmlbase-prop-input.xml", "xmlbase-prop-2.output", 1},
    {"xmlbase-prop-input.xml", "xmlbase-prop-3.output", 2},
    {"xmlbase-prop-input.xml", "xmlbase-prop-4.output", 3},
    {"xmlbase-prop-input.xml", "xmlbase-prop-5.output", 7},
    {"xmlbase-prop-input.xml", "xmlbase-prop-6.output", 8},
    {"xmlid-input.xml", "xmlid-1.output", 1},
    {"xmllang-input.xml", "xmllang-1.output", 1},
    {"xmllang-input.xml", "xmllang-2.output", 6},
    {"xmllang-input.xml", "xmllang-3.output", 2},
    {"xmlspace-input.xml", "xmlspace-1.output", 1},
    {"xmlspace-input.xml", "xmlspace-2.output", 6},
    {"xmlspace-input.xml", "xmlspace-3.output", 2},
};
constexpr const char* kInteropFolder = "corpora/santuario/org/w3c/www/interop/c14n11/";

TEST(C14n11Interop, SubtreesHaveTheFormsTheW3cExpects) {
  SCEAU_REQUIRE_SHARED(kInteropFolder);
  const fs::path folder = SharedFolder() + "/" + kInteropFolder;
  for (const Interop& test : kInterop) {
    const auto form = Canonical(ContentOf(folder / test.input),
                                {xml::CanonicalMethod::kInclusive11, true, {}}, test.apex);
    ASSERT_TRUE(form.ok()) << test.input << form.status();
    EXPECT_EQ(*form, ContentOf(folder / test.expected)) << test.expected;
  }
}

TEST(C14n11Interop, DotSegmentsAreRemovedAsInAppendixA) {
  SCEAU_REQUIRE_SHARED(kInteropFolder);
  const fs::path folder = SharedFolder() + "/" + kInteropFolder + "appendixa";
  std::ifstream inputs(folder / "inputs.txt"), outputs(folder / "outputs.txt");
  int rows = 0;
  for (std::string input, output; std::getline(inputs, input); ++rows) {
    std::getline(outputs, output);
    while (!input.empty() && input.back() == '\r') input.pop_back();
    while (!output.empty() && output.back() == '\r') output.pop_back();
    EXPECT_EQ(xml::RemoveDotSegments(input), output) << input;
  }
  EXPECT_GT(rows, 60);
}

}  // namespace
}  // namespace sceau::test
