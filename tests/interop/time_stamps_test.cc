// Other people's time stamps: the imprint of each is over the signature value as we canonicalise it.
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/strings.h"
#include "schemas/pes.h"
#include "tests/interop/suite.h"
#include "tests/support/shared_folder.h"
#include "verifier/unsigned_evidence.h"
#include "xml/parser.h"

namespace sceau::test {
namespace {

// The ds:Signature elements of a document that stand in no other.
class Signatures final : public xml::Handler {
 public:
  Status OnStart(const xml::StartElement& element) override {
    if (builder_.Active()) return builder_.Start(element);
    if (element.local == "Signature" && element.uri == schemas::kDsNamespace) {
      builder_.Begin(element);
    }
    return OkStatus();
  }
  Status OnEnd(const xml::EndElement&) override {
    if (!builder_.Active()) return OkStatus();
    builder_.End();
    if (!builder_.Active()) found_.push_back(builder_.Take());
    return OkStatus();
  }
  Status OnText(std::string_view text) override {
    return builder_.Active() ? builder_.Text(text) : OkStatus();
  }
  Status OnInstruction(std::string_view target, std::string_view data) override {
    return builder_.Active() ? builder_.Instruction(target, data) : OkStatus();
  }
  Status OnComment(std::string_view text) override {
    return builder_.Active() ? builder_.Comment(text) : OkStatus();
  }
  const std::vector<xml::Fragment>& found() const { return found_; }

 private:
  xml::FragmentBuilder builder_;
  std::vector<xml::Fragment> found_;
};

TEST(TimeStampImprints, DssXades) {
  SCEAU_REQUIRE_SHARED("corpora/dss-xades");
  const std::string folder = SharedFolder() + "/corpora/dss-xades/";
  const auto table = ReadSmallFile(folder + "expected.tsv");
  ASSERT_TRUE(table.ok());
  Suite suite("dss-xades time stamps on signature values");
  for (const auto line : absl::StrSplit(*table, '\n')) {
    const std::vector<std::string> row = absl::StrSplit(line, '\t');
    // Where the suite says nothing else every imprint of a file is right.
    if (row.size() < 7 || !row[6].starts_with("default")) continue;
    const auto file = InputFile::Open(folder + row[0], 64 << 20);
    Signatures signatures;
    if (!file.ok() || !xml::Parse(*file, signatures).ok()) continue;
    for (const xml::Fragment& signature : signatures.found()) {
      const auto evidence = verifier::ReadUnsignedEvidence(signature);
      if (evidence == nullptr) continue;
      for (const auto& stamp : evidence->time_stamps) {
        suite.Add(row[0], true, stamp.imprint_holds);
      }
    }
  }
  EXPECT_EQ(suite.cases(), 45);
  suite.ExpectDifferences({});
}

}  // namespace
}  // namespace sceau::test
