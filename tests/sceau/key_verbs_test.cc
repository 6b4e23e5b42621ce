// sceau key: a key's life in a real token, from generation to the certificate that replaces it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/openssl.h"
#include "tests/sceau/run_command.h"
#include "tests/support/process.h"
#include "tests/support/require.h"
#include "tests/support/soft_token.h"

namespace sceau::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using RequestHandle = CHandle<X509_REQ, X509_REQ_free>;

constexpr const char* kPin = "canary-8341";
constexpr const char* kPassphrase = "canary-phrase-é";
constexpr const char* kSubject = "CN=Hélène Ordonnatrice,O=Commune d'Essai\\, Essai,C=FR";

RequestHandle ParseRequest(const std::string& pem) {
  const BioHandle in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return RequestHandle(PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr));
}

std::string NameOf(const X509_NAME* name) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<size_t>(size)};
}

bool AsksForNonRepudiationOnly(X509_REQ* request) {
  STACK_OF(X509_EXTENSION)* extensions = X509_REQ_get_extensions(request);
  int critical = 0;
  auto* usage =
      static_cast<ASN1_BIT_STRING*>(X509V3_get_d2i(extensions, NID_key_usage, &critical, nullptr));
  bool right = usage != nullptr && critical == 1;
  for (int bit = 0; right && bit < 9; ++bit) {
    right = ASN1_BIT_STRING_get_bit(usage, bit) == (bit == 1 ? 1 : 0);
  }
  ASN1_BIT_STRING_free(usage);
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  return right;
}

class KeyVerbs : public testing::Test {
 protected:
  void SetUp() override {
    tokens_.AddToken("mairie", kPin);
    config_ = folder_.Write("sceau.toml", "modules = [\"" + test::SoftTokens::ModulePath() +
                                              "\"]\npin_source = \"" + tokens_.PinFile("mairie") +
                                              "\"\n");
  }

  Ended Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "key");
    arguments.insert(arguments.end(), {"--config", config_});
    const Ended ended = RunSceau(folder_, arguments);
    EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("canary")));
    return ended;
  }
  Json RunJson(std::vector<std::string> arguments) {
    arguments.push_back("--json");
    const Ended ended = Run(arguments);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return Json::parse(ended.out, nullptr, false);
  }
  std::string ReasonOf(std::vector<std::string> arguments, int code) {
    arguments.push_back("--json");
    const Ended ended = Run(arguments);
    EXPECT_EQ(ended.code, code) << ended.err;
    return Json::parse(ended.out)["error"]["reason"];
  }
  Json Keys() { return RunJson({"list", "--key", "pkcs11:token=mairie"})["keys"]; }
  std::string Generate(const std::string& type, const std::string& label) {
    return RunJson({"generate", "--type", type, "--label", label})["key"]["uri"];
  }
  std::string RequestPem(const std::string& uri, const std::string& subject = kSubject) {
    std::vector<std::string> arguments = {"csr", "--key", uri};
    if (!subject.empty()) arguments.insert(arguments.end(), {"--subject", subject});
    const Ended ended = Run(arguments);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.out;
  }
  // What the authority answers to a request: the certificate and its chain, in PEM.
  std::string Issued(const std::string& request, const test::LeafOptions& leaf = {}) {
    const RequestHandle parsed = ParseRequest(request);
    test::Require(parsed != nullptr, request);
    const std::string der = pki_.Issue(X509_REQ_get0_pubkey(parsed.get()), leaf);
    return folder_.Write("issued.pem",
                         test::PemOf(pki_.issuing()) + test::PemOf(der) + test::PemOf(pki_.root()));
  }
  // A software certificate as a file.
  std::string WritePkcs12(EVP_PKEY* key, const std::string& der, int algorithm = 0) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    const X509Handle certificate(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
    PKCS12* container = PKCS12_create(kPassphrase, "software", key, certificate.get(), nullptr,
                                      algorithm, algorithm, 0, 0, 0);
    test::Require(container != nullptr, "PKCS#12");
    unsigned char* out = nullptr;
    const int size = i2d_PKCS12(container, &out);
    PKCS12_free(container);
    const std::string file(reinterpret_cast<char*>(out), static_cast<size_t>(size));
    OPENSSL_free(out);
    return folder_.Write("software.p12", file);
  }
  std::vector<std::string> ImportArguments(const std::string& file, const std::string& phrase) {
    return {"import",
            "--p12",
            file,
            "--label",
            "software",
            "--passphrase-source",
            folder_.Write("phrase", phrase + "\n")};
  }

  TemporaryFolder folder_;
  test::SoftTokens tokens_;
  test::TestPki pki_;
  std::string config_;
};

