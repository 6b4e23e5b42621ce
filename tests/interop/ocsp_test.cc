// OpenSSL's own OCSP responses, judged as a signer's are: one line of counts.
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "tests/interop/suite.h"
#include "tests/support/shared_folder.h"
#include "verifier/ocsp_status.h"
#include "verifier/revocation_data.h"

namespace sceau::test {
namespace {

std::string Content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

X509Handle FromPem(const std::string& pem) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509Handle(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

// "ISOP_ND1.ors" is about the certificate ND1_Cert_EE.pem; the certificates that are intermediate
// authorities are called ..._Cert_ICA.pem.
X509Handle SubjectOf(const std::string& folder, const std::string& response) {
  const size_t from = response.rfind('_') == std::string::npos ? 0 : response.rfind('_') + 1;
  const std::string name = response.substr(from, response.rfind('.') - from);
  for (const char* kind : {"EE", "ICA"}) {
    const std::string path = Concat(folder, name, "_Cert_", kind, ".pem");
    if (std::filesystem::exists(path)) return FromPem(Content(path));
  }
  return nullptr;
}

TEST(Ocsp, OpenSslCorpus) {
  SCEAU_REQUIRE_SHARED("corpora/openssl");
  const std::string folder = SharedFolder() + "/corpora/openssl/ocsp-tests/";
  const std::vector<std::string> lines =
      absl::StrSplit(Content(SharedFolder() + "/corpora/openssl/expected-ocsp.tsv"), '\n');
  Suite suite("openssl OCSP");
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> row = absl::StrSplit(lines[i], '\t');
    if (row.size() < 4) continue;
    const X509Handle subject = SubjectOf(folder, row[0]);
    const X509Handle issuer = FromPem(Content(folder + row[1]));
    ASSERT_NE(subject, nullptr) << row[0];
    ASSERT_NE(issuer, nullptr) << row[1];
    verifier::RevocationData data;
    const auto der = FromBase64(Content(folder + row[0]));
    ASSERT_TRUE(der.has_value() && data.AddOcspResponse(*der)) << row[0];
    verifier::OcspDemands demands;
    demands.at = absl::FromUnixSeconds(1355875200);
    demands.outdated = verifier::Outdated::kAdmitted;  // the suite does not look at nextUpdate
    const auto status = verifier::StatusByOcsp({subject.get(), issuer.get()},
                                               {data.responses().front().get()}, demands);
    suite.Add(Concat(row[0], " ", row[1], " ", row[4]), row[3] == "accept",
              status.state == verifier::RevocationState::kGood);
  }
  EXPECT_EQ(suite.cases(), 32);
  suite.ExpectDifferences({});
}

}  // namespace
}  // namespace sceau::test
