#include "verifier/signature_list.h"

#include <gtest/gtest.h>

#include "base/strings.h"

namespace sceau::verifier {
namespace {

SignatureReport Example(int number) {
  SignatureReport it;
  it.id = Concat("S", number);
  it.scope = schemas::Scope::kBordereau;
  it.of = Concat("BD", number);
  it.covers = {Concat("/a/b[", number, "]"), "/c"};
  it.integrity = Integrity::kIntact;
  it.line = number;
  it.column = 2 * number;
  it.level = "EPES";
  it.indication = Indication::kTotalPassed;
  it.signer = SignerCertificate{"CN=A", "CN=B", "42", "ef"};
  it.claimed_time = "2026-01-01T00:00:00Z";
  it.claimed_role = "Maire";
  it.city = "Nouméa";
  it.policy_id = "urn:oid:1.2.3";
  it.policy_known = true;
  it.policy_hash = PolicyHash::kMatches;
  it.reasons = {{"REVOCATION_NOT_CHECKED", schemas::Severity::kInfo, ""}};
  return it;
}

void ExpectSame(const SignatureReport& got, const SignatureReport& expected) {
  EXPECT_EQ(static_cast<const SignatureTraits&>(got), expected);
  EXPECT_EQ(got.id, expected.id);
  EXPECT_EQ(got.scope, expected.scope);
  EXPECT_EQ(got.of, expected.of);
  EXPECT_EQ(got.covers, expected.covers);
  EXPECT_EQ(got.integrity, expected.integrity);
  EXPECT_EQ(got.line, expected.line);
  EXPECT_EQ(got.column, expected.column);
}

TEST(SignatureList, GivesBackWhatItWasGiven) {
  SignatureList list = {SignatureReport(), Example(1)};
  SignatureReport broken = Example(2);
  broken.integrity = Integrity::kBroken;
  broken.indication = Indication::kTotalFailed;
  broken.covers.clear();
  broken.reasons.push_back({"CONTENT_ALTERED", schemas::Severity::kError, "BD2"});
  list.push_back(broken);
  list.push_back(Example(3));
  ASSERT_EQ(list.size(), 4u);
  ExpectSame(list[0], SignatureReport());
  ExpectSame(list[1], Example(1));
  ExpectSame(list[2], broken);
  ExpectSame(list[3], Example(3));
}

TEST(SignatureList, KeepsOnceWhatTheSignaturesHaveInCommon) {
  SignatureList list;
  for (int i = 0; i < 1000; ++i) list.push_back(Example(i));
  EXPECT_EQ(list.traits(), 1u);
  // What the hash does not look at counts as well.
  SignatureReport other = Example(1000);
  other.country = "FR";
  list.push_back(other);
  list.push_back(Example(1001));
  EXPECT_LE(list.traits(), 3u);
  EXPECT_EQ(list[1000].country, "FR");
  EXPECT_EQ(list[1001].country, "");
  int number = 0;
  for (const SignatureReport& it : list) EXPECT_EQ(it.line, number++);
}

}  // namespace
}  // namespace sceau::verifier