class KeyVerbsOfType : public KeyVerbs, public testing::WithParamInterface<const char*> {};

TEST_P(KeyVerbsOfType, AKeyIsMadeCertifiedAndSigns) {
  const std::string uri = Generate(GetParam(), "ordonnateur");
  const std::string pem = RequestPem(uri);
  const RequestHandle request = ParseRequest(pem);
  ASSERT_NE(request, nullptr) << pem;
  EXPECT_EQ(X509_REQ_verify(request.get(), X509_REQ_get0_pubkey(request.get())), 1);
  EXPECT_EQ(NameOf(X509_REQ_get_subject_name(request.get())), kSubject);
  EXPECT_TRUE(AsksForNonRepudiationOnly(request.get()));

  const Json imported = RunJson({"import-cert", Issued(pem), "--key", uri})["key"];
  EXPECT_EQ(imported["match"], "MATCHES");
  EXPECT_EQ(imported["purpose"], "SIGNATURE");
  EXPECT_EQ(RunJson({"test", "--key", uri})["key"]["uri"], uri);
}

INSTANTIATE_TEST_SUITE_P(Types, KeyVerbsOfType,
                         testing::Values("rsa2048", "rsa3072", "rsa4096", "p256", "p384"),
                         [](const auto& row) { return std::string(row.param); });

// Another program reads the token: the private key is sensitive and cannot be taken out.
TEST_F(KeyVerbs, AGeneratedKeyStaysInTheToken) {
  Generate("p256", "ordonnateur");
  const test::ProcessResult shown =
      test::RunProcess({"pkcs11-tool", "--module", test::SoftTokens::ModulePath(), "--token-label",
                        "mairie", "--login", "--pin", kPin, "-O", "--type", "privkey"});
  EXPECT_THAT(shown.out, HasSubstr("always sensitive, never extractable"));
}

TEST_F(KeyVerbs, ARequestOpensslAccepts) {
  const std::string file = folder_.Write("r.pem", RequestPem(Generate("rsa2048", "ordonnateur")));
  const auto checked =
      test::RunProcess({"openssl", "req", "-in", file, "-noout", "-verify", "-text"});
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_THAT(checked.out, HasSubstr("Non Repudiation"));
}

TEST_F(KeyVerbs, ARequestForASubjectThatIsNotUnderstoodIs64) {
  const std::string uri = Generate("p256", "ordonnateur");
  for (const char* subject : {"Une Ordonnatrice", "CN=", "XY=a", "CN=a+O=b", "CN=#0403", "CN=a\\"}) {
    EXPECT_EQ(ReasonOf({"csr", "--key", uri, "--subject", subject, "-o", In(folder_, "r")}, 64),
              "USAGE")
        << subject;
  }
  EXPECT_FALSE(std::filesystem::exists(In(folder_, "r")));
}

TEST_F(KeyVerbs, P56_AnotherKeysCertificateIsRefusedAndNothingIsWritten) {
  const std::string uri = Generate("p256", "ordonnateur");
  const std::string other = Issued(RequestPem(Generate("p256", "autre")));
  EXPECT_EQ(ReasonOf({"import-cert", other, "--key", uri}, 77), "CERTIFICATE_MISMATCH");
  EXPECT_EQ(Keys()[0]["match"], "ABSENT");
  EXPECT_EQ(ReasonOf({"test", "--key", uri}, 77), "CERTIFICATE_MISSING");
}

TEST_F(KeyVerbs, ImportingTheSameCertificateTwiceWritesItOnce) {
  const std::string uri = Generate("p256", "ordonnateur");
  const std::string issued = Issued(RequestPem(uri));
  const auto certificates = [&] {
    const auto shown = test::RunProcess({"pkcs11-tool", "--module", test::SoftTokens::ModulePath(),
                                         "--token-label", "mairie", "-O", "--type", "cert"});
    size_t count = 0;
    for (size_t at = 0; (at = shown.out.find("Certificate Object", at)) != std::string::npos;
         ++at) {
      ++count;
    }
    return count;
  };
  RunJson({"import-cert", issued, "--key", uri});
  EXPECT_EQ(certificates(), 3u);  // with its chain
  RunJson({"import-cert", issued, "--key", uri});
  EXPECT_EQ(certificates(), 3u);
}

