// Other people's XML signatures: XAdES (dss-xades), XML-DSig (xmlsec), attacks on both (xml-crypto,
// ruby-saml). "Accepted" is INTACT for every signature of the file: trust is no matter here.
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <filesystem>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/openssl.h"
#include "tests/interop/suite.h"
#include "tests/support/shared_folder.h"
#include "tests/support/test_pki.h"
#include "verifier/verifier.h"

namespace sceau::test {
namespace {

using Signers = std::vector<std::shared_ptr<const xades::Certificate>>;
using Row = std::vector<std::string>;

// Without the line of names.
std::vector<Row> RowsOf(const std::string& path) {
  std::vector<Row> rows;
  const auto table = ReadSmallFile(path);
  EXPECT_TRUE(table.ok()) << path;
  for (const auto line : absl::StrSplit(table.value_or(""), '\n')) {
    if (!line.empty()) rows.push_back(absl::StrSplit(line, '\t'));
  }
  if (!rows.empty()) rows.erase(rows.begin());
  return rows;
}

verifier::FileReport Judge(const std::string& content, const Signers& signers) {
  OutputFile file = OutputFile::Unnamed();
  EXPECT_TRUE(file.Append(content).ok());
  verifier::VerifyOptions options;
  options.validation_time = absl::FromCivil(absl::CivilDay(2026, 4, 1), absl::UTCTimeZone());
  options.signers = signers;
  return verifier::Verify(*file.Reread(), "", options);
}

bool AllIntact(const verifier::FileReport& report) {
  for (const verifier::SignatureReport& it : report.signatures) {
    if (it.integrity != verifier::Integrity::kIntact) return false;
  }
  return !report.signatures.empty();
}

// What a case that must be refused may not be: intact without a word that only a part is covered.
// (Such a signature is never TOTAL_PASSED, whatever the anchors.)
bool CouldPass(const verifier::FileReport& report) {
  if (!AllIntact(report)) return false;
  for (const verifier::SignatureReport& it : report.signatures) {
    for (const verifier::SignatureReason& reason : it.reasons) {
      if (reason.code == "PART_OF_DOCUMENT") return false;
    }
  }
  return true;
}
bool Accepted(const verifier::FileReport& report, bool valid) {
  return valid ? AllIntact(report) : CouldPass(report);
}

TEST(XmlSignatures, DssXades) {
  SCEAU_REQUIRE_SHARED("corpora/dss-xades");
  const std::string folder = SharedFolder() + "/corpora/dss-xades/";
  constexpr size_t kExpectation = 1, kDetached = 10;
  std::map<std::string, bool> files;  // and whether valid
  for (const Row& row : RowsOf(folder + "expected.tsv")) {
    const std::string& expected = row.at(kExpectation);
    // About other calls than verification.
    if (absl::StrContains(row.back(), "assertThrows")) continue;
    // Without the detached content nothing can be said of it.
    if (expected == "valid" && row.at(kDetached) == "none") files.try_emplace(row[0], true);
    if (absl::StartsWith(expected, "invalid") || expected == "sigvalue-ok-but-rejected") {
      files.try_emplace(row[0], false);
    }
  }
  Suite suite("dss-xades XAdES signatures");
  for (const auto& [path, valid] : files) {
    const auto content = ReadSmallFile(folder + path);
    if (!content.ok()) continue;
    const verifier::FileReport report = Judge(*content, {});
    suite.Add(path, valid, Accepted(report, valid));
  }
  // At most 15 valid files may be waived, each for its reason.
  const std::string xpath = "XPath, of which any expression may come, is not admitted";
  const std::string filter = "XPath Filter 2 is not admitted";
  const std::vector<KnownDifference> waived = {
      {"validation/doubleSignedTest.xml", xpath},
      {"validation/dss1987/data2sign-signed-xades-enveloped-baseline-cts-lta.xml", xpath},
      {"validation/dss1987/data2sign-signed-xades-enveloped-baseline-lta.xml", xpath},
      {"validation/signing-cert-multiple-refs-sig.xml", xpath},
      {"validation/xades-with-equivalent-certs.xml", xpath},
      {"validation/evidence-record/Double-sig-X-E-ERS-LT.xml", filter},
      {"validation/evidence-record/Signature-X-LT-5b5edd31-344d-4d66-8e95-79f9acaab566.xml",
       filter},
      {"validation/evidence-record/Signature-X-LTA-5b5edd31-344d-4d66-8e95-79f9acaab566.xml",
       filter},
      {"validation/xades-t-copied-sigtst.xml", filter},
      {"validation/Signature-X-ES-100.xml", "base64 of an element that is no ds:Object"},
      {"validation/dss1788/dss1788-noCertProvided.xml",
       "the certificate that it names is not in it"},
      {"validation/dss3732/xades-enveloped-arcTst132.xml",
       "unsigned foreign elements stand in an enveloped signature"},
      {"validation/xades-extended-xl.xml", "Target names another Id, by its case"},
      {"validation/xades-sign-cert-v2-wrong-digest.xml", "the certificate's digest is no base64"},
  };
  EXPECT_LE(waived.size(), 15u);
  EXPECT_EQ(suite.cases(), 85);
  suite.ExpectDifferences(waived);
}

Signers SignersIn(const std::string& path) {
  Signers out;
  const auto bytes = ReadSmallFile(path);
  if (!bytes.ok()) return out;
  auto certificate = xades::Certificate::FromDer(*bytes);
  if (!certificate.ok()) {
    const BioHandle bio(BIO_new_mem_buf(bytes->data(), static_cast<int>(bytes->size())));
    if (const X509Handle x509{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
      certificate = xades::Certificate::FromDer(DerWith(x509.get(), i2d_X509));
    }
  }
  if (!certificate.ok()) {
    // A bare key: in a certificate of ours, whose issuer is no matter.
    const BioHandle bio(BIO_new_mem_buf(bytes->data(), static_cast<int>(bytes->size())));
    const EvpPkeyHandle key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
    if (key != nullptr) certificate = xades::Certificate::FromDer(TestPki().Issue(key.get()));
  }
  if (certificate.ok()) {
    out.push_back(std::make_shared<const xades::Certificate>(*std::move(certificate)));
  }
  return out;
}

TEST(XmlSignatures, XmlCrypto) {
  SCEAU_REQUIRE_SHARED("corpora/xml-crypto");
  const std::string folder = SharedFolder() + "/corpora/xml-crypto/";
  Suite suite("xml-crypto XML signatures");
  for (const Row& row : RowsOf(folder + "expected.tsv")) {
    const auto content = ReadSmallFile(folder + row[0]);
    ASSERT_TRUE(content.ok()) << row[0];
    const verifier::FileReport report = Judge(*content, SignersIn(folder + "static/" + row[2]));
    const bool valid = row[1] == "valid";
    suite.Add(row[0], valid, Accepted(report, valid));
  }
  EXPECT_EQ(suite.cases(), 18);
  suite.ExpectDifferences({
      {"static/valid_signature_with_whitespace_in_digestvalue.xml",
       "a blank before the XML declaration: not XML"},
  });
}

TEST(XmlSignatures, RubySaml) {
  SCEAU_REQUIRE_SHARED("corpora/ruby-saml");
  const std::string folder = SharedFolder() + "/corpora/ruby-saml/";
  Suite suite("ruby-saml XML signatures");
  for (const Row& row : RowsOf(folder + "expected.tsv")) {
    auto content = ReadSmallFile(folder + row[0]);
    ASSERT_TRUE(content.ok()) << row[0];
    if (row[0].ends_with(".base64")) content = FromBase64(*content).value_or("");
    const verifier::FileReport report = Judge(*content, {});
    const bool valid = absl::StartsWith(row[1], "valid");
    suite.Add(row[0], valid, Accepted(report, valid));
  }
  EXPECT_EQ(suite.cases(), 15);
  suite.ExpectDifferences({
      {"responses/invalids/response_with_concealed_signed_assertion.xml",
       "the enveloped signature was carried out of what it signs"},
      {"responses/adfs_response_sha1.xml", "algorithms named by URIs that nothing defines"},
      {"responses/adfs_response_sha384.xml", "algorithms named by URIs that nothing defines"},
      {"responses/adfs_response_sha512.xml", "its certificate cannot be read"},
  });
}

// What a row of xmlsec's table asks for that is not on the allow-list.
bool WithinTheAllowList(const Row& row, const std::string& content) {
  static const std::set<std::string> kAdmitted = {
      "c14n",         "c14n11",      "exc-c14n",   "enveloped-signature",
      "base64",       "sha1",        "sha224",     "sha256",
      "sha384",       "sha512",      "rsa-sha1",   "rsa-sha256",
      "rsa-sha384",   "rsa-sha512",  "ecdsa-sha1", "ecdsa-sha256",
      "ecdsa-sha384", "ecdsa-sha512"};
  for (const auto transform : absl::StrSplit(row.at(2), ' ', absl::SkipEmpty())) {
    if (!kAdmitted.contains(std::string(transform))) return false;
  }
  // The table does not tell of every transform.
  for (const std::string_view uri : {"REC-xpath-19991116", "xmldsig-filter2", "REC-xslt"}) {
    if (absl::StrContains(content, absl::string_view(uri.data(), uri.size()))) return false;
  }
  // Content from elsewhere; keys without a certificate.
  if (absl::StrContains(row.at(4), "--enabled-reference-uris")) return false;
  return absl::StrContains(row.at(3), "x509") && !absl::StrContains(row.at(3), "retrieval-method");
}

TEST(XmlSignatures, Xmlsec) {
  SCEAU_REQUIRE_SHARED("corpora/xmlsec");
  const std::string folder = SharedFolder() + "/corpora/xmlsec/";
  Suite suite("xmlsec XML signatures");
  std::map<std::string, size_t> refused;  // of what is valid and outside the allow-list
  const std::vector<Row> rows = RowsOf(folder + "expected.tsv");
  std::set<std::string> succeed;  // with some keys and trust
  for (const Row& row : rows) {
    if (row.at(1) == "success") succeed.insert(row[0]);
  }
  for (const Row& row : rows) {
    const auto content = ReadSmallFile(folder + row[0]);
    if (!content.ok() || row.size() < 5) continue;
    // It fails for want of trust alone, which is no matter here.
    if (row[1] != "success" && succeed.contains(row[0])) continue;
    Signers signers;
    for (const auto word : absl::StrSplit(row[4], ' ', absl::SkipEmpty())) {
      const Signers found = SignersIn(folder + std::string(word));
      signers.insert(signers.end(), found.begin(), found.end());
    }
    const verifier::FileReport report = Judge(*content, signers);
    const bool valid = row[1] == "success";
    if (valid && !WithinTheAllowList(row, *content)) {
      ++refused[AllIntact(report) ? "intact" : "refused"];
      continue;
    }
    suite.Add(row[0] + " " + row[4], valid, Accepted(report, valid));
  }
  EXPECT_EQ(refused["refused"], 130u);
  // With a certificate beside what the table asks for, one of them with RSASSA-PSS.
  EXPECT_EQ(refused["intact"], 3u);
  EXPECT_EQ(suite.cases(), 12);
  const std::string prefix = "aleksey-xmldsig-01/";
  suite.ExpectDifferences({
      {prefix +
           "enveloped-ecdsa-java-bug.xml --trusted-der ./keys/enveloped-ecdsa-java-bug-cert.der "
           "--enabled-key-data x509 --verification-gmt-time 2019-01-01+00:00:00",
       "r and s are not of the length of the key"},
      {prefix + "enveloping-sha256-ecdsa-sha256_padded.xml --insecure --enabled-key-data x509",
       "r and s are not of the length of the key"},
      {prefix + "enveloping-sha512-ecdsa-sha512-with-asn1.xml --enable-asn1-signatures-hack "
                "--trusted-der ./keys/cacert.der --enabled-key-data x509",
       "the value is DER (P-23)"},
  });
}

}  // namespace
}  // namespace sceau::test
