#include "verifier/report_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace sceau::verifier {
namespace {

std::vector<std::string> KeysOf(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  return keys;
}

SignatureReport ExampleSignature() {
  SignatureReport it;
  it.id = "BORD822933_SIG_1";
  it.level = "EPES";
  it.xades_namespace = "http://uri.etsi.org/01903/v1.2.2#";
  it.scope = schemas::Scope::kBordereau;
  it.of = "BORD822933";
  it.covers = {"/n:PES_Aller/PES_DepenseAller/Bordereau[1]"};
  it.integrity = Integrity::kIntact;
  it.sub_indication = "NO_CERTIFICATE_CHAIN_FOUND";
  it.signer = SignerCertificate{"CN=A", "CN=B", "1234567890123456789012345678", "ef"};
  it.claimed_time = "2018-07-04T15:19:45Z";
  it.claimed_role = "Ordonnateur";
  it.city = "Nouméa";
  it.postal_code = "98800";
  it.policy_id = "urn:oid:1.2.250.1.131.1.5.18.21.1.7";
  it.policy_known = true;
  it.policy_hash = PolicyHash::kMatches;
  it.qualification = "NOT_QUALIFIED";
  it.reasons = {{"CHAIN_NOT_TRUSTED", schemas::Severity::kError, "CN=B"}};
  return it;
}

FileReport Example() {
  FileReport it;
  it.file = "flux.xml";
  it.sha256 = "ab";
  it.kind = schemas::Kind::kPesAller;
  it.verdict = Verdict::kIndeterminate;
  it.validation_time = absl::FromUnixSeconds(1767225600);  // 2026-01-01
  it.signatures = {ExampleSignature()};
  it.unsigned_elements = {{schemas::Scope::kBordereau, "BD2", UnsignedWhy::kNotDematerialised},
                          {schemas::Scope::kBordereau, "BD3", UnsignedWhy::kMissing}};
  it.not_covered = {"/n:PES_Aller/EnTetePES", "/n:PES_Aller/PES_PJ"};
  it.findings = {
      {schemas::Severity::kWarning, "POSTAL_CODE_PADDED", {12, 5, "xad:PostalCode"}, ""}};
  return it;
}

TEST(ReportJson, HasTheFieldsOfTheContractInItsOrder) {
  const Json json = Json::parse(ToJson({Example()}, Lang::kFr));
  EXPECT_EQ(KeysOf(json), (std::vector<std::string>{"reportVersion", "files", "summary"}));
  EXPECT_EQ(json["reportVersion"], 1);
  EXPECT_EQ(json["summary"]["files"], 1);
  EXPECT_EQ(json["summary"]["verdicts"].size(), 1u);
  const Json& file = json["files"][0];
  EXPECT_EQ(KeysOf(file),
            (std::vector<std::string>{"file", "sha256", "kind", "verdict", "validationTime",
                                      "signatures", "unsigned", "notCovered", "findings"}));
  EXPECT_EQ(file["file"], "flux.xml");
  EXPECT_EQ(file["kind"], "PES_ALLER");
  EXPECT_EQ(file["verdict"], "INDETERMINATE");
  EXPECT_EQ(file["validationTime"], "2026-01-01T00:00:00Z");
  EXPECT_EQ(file["unsigned"][0],
            (Json{{"scope", "BORDEREAU"}, {"of", "BD2"}, {"why", "NOT_DEMATERIALISED"}}));
  EXPECT_EQ(file["unsigned"][1]["why"], "MISSING");
  EXPECT_EQ(file["notCovered"], Json({"/n:PES_Aller/EnTetePES", "/n:PES_Aller/PES_PJ"}));
  EXPECT_EQ(file["findings"][0]["rule"], "POSTAL_CODE_PADDED");
  EXPECT_EQ(file["findings"][0]["severity"], "WARNING");
  EXPECT_EQ(file["findings"][0]["line"], 12);
}

TEST(ReportJson, SaysOfASignatureWhatTheContractAsks) {
  const SignatureReport report = ExampleSignature();
  const Json json = Json::parse(ToJson({Example()}, Lang::kEn));
  const Json expected = {
      {"id", "BORD822933_SIG_1"},
      {"format", "XADES"},
      {"level", "EPES"},
      {"namespace", "http://uri.etsi.org/01903/v1.2.2#"},
      {"scope", "BORDEREAU"},
      {"of", "BORD822933"},
      {"covers", Json::array({"/n:PES_Aller/PES_DepenseAller/Bordereau[1]"})},
      {"integrity", "INTACT"},
      {"indication", "INDETERMINATE"},
      {"subIndication", "NO_CERTIFICATE_CHAIN_FOUND"},
      {"signer",
       {{"subject", "CN=A"},
        {"issuer", "CN=B"},
        {"serial", "1234567890123456789012345678"},
        {"sha256", "ef"}}},
      {"claimedTime", "2018-07-04T15:19:45Z"},
      {"bestTime", nullptr},
      {"claimedRole", "Ordonnateur"},
      {"place", {{"city", "Nouméa"}, {"postalCode", "98800"}, {"country", nullptr}}},
      {"policy",
       {{"id", "urn:oid:1.2.250.1.131.1.5.18.21.1.7"}, {"known", true}, {"hash", "MATCHES"}}},
      {"qualification", "NOT_QUALIFIED"},
      {"competence", "UNKNOWN_HERE"},
      {"reasons", Json::array({{{"code", "CHAIN_NOT_TRUSTED"},
                                {"severity", "ERROR"},
                                {"text", Describe(report.reasons[0], Lang::kEn)}}})},
      {"line", nullptr},
      {"column", nullptr}};
  EXPECT_EQ(json["files"][0]["signatures"][0], expected) << json.dump(1);
}

TEST(ReportJson, WhatASignatureDoesNotSayIsNull) {
  FileReport file = Example();
  SignatureReport signature;
  signature.indication = Indication::kTotalPassed;
  file.signatures = {signature};
  const Json json = Json::parse(ToJson({file}, Lang::kFr));
  const Json& it = json["files"][0]["signatures"][0];
  for (const char* name : {"id", "namespace", "of", "subIndication", "signer", "claimedTime",
                           "claimedRole", "place", "policy"}) {
    EXPECT_TRUE(it[name].is_null()) << name;
  }
  EXPECT_EQ(it["indication"], "TOTAL_PASSED");
  EXPECT_EQ(it["covers"], Json::array());
  EXPECT_EQ(it["reasons"], Json::array());
}

TEST(ReportJson, ARefusedFileSaysWhyAndSoDoesTheDocument) {
  FileReport refused;
  refused.file = "bombe.xml";
  refused.refusal = Error(Reason::kDoctypeRefused, "", {3, 1, ""});
  const Json json = Json::parse(ToJson({Example(), refused}, Lang::kFr));
  EXPECT_FALSE(json["files"][0].contains("error"));
  EXPECT_EQ(json["files"][1]["verdict"], "REFUSED");
  EXPECT_TRUE(json["files"][1]["sha256"].is_null());
  EXPECT_EQ(json["files"][1]["error"]["reason"], "DOCTYPE_REFUSED");
  EXPECT_EQ(json["error"], json["files"][1]["error"]);
  EXPECT_EQ(json["error"]["line"], 3);
}

TEST(ReportJson, NamesTheValuesOfTheContract) {
  const auto names = [](auto first, auto last) {
    std::vector<std::string> all;
    for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
      all.emplace_back(NameOf(static_cast<decltype(first)>(i)));
    }
    return all;
  };
  using List = std::vector<std::string>;
  EXPECT_EQ(names(Verdict::kTotalPassed, Verdict::kRefused),
            (List{"TOTAL_PASSED", "INCOMPLETE", "INDETERMINATE", "TOTAL_FAILED", "NO_SIGNATURE",
                  "REFUSED"}));
  EXPECT_EQ(names(Integrity::kIntact, Integrity::kUnchecked),
            (List{"INTACT", "BROKEN", "UNCHECKED"}));
  EXPECT_EQ(names(Indication::kTotalPassed, Indication::kIndeterminate),
            (List{"TOTAL_PASSED", "TOTAL_FAILED", "INDETERMINATE"}));
  EXPECT_EQ(names(PolicyHash::kMatches, PolicyHash::kUnknown),
            (List{"MATCHES", "DIFFERS", "ABSENT", "UNKNOWN"}));
  EXPECT_EQ(names(UnsignedWhy::kMissing, UnsignedWhy::kNotDematerialised),
            (List{"MISSING", "NOT_DEMATERIALISED"}));
  EXPECT_EQ(names(Competence::kPermitted, Competence::kUnknownHere),
            (List{"PERMITTED", "JUSTIFICATION_REQUIRED", "DENIED", "UNKNOWN_HERE"}));
}

TEST(ReportJson, IsWrittenOneSignatureAtATime) {
  FileReport file = Example();
  while (file.signatures.size() < 1000) file.signatures.push_back(ExampleSignature());
  size_t longest = 0, total = 0;
  WriteJson({file}, Lang::kFr, [&](std::string_view piece) {
    longest = std::max(longest, piece.size());
    total += piece.size();
  });
  EXPECT_GT(total, 1'000'000u);
  EXPECT_LT(longest, 4096u);
}

TEST(ReportJson, AHostileNameDoesNotBreakTheDocument) {
  FileReport file = Example();
  SignatureReport signature = ExampleSignature();
  signature.claimed_role = "Maire \xFF\x01\"}";
  file.signatures = {signature};
  const Json json = Json::parse(ToJson({file}, Lang::kFr));
  EXPECT_EQ(json["files"][0]["signatures"][0]["claimedRole"], "Maire \xEF\xBF\xBD\x01\"}");
}

}  // namespace
}  // namespace sceau::verifier
