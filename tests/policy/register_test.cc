// What the register refuses to read.
#include "policy/register.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "policy/record_json.h"

namespace sceau::policy {
namespace {

std::string Line(std::string_view type, std::string_view id, std::string_view rest) {
  return Concat(R"({"version":1,"type":")", type, R"(","id":")", id,
                R"(","recorded_at":"2026-01-01T00:00:00Z")", rest, "}");
}

std::string DetailOfLine(const std::string& line) {
  const auto read = ReadRecordLine(line);
  EXPECT_EQ(ReasonOf(read.status()), Reason::kDelegationInvalid) << line;
  return DetailOf(read.status());
}

TEST(RecordLines, NameTheFieldThatIsWrong) {
  EXPECT_EQ(DetailOfLine("{"), "JSON");
  EXPECT_EQ(DetailOfLine(R"({"type":"secret"})"), "type: secret");
  EXPECT_EQ(DetailOfLine(Line("person", "p", "")), "name");
  EXPECT_EQ(DetailOfLine(Line("person", "p", R"(,"name":"A","age":3)")), "age");
  EXPECT_EQ(DetailOfLine(Line("person", "p", R"(,"name":7)")), "name");
  EXPECT_EQ(DetailOfLine(R"({"type":"person","id":"p","name":"A"})"), "recorded_at");
  EXPECT_EQ(DetailOfLine(R"({"version":2,"type":"person","id":"p","name":"A",)"
                         R"("recorded_at":"2026-01-01T00:00:00Z"})"),
            "version");
  EXPECT_EQ(DetailOfLine(Line("revocation", "r", R"(,"target":"p")")), "r: valid_from");
  EXPECT_EQ(DetailOfLine(Line("collectivite", "v", R"(,"name":"V","time_zone":"Europe/Atlantis")")),
            "v: time_zone");
  EXPECT_EQ(DetailOfLine(Line("kind-rule", "k", R"(,"collectivite":"v","kind":"facture")")),
            "k: kind");
}

TEST(RecordLines, RefuseAnEndBeforeTheBeginning) {
  EXPECT_EQ(DetailOfLine(Line("person", "p",
                              R"(,"name":"A","valid_from":"2026-02-01T00:00:00Z",)"
                              R"("valid_until":"2026-02-01T00:00:00Z")")),
            "p: valid_until");
}

TEST(RecordLines, RefuseADgfipCertificateForThePrefecture) {
  EXPECT_EQ(DetailOfLine(Line("certificate", "c",
                              R"(,"person":"p","issuer":"CN=A","serial":"01","key_sha256":"aa",)"
                              R"("dgfip":true,"destinations":["accountant","prefecture"])")),
            "c: destinations");
}

TEST(RecordLines, RefuseASumBelowNothingOrThatIsNoInteger) {
  const std::string begin =
      R"(,"reference":"R","signed_at":"2026-01-01T00:00:00Z","delegator_office":"o",)"
      R"("delegate":"p","matters":["depense"],"piece_ceiling":)";
  for (const char* sum : {"-1", "10.5", "\"10\"", "1e3"}) {
    EXPECT_EQ(DetailOfLine(Line("delegation", "d", begin + sum)), "piece_ceiling") << sum;
  }
}

class RegisterOf : public testing::Test {
 protected:
  void Add(std::string_view type, std::string_view id, std::string_view rest) {
    const auto read = ReadRecordLine(Line(type, id, rest));
    ASSERT_TRUE(read.ok()) << read.status();
    records_.push_back(*read);
  }
  std::string Refusal() {
    const auto made = Register::Make(records_);
    EXPECT_EQ(ReasonOf(made.status()), Reason::kDelegationInvalid);
    return DetailOf(made.status());
  }
  std::vector<Record> records_;
};

TEST_F(RegisterOf, RefusesAnIdThatStandsTwice) {
  Add("person", "p", R"(,"name":"A")");
  Add("person", "p", R"(,"name":"B")");
  EXPECT_EQ(Refusal(), "id: p");
}

TEST_F(RegisterOf, RefusesANameOfNothingOrOfAnotherType) {
  Add("person", "p", R"(,"name":"A")");
  Add("absence", "a", R"(,"office":"p")");
  EXPECT_EQ(Refusal(), "a: p");
}

TEST_F(RegisterOf, RefusesTheRevocationOfARevocation) {
  Add("person", "p", R"(,"name":"A")");
  Add("revocation", "r", R"(,"target":"p","valid_from":"2026-02-01T00:00:00Z")");
  Add("revocation", "s", R"(,"target":"r","valid_from":"2026-02-01T00:00:00Z")");
  EXPECT_EQ(Refusal(), "s: r");
}

}  // namespace
}  // namespace sceau::policy
