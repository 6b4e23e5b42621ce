// Wycheproof's signature vectors: RSA PKCS#1 v1.5 and ECDSA through the check that signature values
// go through, ECDSA in DER and RSA-PSS through the check that certificates, CRLs, OCSP responses
// and time stamps go through (OpenSSL's).
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/escaping.h"
#include "base/strings.h"
#include "tests/interop/suite.h"
#include "tests/support/shared_folder.h"
#include "tests/support/test_pki.h"
#include "xades/certificate.h"

namespace sceau::test {
namespace {

using Json = nlohmann::json;

Json ReadJson(const std::filesystem::path& path) {
  std::ifstream in(path);
  return Json::parse(in);
}

std::string Bytes(const Json& hex) { return absl::HexStringToBytes(hex.get<std::string>()); }

EvpPkeyHandle KeyOf(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return EvpPkeyHandle(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
}

std::string_view MethodFor(bool rsa, const std::string& sha) {
  if (sha == "SHA-256") {
    return rsa ? "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
               : "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
  }
  if (sha == "SHA-384") {
    return rsa ? "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
               : "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
  }
  return rsa ? "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
             : "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512";
}

// A certificate that holds this key: the form in which a verifier meets one.
StatusOr<xades::Certificate> CertificateFor(const TestPki& pki, EVP_PKEY* key) {
  return xades::Certificate::FromDer(pki.Issue(key));
}

bool VerifiesByOpenSsl(EVP_PKEY* key, const Json& group, const std::string& message,
                       const std::string& signature) {
  const EvpMdCtxHandle context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  const std::string sha = group["sha"];
  const EVP_MD* digest = EVP_get_digestbyname(sha.c_str());
  if (EVP_DigestVerifyInit(context.get(), &parameters, digest, nullptr, key) != 1) return false;
  if (group["type"] == "RsassaPssVerify" || group["type"] == "RsassaPssWithParametersVerify") {
    const std::string mask = group["mgfSha"];
    if (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) <= 0 ||
        EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, group["sLen"]) <= 0 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, EVP_get_digestbyname(mask.c_str())) <= 0) {
      return false;
    }
  }
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  const bool good = EVP_DigestVerify(context.get(), bytes(signature), signature.size(),
                                     bytes(message), message.size()) == 1;
  ERR_clear_error();
  return good;
}

// Which cases of a vector are what a verifier must accept. "acceptable" leaves the choice.
void RunVectors(const Json& vectors, const TestPki& pki, Suite& suite) {
  for (const Json& group : vectors["testGroups"]) {
    const std::string type = group["type"];
    const bool rsa = type == "RsassaPkcs1Verify";
    const bool raw_ecdsa = type == "EcdsaP1363Verify";
    const Json& der = group.contains("publicKeyDer") ? group["publicKeyDer"] : group["keyDer"];
    const EvpPkeyHandle key = KeyOf(Bytes(der));
    ASSERT_NE(key, nullptr);
    std::optional<xades::Certificate> certificate;
    if (rsa || raw_ecdsa) {
      auto made = CertificateFor(pki, key.get());
      ASSERT_TRUE(made.ok()) << made.status();
      certificate = *made;
    }
    for (const Json& it : group["tests"]) {
      if (it["result"] == "acceptable") continue;
      const std::string message = Bytes(it["msg"]);
      const std::string signature = Bytes(it["sig"]);
      const bool accepted =
          certificate
              ? certificate->Verifies(*xades::FindSignatureMethod(MethodFor(rsa, group["sha"])),
                                      message, signature)
              : VerifiesByOpenSsl(key.get(), group, message, signature);
      suite.Add(Concat(type, " ", it["tcId"].get<int>()), it["result"] == "valid", accepted);
    }
  }
}

TEST(SignatureVectors, Wycheproof) {
  SCEAU_REQUIRE_SHARED("corpora/wycheproof");
  const TestPki pki;
  Suite suite("wycheproof signatures");
  for (const auto& entry :
       std::filesystem::directory_iterator(SharedFolder() + "/corpora/wycheproof/testvectors_v1")) {
    RunVectors(ReadJson(entry.path()), pki, suite);
  }
  EXPECT_EQ(suite.cases(), 1216);
  suite.ExpectDifferences({});
}

}  // namespace
}  // namespace sceau::test
