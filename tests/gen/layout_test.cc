// Every layout over several seeds, judged by xmllint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "base/strings.h"
#include "tests/gen/pes_document.h"
#include "tests/support/temporary_folder.h"

namespace sceau::gen {
namespace {

constexpr uint64_t kSeeds[] = {1, 2, 3};

struct Form {
  Encoding encoding;
  bool byte_order_mark;
  bool xml_declaration;
};

constexpr Form kForms[] = {
    {Encoding::kIso88591, false, true}, {Encoding::kUtf8, false, true},
    {Encoding::kUtf8, true, true},      {Encoding::kUtf8, false, false},
    {Encoding::kUtf8, true, false},
};

std::vector<PesSpec> AllLayouts(uint64_t seed) {
  std::vector<PesSpec> out;
  for (const Form& form : kForms) {
    for (const LineEnd line_end : {LineEnd::kLf, LineEnd::kCrlf, LineEnd::kNone}) {
      for (const Quote quote : {Quote::kDouble, Quote::kSingle}) {
        for (const Indentation indentation :
             {Indentation::kSpaces, Indentation::kTabs, Indentation::kNone}) {
          for (const bool oddities : {false, true}) {
            PesSpec spec = DemoSpec();
            spec.seed = seed;
            spec.attachment_size = 4000;
            spec.layout = {form.encoding, form.byte_order_mark, form.xml_declaration,
                           line_end,      indentation,          quote,
                           oddities};
            out.push_back(spec);
          }
        }
      }
    }
  }
  return out;
}

// The exit code of the shell command; its messages when it fails.
int Shell(const std::string& command, std::string& messages) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer;
  while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) {
    messages.append(buffer.data(), got);
  }
  return WEXITSTATUS(pclose(pipe));
}

std::string Shared() {
  const char* given = getenv("SCEAU_SHARED");
  return given != nullptr ? given : SCEAU_SOURCE "/../shared";
}

class Layouts : public testing::TestWithParam<uint64_t> {
 protected:
  void SetUp() override {
    for (const PesSpec& spec : AllLayouts(GetParam())) {
      const std::string text = Generate(spec);
      ASSERT_FALSE(text.empty());
      AppendTo(files_, " ", folder_.Write(Concat(count_++, ".xml"), text));
    }
  }
  test::TemporaryFolder folder_;
  std::string files_;
  int count_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Seeds, Layouts, testing::ValuesIn(kSeeds));

TEST_P(Layouts, AreWellFormed) {
  std::string messages;
  EXPECT_EQ(Shell("xmllint --noout" + files_, messages), 0) << messages;
  EXPECT_EQ(messages, "");
  EXPECT_EQ(count_, 180);
}

TEST_P(Layouts, AreValidForTheOfficialSchema) {
  const std::string schema = Shared() + "/schemas/schemas_pes_v5.17/PES_V2/Rev0/PES_Aller.xsd";
  if (!std::filesystem::exists(schema)) GTEST_SKIP() << "absent: " << schema;
  std::string messages;
  EXPECT_EQ(Shell("xmllint --noout --schema " + schema + files_, messages), 0) << messages;
}

// What a reader gets out of a file depends on no layout.
TEST(Layout, ChangesNoValue) {
  const std::vector<PesSpec> specs = AllLayouts(5);
  const auto values = [](const PesSpec& spec) {
    const PesDocument document(Generate(spec));
    EXPECT_TRUE(document.ok());
    std::vector<std::string> out = document.Values("//*");
    for (xmlNodePtr file : document.Find("//Fichier")) {
      out.push_back(Gunzip(PesDocument::Text(file)));
    }
    return out;
  };
  const std::vector<std::string> expected = values(specs.front());
  EXPECT_GT(expected.size(), 100u);
  for (const PesSpec& spec : specs) {
    if (spec.layout.oddities) continue;
    EXPECT_EQ(values(spec), expected);
  }
}

TEST(Layout, LineEndsAndEncodingAreTheAskedOnes) {
  PesSpec spec = DemoSpec();
  const std::string lf = Generate(spec);
  EXPECT_EQ(lf.find('\r'), std::string::npos);
  EXPECT_NE(lf.find("Pr\xE9nom"), std::string::npos);
  spec.layout.line_end = LineEnd::kCrlf;
  std::string crlf = Generate(spec);
  std::erase(crlf, '\r');
  EXPECT_EQ(crlf, lf);
  spec.layout.line_end = LineEnd::kNone;
  EXPECT_EQ(Generate(spec).find('\n'), std::string::npos);
  spec.layout.encoding = Encoding::kUtf8;
  spec.layout.byte_order_mark = true;
  spec.layout.xml_declaration = false;
  EXPECT_THAT(Generate(spec), testing::StartsWith("\xEF\xBB\xBF<n:PES_Aller "));
}

TEST(Layout, OdditiesAreAllThere) {
  PesSpec spec = DemoSpec();
  spec.pieces = 40;
  spec.attachments = 6;
  spec.layout.oddities = true;
  const std::string text = Generate(spec);
  const size_t root = text.find("<n:PES_Aller");
  const size_t end = text.find("</n:PES_Aller");
  for (const char* odd : {"<!--", "<?", "&#13;", "&#10;", "&#9;", "&amp;", "&quot;", "&lt;", "&#x",
                          "&#8364;", "&#128196;", "></", " =", "= ", "\" />", "xmlns:ex"}) {
    EXPECT_NE(text.find(odd, root), std::string::npos) << odd;
  }
  for (const char* around : {"<!--", "<?"}) {
    EXPECT_LT(text.find(around, 5), root) << around;
    EXPECT_NE(text.find(around, end), std::string::npos) << around;
  }
  EXPECT_EQ(text.find("<![CDATA["), std::string::npos);
  EXPECT_NE(text.find("&#13;\n"), std::string::npos) << "base64 lines that end by a reference";
}

}  // namespace
}  // namespace sceau::gen