TEST_F(KeyVerbs, ARenewedKeyStandsBesideTheOldOne) {
  const std::string old_key = Generate("p256", "ordonnateur-2024");
  RunJson({"import-cert", Issued(RequestPem(old_key)), "--key", old_key});
  EXPECT_EQ(ReasonOf({"generate", "--type", "p256", "--label", "ordonnateur-2024"}, 64), "USAGE");
  const std::string new_key = Generate("p256", "ordonnateur-2027");
  RunJson({"import-cert", Issued(RequestPem(new_key)), "--key", new_key});
  const Json keys = Keys();
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_NE(keys[0]["id"], keys[1]["id"]);
  for (const std::string& key : {old_key, new_key}) RunJson({"test", "--key", key});
}

// The same key pair goes on under a new certificate: the request repeats its subject.
TEST_F(KeyVerbs, ARequestWithoutASubjectTakesThatOfTheCertificate) {
  const std::string uri = Generate("p256", "ordonnateur");
  EXPECT_EQ(ReasonOf({"csr", "--key", uri, "-o", In(folder_, "r")}, 77), "CERTIFICATE_MISSING");
  RunJson({"import-cert", Issued(RequestPem(uri)), "--key", uri});
  const RequestHandle request = ParseRequest(RequestPem(uri, ""));
  ASSERT_NE(request, nullptr);
  EXPECT_THAT(NameOf(X509_REQ_get_subject_name(request.get())),
              HasSubstr("CN=Hélène Ordonnatrice"));
}

TEST_F(KeyVerbs, AnAuthenticationKeyIsListedAndNotOfferedForSigning) {
  const std::string uri = Generate("p256", "authentification");
  test::LeafOptions leaf;
  leaf.key_usage = "critical,digitalSignature";
  leaf.extended_key_usage = "clientAuth";
  RunJson({"import-cert", Issued(RequestPem(uri), leaf), "--key", uri});
  EXPECT_EQ(Keys()[0]["purpose"], "AUTHENTICATION");
  EXPECT_EQ(ReasonOf({"test", "--key", uri}, 77), "CERTIFICATE_NOT_FOR_SIGNING");
  EXPECT_EQ(ReasonOf({"test"}, 77), "CERTIFICATE_NOT_FOR_SIGNING");

  const std::string signing = Generate("p256", "signature");
  RunJson({"import-cert", Issued(RequestPem(signing)), "--key", signing});
  EXPECT_EQ(RunJson({"test"})["key"]["uri"], signing);  // the only one that is offered
}

TEST_F(KeyVerbs, AnExpiredCertificateFailsTheTest) {
  const std::string uri = Generate("p256", "ordonnateur");
  test::LeafOptions leaf;
  leaf.not_after = absl::FromCivil(absl::CivilDay(2024, 2, 1), absl::UTCTimeZone());
  RunJson({"import-cert", Issued(RequestPem(uri), leaf), "--key", uri});
  EXPECT_EQ(Keys()[0]["certificate"]["expired"], true);
  EXPECT_EQ(ReasonOf({"test", "--key", uri}, 77), "CERTIFICATE_NOT_VALID");
}

TEST_F(KeyVerbs, ASoftwareCertificateIsImportedAndTheFileIsSaidToRemain) {
  const EvpPkeyHandle key = test::NewRsaKey();
  const std::string file = WritePkcs12(key.get(), pki_.Issue(key.get()));
  std::vector<std::string> arguments = ImportArguments(file, kPassphrase);
  arguments.push_back("--json");
  const Ended run = Run(arguments);
  ASSERT_EQ(run.code, 0) << run.err;
  const Json said = Json::parse(run.out);
  EXPECT_EQ(said["fileRemains"], file);
  EXPECT_THAT(run.err, HasSubstr("contient toujours la clé"));
  EXPECT_TRUE(std::filesystem::exists(file));
  RunJson({"test", "--key", said["key"]["uri"]});
  const test::ProcessResult shown =
      test::RunProcess({"pkcs11-tool", "--module", test::SoftTokens::ModulePath(), "--token-label",
                        "mairie", "--login", "--pin", kPin, "-O", "--type", "privkey"});
  EXPECT_THAT(shown.out, HasSubstr("sensitive"));
  EXPECT_THAT(shown.out, Not(HasSubstr("  extractable")));
}

