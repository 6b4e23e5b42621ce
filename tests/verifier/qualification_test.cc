// Qualification by trusted lists: of the same signature, by what list, certificate and time say.
#include "verifier/qualification.h"

#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>

#include "base/bytes.h"
#include "base/strings.h"
#include "tests/support/require.h"
#include "tests/verifier/forgery.h"
#include "tests/verifier/trusted_list_maker.h"

namespace sceau::test {
namespace {

using ExtensionHandle = CHandle<X509_EXTENSION, X509_EXTENSION_free>;

std::string Tlv(char tag, const std::string& content) {
  return std::string{tag, static_cast<char>(content.size())} + content;
}
std::string Oid(std::string_view dotted) {
  const CHandle<ASN1_OBJECT, ASN1_OBJECT_free> object(OBJ_txt2obj(std::string(dotted).c_str(), 1));
  return DerWith(object.get(), i2d_ASN1_OBJECT);
}
std::string Sequence(const std::string& content) { return Tlv(0x30, content); }

// QcStatements (ETSI EN 319 412-5), DER.
struct Statements {
  bool compliance = true, device = true;
  std::string type = "0.4.0.1862.1.6.1";
  std::string Der() const {
    std::string out;
    if (compliance) out += Sequence(Oid("0.4.0.1862.1.1"));
    if (device) out += Sequence(Oid("0.4.0.1862.1.4"));
    if (!type.empty()) out += Sequence(Oid("0.4.0.1862.1.6") + Sequence(Oid(type)));
    return Sequence(out);
  }
};

X509Handle FromDer(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return X509Handle(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

void AddExtension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, nullptr, certificate, nullptr, nullptr, 0);
  const ExtensionHandle extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  Require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, value);
}

class Qualifications : public testing::Test {
 protected:
  Qualifications() : key_(NewRsaKey()) {
    std::filesystem::create_directories(folder_.path() + "/signers");
    std::ofstream(folder_.path() + "/signers/fr.pem") << PemOf(france_.certificate);
    plan_.services = {{{pki_.issuing()}}};
  }

  X509Handle Issue(const Statements& statements, const std::string& policy = "1.2.3.4",
                   absl::Time from = absl::FromCivil(absl::CivilDay(2024, 1, 1),
                                                     absl::UTCTimeZone())) {
    LeafOptions leaf;
    leaf.not_before = from;
    X509Handle certificate = FromDer(pki_.Issue(key_.get(), leaf));
    AddExtension(certificate.get(), NID_qcStatements, "DER:" + ToHex(statements.Der()));
    AddExtension(certificate.get(), NID_certificate_policies,
                 "DER:" + ToHex(Sequence(Sequence(Oid(policy)))));
    Require(X509_sign(certificate.get(), pki_.issuing_key(), EVP_sha256()) > 0, "signature");
    return certificate;
  }
  std::string_view Judge(X509* certificate, absl::Time at = kSigningTime) {
    std::ofstream(folder_.path() + "/FR.xml") << SignedList(plan_, france_);
    const auto lists = verifier::TrustedLists::Load(folder_.path(), kSigningTime);
    Require(lists.ok() && (*lists)->states()[0].status.ok(), "list");
    return NameOf(verifier::QualificationOf(certificate, **lists, at));
  }
  PlannedPeriod& period() { return plan_.services[0].periods[0]; }

