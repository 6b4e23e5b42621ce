// Certification paths of public suites, judged by the blocks that judge a signer's: one line of
// counts for each suite.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "absl/strings/str_split.h"
#include "base/strings.h"
#include "tests/interop/suite.h"
#include "tests/support/shared_folder.h"
#include "verifier/crl_status.h"
#include "verifier/path_building.h"
#include "verifier/path_validation.h"

namespace sceau::test {
namespace {

using Json = nlohmann::json;
using verifier::Path;

std::string Content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What a case is made of; owns all of it.
struct PathCase {
  std::vector<X509Handle> anchors, others;
  X509Handle target;
  std::vector<X509CrlHandle> crls;
  verifier::PathDemands demands;
  bool check_revocation = false;
  size_t max_length = verifier::kMaxPathLength;  // of the path, which the suite's caller limits
};

std::vector<X509*> Borrow(const std::vector<X509Handle>& owned) {
  std::vector<X509*> out;
  for (const X509Handle& it : owned) out.push_back(it.get());
  return out;
}

bool NoneRevoked(const Path& path, const PathCase& tested) {
  std::vector<X509_CRL*> crls;
  for (const X509CrlHandle& crl : tested.crls) crls.push_back(crl.get());
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    const Path from(path.begin() + static_cast<ptrdiff_t>(i), path.end());
    const auto status = verifier::StatusByCrl(from, crls, Borrow(tested.others), tested.demands.at);
    if (status.state != verifier::RevocationState::kGood) return false;
  }
  return true;
}

bool Accepts(const PathCase& tested) {
  if (tested.target == nullptr) return false;
  verifier::PathBuilder builder(Borrow(tested.anchors), Borrow(tested.others));
  return builder.Visit(tested.target.get(), [&](const Path& path) {
    return path.size() <= tested.max_length &&
           verifier::ValidatePath(path, tested.demands).none() &&
           (!tested.check_revocation || NoneRevoked(path, tested));
  });
}

// NIST PKITS

X509Handle CertificateOf(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return X509Handle(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

X509CrlHandle CrlOf(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return X509CrlHandle(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
}

// "SetInitialPolicySet("NIST-test-policy-1"); SetInitialExplicitPolicy(true)"
verifier::PathPolicies PkitsPolicies(const std::string& inputs) {
  verifier::PathPolicies policies;
  policies.explicit_policy = inputs.find("SetInitialExplicitPolicy(true)") != std::string::npos;
  policies.inhibit_mapping =
      inputs.find("SetInitialPolicyMappingInhibit(true)") != std::string::npos;
  policies.inhibit_any = inputs.find("SetInitialInhibitAnyPolicy(true)") != std::string::npos;
  std::smatch set;
  if (!std::regex_search(inputs, set, std::regex("SetInitialPolicySet\\(\"([^\"]*)\"\\)"))) {
    return policies;
  }
  for (const auto name : absl::StrSplit(set[1].str(), ',', absl::SkipEmpty())) {
    const std::string number(name.substr(name.rfind('-') + 1));
    policies.acceptable.push_back("2.16.840.1.101.3.2.1.48." + number);
  }
  return policies;
}

TEST(Paths, NistPkits) {
  SCEAU_REQUIRE_SHARED("corpora/nist-pkits");
  const std::string folder = SharedFolder() + "/corpora/nist-pkits/";
  Suite suite("nist-pkits");
  const std::vector<std::string> lines = absl::StrSplit(Content(folder + "expected.tsv"), '\n');
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> row = absl::StrSplit(lines[i], '\t');
    if (row.size() < 6) continue;
    PathCase tested;
    const std::vector<std::string> certificates = absl::StrSplit(row[3], ' ', absl::SkipEmpty());
    for (const std::string& name : certificates) {
      tested.others.push_back(CertificateOf(Content(folder + "certs/" + name + ".crt")));
    }
    tested.anchors.push_back(std::move(tested.others.front()));
    tested.target = std::move(tested.others.back());
    tested.others.pop_back();
    tested.others.erase(tested.others.begin());
    for (const auto name : absl::StrSplit(row[4], ' ', absl::SkipEmpty())) {
      tested.crls.push_back(CrlOf(Content(folder + "crls/" + std::string(name) + ".crl")));
    }
    tested.check_revocation = true;
    // While SHA-1, on which the DSA cases rest, could still be relied on.
    tested.demands.at = absl::FromCivil(absl::CivilDay(2012, 1, 1), absl::UTCTimeZone());
    tested.demands.policies = PkitsPolicies(row[5]);
    suite.Add(Concat(row[1], " ", row[5]), row[2] == "valid", Accepts(tested));
  }
  EXPECT_EQ(suite.cases(), 144);
  suite.ExpectDifferences(
      {{"4.6.4 Valid basicConstraints Not Critical Test4 ",
        "RFC 5280 §4.2.1.9: basicConstraints of an authority must be critical (x509-limbo refuses "
        "it, rfc5280::root-non-critical-basic-constraints)"}});
}

// x509-limbo

X509Handle FromPem(const std::string& pem) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509Handle(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

X509CrlHandle CrlFromPem(const std::string& pem) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509CrlHandle(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
}

// A signature's verifier compares no host name: the suite's cases do, as their TLS peer would.
bool HasPeerName(X509* certificate, const Json& name) {
  if (name.is_null()) return true;
  const std::string value = name["value"];
  if (name["kind"] == "IP") return X509_check_ip_asc(certificate, value.c_str(), 0) == 1;
  if (name["kind"] == "RFC822") return X509_check_email(certificate, value.c_str(), 0, 0) == 1;
  return X509_check_host(certificate, value.c_str(), value.size(), 0, nullptr) == 1;
}

PathCase LimboCase(const Json& json) {
  PathCase tested;
  for (const auto& pem : json["trusted_certs"]) tested.anchors.push_back(FromPem(pem));
  for (const auto& pem : json["untrusted_intermediates"]) tested.others.push_back(FromPem(pem));
  // What cannot be read as a certificate is not there.
  std::erase(tested.anchors, nullptr);
  std::erase(tested.others, nullptr);
  tested.target = FromPem(json["peer_certificate"]);
  if (json.contains("crls")) {
    for (const auto& pem : json["crls"]) tested.crls.push_back(CrlFromPem(pem));
  }
  tested.check_revocation = !tested.crls.empty();
  tested.demands.extended_key_usage =
      json["validation_kind"] == "SERVER" ? NID_server_auth : NID_client_auth;
  tested.demands.at = absl::FromCivil(absl::CivilDay(2023, 12, 2), absl::UTCTimeZone());
  if (json["max_chain_depth"].is_number()) {
    tested.max_length = json["max_chain_depth"].get<size_t>() + 2;  // what stands between
  }
  std::string error;
  if (json["validation_time"].is_string()) {
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, json["validation_time"].get<std::string>(),
                                &tested.demands.at, &error))
        << error;
  }
  return tested;
}

Suite RunLimbo(const std::string& family) {
  Suite suite("x509-limbo " + family);
  const Json all =
      Json::parse(Content(SharedFolder() + "/corpora/x509-limbo/limbo-generated.json"));
  for (const Json& json : all["testcases"]) {
    const std::string id = json["id"];
    if (!id.starts_with(family + "::")) continue;
    const PathCase tested = LimboCase(json);
    const bool accepted =
        Accepts(tested) && HasPeerName(tested.target.get(), json["expected_peer_name"]);
    suite.Add(id, json["expected_result"] == "SUCCESS", accepted);
  }
  return suite;
}

TEST(Paths, LimboRfc5280) {
  SCEAU_REQUIRE_SHARED("corpora/x509-limbo");
  Suite suite = RunLimbo("rfc5280");
  EXPECT_EQ(suite.cases(), 65);
  suite.ExpectDifferences({});
}

TEST(Paths, LimboOtherFamiliesOfCertificationPaths) {
  SCEAU_REQUIRE_SHARED("corpora/x509-limbo");
  RunLimbo("crl").ExpectDifferences(
      {{"crl::issuer-no-keyusage-extension",
        "RFC 5280 §4.2.1.3: the certificate of an authority must have a key usage"}});
  RunLimbo("cve").ExpectDifferences({});
  RunLimbo("pathlen").ExpectDifferences({});
  RunLimbo("pathological").ExpectDifferences({});
}

}  // namespace
}  // namespace sceau::test