TEST_F(KeyVerbs, AnEcSoftwareCertificateIsImported) {
  for (const char* curve : {"P-256", "P-384"}) {
    const EvpPkeyHandle key = test::NewEcKey(curve);
    std::vector<std::string> arguments =
        ImportArguments(WritePkcs12(key.get(), pki_.Issue(key.get())), kPassphrase);
    arguments[4] = curve;
    RunJson({"test", "--key", RunJson(arguments)["key"]["uri"]});
  }
}

// As older tools write them: 40-bit RC2, which OpenSSL keeps apart.
TEST_F(KeyVerbs, AnOldPkcs12IsOpened) {
  const EvpPkeyHandle key = test::NewRsaKey();
  const std::string pem = folder_.Write("cert.pem", test::PemOf(pki_.Issue(key.get())));
  const BioHandle out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  const std::string key_file = folder_.Write("key.pem", {text, static_cast<size_t>(size)});
  const std::string file = In(folder_, "old.p12");
  const auto made = test::RunProcess({"openssl", "pkcs12", "-export", "-legacy", "-in", pem,
                                      "-inkey", key_file, "-out", file, "-passout", "pass:ancien"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  RunJson({"test", "--key", RunJson(ImportArguments(file, "ancien"))["key"]["uri"]});
}

TEST_F(KeyVerbs, APkcs12ThatCannotBeTakenLeavesTheTokenAsItWas) {
  const EvpPkeyHandle key = test::NewRsaKey();
  const std::string file = WritePkcs12(key.get(), pki_.Issue(key.get()));
  EXPECT_EQ(ReasonOf(ImportArguments(file, "wrong"), 77), "PASSPHRASE_INCORRECT");
  const std::string garbage = folder_.Write("garbage.p12", "not a PKCS#12");
  EXPECT_EQ(ReasonOf(ImportArguments(garbage, kPassphrase), 65), "INPUT_UNREADABLE");
  const EvpPkeyHandle small = test::NewRsaKey(1024);
  EXPECT_EQ(
      ReasonOf(ImportArguments(WritePkcs12(small.get(), pki_.Issue(small.get())), kPassphrase), 77),
      "ALGORITHM_REFUSED");
  EXPECT_EQ(Keys().size(), 0u);
}

TEST_F(KeyVerbs, ThePassphraseAndThePinAreTypedWithoutEcho) {
  config_ = folder_.Write("asks.toml", "modules = [\"" + test::SoftTokens::ModulePath() + "\"]\n");
  const EvpPkeyHandle key = test::NewRsaKey();
  const std::string file = WritePkcs12(key.get(), pki_.Issue(key.get()));
  const Ended run = RunSceauOnTerminal(
      folder_, {"key", "import", "--p12", file, "--label", "software", "--config", config_},
      {{"Phrase secrète (", std::string(kPassphrase) + "\n", {}},
       {"PIN (mairie)", std::string(kPin) + "\n", {}}});
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_THAT(run.out, Not(HasSubstr("canary")));
}

TEST_F(KeyVerbs, P49_AWrongPinWritesNothing) {
  const std::string wrong = folder_.Write("wrong", "00000000\n");
  EXPECT_EQ(ReasonOf({"generate", "--type", "p256", "--pin-source", wrong}, 77), "PIN_INCORRECT");
  EXPECT_EQ(Keys().size(), 0u);
}

TEST_F(KeyVerbs, P51_SeveralTokensAreNeverChosenBetween) {
  tokens_.AddToken("autre", kPin);
  const Ended run = Run({"generate", "--type", "p256", "--json"});
  EXPECT_EQ(run.code, 64) << run.err;
  const Json error = Json::parse(run.out)["error"];
  EXPECT_EQ(error["reason"], "KEY_AMBIGUOUS");
  EXPECT_THAT(run.err, HasSubstr("token=mairie"));
  EXPECT_THAT(run.err, HasSubstr("token=autre"));
}

TEST_F(KeyVerbs, ATypeThatIsNotOfferedIs64) {
  for (const char* type : {"rsa1024", "p521", "dsa"}) {
    EXPECT_EQ(ReasonOf({"generate", "--type", type}, 64), "USAGE");
  }
}

}  // namespace
}  // namespace sceau::cli