  TemporaryFolder folder_;
  TestPki pki_;
  ListOperator france_{"Agence"};
  EvpPkeyHandle key_;
  ListPlan plan_;
};

TEST_F(Qualifications, ByWhatTheCertificateSays) {
  period().additional = {"ForeSignatures", "ForeSeals"};
  const std::string seal = "0.4.0.1862.1.6.2", web = "0.4.0.1862.1.6.3";
  EXPECT_EQ(Judge(Issue({}).get()), "QES");
  EXPECT_EQ(Judge(Issue({.device = false}).get()), "ADES_QC");
  EXPECT_EQ(Judge(Issue({.type = ""}).get()), "QES");
  EXPECT_EQ(Judge(Issue({.type = seal}).get()), "QESEAL");
  EXPECT_EQ(Judge(Issue({.device = false, .type = seal}).get()), "ADES_QC_SEAL");
  EXPECT_EQ(Judge(Issue({.type = web}).get()), "NOT_QUALIFIED");
  EXPECT_EQ(Judge(Issue({.compliance = false}).get()), "NOT_QUALIFIED");
}

TEST_F(Qualifications, ServiceVouchesOnlyForTheUseItIsGrantedFor) {
  EXPECT_EQ(Judge(Issue({.type = "0.4.0.1862.1.6.2"}).get()), "NOT_QUALIFIED");
  period().additional = {"ForeSeals"};
  EXPECT_EQ(Judge(Issue({}).get()), "NOT_QUALIFIED");
  plan_.services[0].type = "CA/PKC";
  EXPECT_EQ(Judge(Issue({}).get()), "NOT_QUALIFIED");
}

TEST_F(Qualifications, QualifiersOfTheListOverrideTheCertificateWhereTheirCriteriaAreMet) {
  const auto with = [&](const std::string& qualifier, const std::string& policy) {
    period().extensions = QualificationExtension(qualifier, PolicyCriterion(policy));
  };
  with("QCNoQSCD", "1.2.3.4");
  EXPECT_EQ(Judge(Issue({}).get()), "ADES_QC");
  with("QCNoQSCD", "1.2.3.5");
  EXPECT_EQ(Judge(Issue({}).get()), "QES");
  with("QCWithQSCD", "1.2.3.4");
  EXPECT_EQ(Judge(Issue({.device = false}).get()), "QES");
  with("NotQualified", "1.2.3.4");
  EXPECT_EQ(Judge(Issue({}).get()), "NOT_QUALIFIED");
  with("QCStatement", "1.2.3.4");
  EXPECT_EQ(Judge(Issue({.compliance = false}).get()), "QES");
  with("QCForESeal", "1.2.3.4");
  EXPECT_EQ(Judge(Issue({}).get()), "NOT_QUALIFIED");  // granted for signatures alone
}

TEST_F(Qualifications, CriteriaAndCriticalExtensionsThatAreNotKnownVouchForNothing) {
  period().extensions = QualificationExtension(
      "QCWithQSCD", "<q:CriteriaList assert=\"all\"><q:MoonPhase/></q:CriteriaList>");
  EXPECT_EQ(Judge(Issue({}).get()), "NOT_QUALIFIED");
  period().extensions = "<Extension Critical=\"true\"><Unheard/></Extension>";
  EXPECT_EQ(Judge(Issue({}).get()), "NOT_QUALIFIED");
  period().extensions = "<Extension Critical=\"false\"><Unheard/></Extension>";
  EXPECT_EQ(Judge(Issue({}).get()), "QES");
}

TEST_F(Qualifications, StatusCountsAtTheTimeOfTheSignatureAndOfTheIssue) {
  const auto day = [](int year, int month) {
    return absl::FromCivil(absl::CivilDay(year, month, 1), absl::UTCTimeZone());
  };
  plan_.services[0].periods = {{"withdrawn", "2024-06-01T00:00:00Z"},
                               {"granted", "2024-01-01T00:00:00Z"},
                               {"withdrawn", "2020-01-01T00:00:00Z"}};
  const X509Handle good = Issue({}, "1.2.3.4", day(2024, 2));
  EXPECT_EQ(Judge(good.get(), day(2024, 3)), "QES");
  EXPECT_EQ(Judge(good.get(), day(2024, 7)), "NOT_QUALIFIED");
  EXPECT_EQ(Judge(Issue({}, "1.2.3.4", day(2023, 1)).get(), day(2024, 3)), "NOT_QUALIFIED");
}

TEST_F(Qualifications, UnknownWhereNoListCouldNameTheIssuer) {
  const TestPki other;  // its issuer's country is FR
  EXPECT_EQ(Judge(FromDer(other.Issue(key_.get())).get()), "NOT_QUALIFIED");
  LeafOptions belgian;
  belgian.country = "BE";
  const std::string certificate = TestPki::SelfSigned(key_.get(), belgian);
  EXPECT_EQ(Judge(FromDer(certificate).get()), "UNKNOWN");
}

TEST_F(Qualifications, ReportSaysItApartFromTheValidity) {
  const std::string certificate = DerOf(Issue({}).get());
  Signing signing;
  auto parameters = signing.Parameters();
  parameters.certificates = {certificate, pki_.issuing()};
  const auto sign = OneByOne([&](const SignatureScheme& scheme, const std::string& message) {
    return StatusOr<std::string>(SignRaw(key_.get(), EvpOf(scheme.digest), message));
  });
  const InputFile input = signing.AsFile(Generate(SmallSpec()));
  auto prepared = signer::Prepare(input, parameters);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  OutputFile output = OutputFile::Unnamed(folder_.path());
  const auto done = signer::Complete(input, *std::move(prepared), sign, {}, output);
  ASSERT_TRUE(done.ok()) << done.status();
  std::ofstream(folder_.path() + "/FR.xml") << SignedList(plan_, france_);
  verifier::VerifyOptions options;
  options.validation_time = kSigningTime + absl::Hours(1);
  options.lists = *verifier::TrustedLists::Load(folder_.path(), options.validation_time);
  const auto judge = [&] { return verifier::Verify(*output.Reread(), "test", options); };
  EXPECT_EQ(judge().signatures[0].sub_indication, "NO_CERTIFICATE_CHAIN_FOUND");
  EXPECT_EQ(judge().signatures[0].qualification, "QES");
  options.trust = options.lists->AddedTo(*options.trust);
  EXPECT_EQ(judge().verdict, verifier::Verdict::kTotalPassed);
  EXPECT_EQ(judge().signatures[0].qualification, "QES");
}

}  // namespace
}  // namespace sceau::test
