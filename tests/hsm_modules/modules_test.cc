// Other makers' modules do what SoftHSM2 does: generate, certify, sign, verify, and refuse.
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "hsm/key_store.h"
#include "hsm/public_key.h"
#include "tests/hsm_modules/other_token.h"
#include "tests/support/process.h"
#include "tests/support/soft_token.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_pki.h"

namespace sceau::hsm {
namespace {

using RequestHandle = CHandle<X509_REQ, X509_REQ_free>;

constexpr char kPin[] = "canary-59";
constexpr std::string_view kMessage = "SignedInfo";

struct Case {
  const char* name;
  std::unique_ptr<OtherToken> (*make)();
  NewKey key;
};

class OtherModule : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    token_ = GetParam().make();
    if (const std::string why = token_->Prepare(kPin); !why.empty()) GTEST_SKIP() << why;
  }

  std::unique_ptr<PinSource> Pin(const std::string& pin = kPin) {
    return PinFromFile(folder_.Write("pin", pin + "\n"));
  }
  std::unique_ptr<KeyStore> Store(const std::string& key = "") {
    pin_ = Pin();
    auto store = KeyStore::Open(token_->Options(), token_->Uri() + key, pin_.get());
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }
  // The certificate that the authority issues for the request, with its chain.
  std::vector<std::string> Issue(const std::string& request) const {
    const BioHandle in(BIO_new_mem_buf(request.data(), static_cast<int>(request.size())));
    const RequestHandle parsed(PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr));
    if (parsed == nullptr) return {};
    return {pki_.Issue(X509_REQ_get0_pubkey(parsed.get())), pki_.issuing()};
  }
  // By the program openssl, with the certificate's key.
  bool OpensslVerifies(const std::string& certificate, std::string signature) const {
    const auto extracted =
        test::RunProcess({"openssl", "x509", "-pubkey", "-noout"}, test::PemOf(certificate));
    if (GetParam().key.type == KeyType::kEc) signature = EcdsaDer(signature);
    const auto verified = test::RunProcess(
        {"openssl", "dgst", "-sha256", "-verify", folder_.Write("key.pem", extracted.out),
         "-signature", folder_.Write("signature", signature), folder_.Write("message", kMessage)});
    return verified.exit_code == 0;
  }

  test::TemporaryFolder folder_;
  test::TestPki pki_;
  std::unique_ptr<OtherToken> token_;
  std::unique_ptr<PinSource> pin_;
};

TEST_P(OtherModule, AKeyIsMadeCertifiedFoundAndSigns) {
  ASSERT_TRUE(Store()->Generate(GetParam().key).ok());

  const std::unique_ptr<KeyStore> store = Store(";object=signature");
  ASSERT_NE(store, nullptr);
  const auto request = store->Request("CN=Maire,C=FR");
  ASSERT_TRUE(request.ok()) << request.status();
  const std::vector<std::string> issued = Issue(*request);
  const auto imported = store->ImportCertificates(issued);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->match, CertificateMatch::kMatches);
  EXPECT_EQ(imported->certificate, issued.front());
  EXPECT_EQ(imported->bits, GetParam().key.bits);

  const auto tokens = Tokens::Open(token_->Options());
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  const auto key = (*tokens)->OpenKey(imported->uri, pin_.get());
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ((*key)->certificates(), issued);
  const auto signature =
      (*key)->Sign(DigestAlgorithm::kSha256, kMessage, absl::Now() + absl::Minutes(1));
  ASSERT_TRUE(signature.ok()) << signature.status();
  EXPECT_TRUE(OpensslVerifies(issued.front(), *signature));
}

TEST_P(OtherModule, P49_AWrongPinIsAWrongPin) {
  const auto wrong = Pin("wrong-pin");
  const auto store = KeyStore::Open(token_->Options(), token_->Uri(), wrong.get());
  EXPECT_EQ(ReasonOf(store.status()), Reason::kPinIncorrect) << store.status();
}

// Two makers' modules in one process.
TEST(TwoModules, SignSideBySideAndAreNeverChosenBetween) {
  const test::TestPki pki;
  const std::unique_ptr<OtherToken> tpm = TpmToken();
  ASSERT_EQ(tpm->Prepare(kPin), "");
  test::SoftTokens soft;
  soft.AddToken("mairie", kPin);
  soft.AddSigner("mairie", pki);  // object=signature, as the other
  const auto pin = PinFromFile(soft.PinFile("mairie"));
  {
    const auto store = KeyStore::Open(tpm->Options(), tpm->Uri(), pin.get());
    ASSERT_TRUE(store.ok()) << store.status();
    ASSERT_TRUE((*store)->Generate({KeyType::kEc, 256, "signature", "\x01"}).ok());
  }
  const auto store = KeyStore::Open(tpm->Options(), tpm->Uri() + ";object=signature", pin.get());
  ASSERT_TRUE(store.ok()) << store.status();
  const auto request = (*store)->Request("CN=Maire,C=FR");
  ASSERT_TRUE(request.ok()) << request.status();
  const BioHandle in(BIO_new_mem_buf(request->data(), static_cast<int>(request->size())));
  const RequestHandle parsed(PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr));
  ASSERT_NE(parsed, nullptr);
  const auto imported =
      (*store)->ImportCertificates({pki.Issue(X509_REQ_get0_pubkey(parsed.get())), pki.issuing()});
  ASSERT_TRUE(imported.ok()) << imported.status();

  const auto tokens = Tokens::Open({{SCEAU_TPM, test::SoftTokens::ModulePath()}});
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  for (const std::string& uri : {imported->uri, std::string("pkcs11:token=mairie")}) {
    const auto key = (*tokens)->OpenKey(uri, pin.get());
    ASSERT_TRUE(key.ok()) << key.status();
    const auto signature =
        (*key)->Sign(DigestAlgorithm::kSha256, kMessage, absl::Now() + absl::Minutes(1));
    EXPECT_TRUE(signature.ok()) << signature.status();
  }
  const auto either = (*tokens)->OpenKey("pkcs11:object=signature", pin.get());
  EXPECT_EQ(ReasonOf(either.status()), Reason::kKeyAmbiguous) << either.status();
  EXPECT_NE(DetailOf(either.status()).find("token=tpm"), std::string::npos) << either.status();
  EXPECT_NE(DetailOf(either.status()).find("token=mairie"), std::string::npos) << either.status();
}

const NewKey kRsa{KeyType::kRsa, 2048, "signature", "\x01"};
const NewKey kEc{KeyType::kEc, 256, "signature", "\x01"};

INSTANTIATE_TEST_SUITE_P(Modules, OtherModule,
                         testing::Values(Case{"NssRsa", NssToken, kRsa},
                                         Case{"NssEc", NssToken, kEc},
                                         Case{"TpmRsa", TpmToken, kRsa},
                                         Case{"TpmEc", TpmToken, kEc}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sceau::hsm
