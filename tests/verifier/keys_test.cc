// P-05 to P-07, P-23, P-40, P-42: with whose key a signature holds, and who that is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/strings.h"
#include "tests/verifier/forgery.h"
#include "verifier/issuer_name.h"
#include "verifier/signature_acceptance.h"

namespace sceau::test {
namespace {

using verifier::Indication;
using verifier::Integrity;
using verifier::Verdict;

class Keys : public Attack {
 protected:
  Keys() : attacker_(NewRsaKey()) {
    LeafOptions same_name;
    attacker_certificate_ = TestPki::SelfSigned(attacker_.get(), same_name);
    known_certificate_ = signing_.pki().Issue(attacker_.get(), same_name);
    x509_data_ = Between(bordereau_, "<ds:X509Data>", "</ds:X509Data>");
  }
  std::string WithKeyInfo(const std::string& document, const std::string& content) const {
    return Replaced(document, x509_data_, content);
  }
  static std::string Data(const std::vector<std::string>& certificates) {
    std::string out = "<ds:X509Data>";
    for (const std::string& der : certificates) out += X509CertificateElement(der);
    return out + "</ds:X509Data>";
  }
  // SigningCertificate names this certificate.
  std::string Naming(const std::string& document, const std::string& der) const {
    const std::string cert = Between(document, "<xad:Cert>", "</xad:Cert>");
    return Replaced(document, cert,
                    "<xad:Cert><xad:CertDigest><xad:DigestMethod "
                    "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><xad:DigestValue>" +
                        ToBase64(DigestOf(DigestAlgorithm::kSha256, der)) +
                        "</xad:DigestValue></xad:CertDigest></xad:Cert>");
  }
  // A document signed by this key, with its certificate in every place.
  std::string SignedBy(EVP_PKEY* key, const std::string& der,
                       const std::vector<std::string>& others = {}) const {
    std::vector<std::string> all = {der};
    all.insert(all.end(), others.begin(), others.end());
    return Resealed(Naming(WithKeyInfo(bordereau_, Data(all)), der), key);
  }
  static std::string KeyValue(EVP_PKEY* key) {
    const auto number = [&](const char* name) {
      BIGNUM* value = nullptr;
      EVP_PKEY_get_bn_param(key, name, &value);
      const BignumHandle owned(value);
      std::string bytes(static_cast<size_t>(BN_num_bytes(value)), '\0');
      BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
      return ToBase64(bytes);
    };
    return "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>" + number("n") +
           "</ds:Modulus><ds:Exponent>" + number("e") +
           "</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>";
  }

  // The one signature is intact, but for this reason it is nobody's that is trusted.
  void ExpectIntactButUntrusted(const verifier::FileReport& report, std::string_view code,
                                std::string_view sub_indication) {
    ASSERT_EQ(report.signatures.size(), 1u);
    const auto& signature = report.signatures[0];
    EXPECT_EQ(signature.integrity, Integrity::kIntact) << testing::PrintToString(Codes(signature));
    EXPECT_EQ(signature.indication, Indication::kIndeterminate);
    EXPECT_EQ(signature.sub_indication, sub_indication);
    EXPECT_THAT(Codes(signature), testing::Contains(std::string(code)));
    EXPECT_EQ(report.verdict, Verdict::kIndeterminate);
  }

  EvpPkeyHandle attacker_;
  std::string attacker_certificate_;  // self-signed, the genuine subject's name
  std::string known_certificate_;     // of the same authority
  std::string x509_data_;
};

TEST_F(Keys, P05_SignedWithAnotherKeyThanTheCertificates) {
  ExpectNoneIntact(Resealed(bordereau_, attacker_.get()), "SIGNATURE_VALUE_WRONG");
  const std::string genuine = signing_.certificate();
  // Both certificates, in both orders; SigningCertificate names the genuine one.
  for (const auto& both :
       {std::vector{genuine, attacker_certificate_}, std::vector{attacker_certificate_, genuine},
        std::vector{known_certificate_, genuine}}) {
    ExpectNoneIntact(Resealed(WithKeyInfo(bordereau_, Data(both)), attacker_.get()),
                     "SIGNATURE_VALUE_WRONG");
  }
}

TEST_F(Keys, P05_SigningCertificateReplacedWithoutSigningAgain) {
  ExpectNoneIntact(
      Naming(WithKeyInfo(bordereau_, Data({attacker_certificate_})), attacker_certificate_),
      "SIGNED_PROPERTIES_ALTERED");
  ExpectNoneIntact(WithKeyInfo(bordereau_, Data({attacker_certificate_})),
                   "SIGNING_CERTIFICATE_NOT_FOUND");
}

TEST_F(Keys, P05_AttackersCertificateOfTheSameSubjectIsNotTrusted) {
  const auto report = signing_.VerifyTrusted(SignedBy(
      attacker_.get(), attacker_certificate_, {signing_.pki().issuing(), signing_.certificate()}));
  ExpectIntactButUntrusted(report, "CHAIN_NOT_TRUSTED", "NO_CERTIFICATE_CHAIN_FOUND");
}

TEST_F(Keys, P05_AnotherSignersSerialOrIssuer) {
  const std::string serial = Between(bordereau_, "<ds:X509SerialNumber>", "</ds:X509SerialNumber>");
  ExpectNoneIntact(
      Resealed(Replaced(bordereau_, serial, "<ds:X509SerialNumber>1</ds:X509SerialNumber>"),
               signing_.key()),
      "ISSUER_SERIAL_MISMATCH");
}

TEST_F(Keys, P06_KeyValueAloneBeforeAndAfter) {
  const std::string attackers = KeyValue(attacker_.get());
  ExpectNoneIntact(Resealed(WithKeyInfo(bordereau_, attackers), attacker_.get()),
                   "NO_CERTIFICATE_IN_SIGNATURE");
  for (const std::string& content : {attackers + x509_data_, x509_data_ + attackers}) {
    ExpectNoneIntact(WithKeyInfo(bordereau_, content), "KEY_INFO_REFUSED");
    ExpectNoneIntact(Resealed(WithKeyInfo(bordereau_, content), attacker_.get()),
                     "KEY_INFO_REFUSED");
  }
  // The certificate's own key once more changes nothing; twice is refused.
  const std::string own = KeyValue(signing_.key());
  ExpectPassed(WithKeyInfo(bordereau_, own + x509_data_));
  ExpectPassed(WithKeyInfo(bordereau_, x509_data_ + own));
  ExpectNoneIntact(WithKeyInfo(bordereau_, own + x509_data_ + own), "KEY_INFO_REFUSED");
}

TEST_F(Keys, P07_OtherWaysToNameAKey) {
  const std::string dsig11 = " xmlns:d=\"http://www.w3.org/2009/xmldsig11#\"";
  for (const std::string& content :
       {std::string("<ds:RetrievalMethod URI=\"file:///etc/hostname\"/>"),
        std::string("<ds:RetrievalMethod URI=\"#BORDD0001\"/>"),
        std::string("<e:EncryptedKey xmlns:e=\"http://www.w3.org/2001/04/xmlenc#\"/>"),
        "<d:DEREncodedKeyValue" + dsig11 + ">AAAA</d:DEREncodedKeyValue>",
        "<d:KeyInfoReference" + dsig11 + " URI=\"#x\"/>", std::string("<ds:PGPData/>"),
        std::string("<ds:MgmtData>x</ds:MgmtData>")}) {
    ExpectNoneIntact(WithKeyInfo(bordereau_, content), "KEY_INFO_REFUSED");
    ExpectNoneIntact(WithKeyInfo(bordereau_, content + x509_data_), "KEY_INFO_REFUSED");
  }
  const std::string name = "<ds:KeyName>x</ds:KeyName>";
  ExpectNoneIntact(WithKeyInfo(bordereau_, name), "NO_CERTIFICATE_IN_SIGNATURE");
  ExpectPassed(WithKeyInfo(bordereau_, name + x509_data_));
  ExpectNoneIntact(Replaced(bordereau_, Between(bordereau_, "<ds:KeyInfo", "</ds:KeyInfo>"), ""));
}

TEST_F(Keys, P23_EcdsaIsRAndSOfTheKeysLengthAndNothingElse) {
  for (const char* curve : {"P-256", "P-384", "P-521"}) {
    const EvpPkeyHandle key = NewEcKey(curve);
    const size_t size = (static_cast<size_t>(EVP_PKEY_get_bits(key.get())) + 7) / 8;
    const std::string certificate = signing_.pki().Issue(key.get());
    const std::string document = SignedBy(key.get(), certificate, {signing_.pki().issuing()});
    const std::string ecdsa = Resealed(
        Replaced(document, "xmldsig-more#rsa-sha256", "xmldsig-more#ecdsa-sha256"), key.get());
    ExpectPassed(ecdsa);
    const std::string der = SignRaw(key.get(), EVP_sha256(), SignedInfoOctets(ecdsa));
    const std::string raw = RawEcdsa(der, size);
    ExpectPassed(WithValue(ecdsa, raw));
    const std::string r = raw.substr(0, size);
    const std::string s = raw.substr(size);
    const std::string zero(1, '\0');
    for (const std::string& value :
         {der, raw + zero, zero + raw, zero + r + zero + s, raw.substr(0, 2 * size - 1), s + r, r,
          std::string(2 * size, '\0'), r + std::string(size, '\0'), std::string(size, '\0') + s,
          std::string(2 * size, '\xFF')}) {
      ExpectNoneIntact(WithValue(ecdsa, value), "SIGNATURE_VALUE_WRONG");
    }
    // An RSA method on an EC key, and the reverse.
    ExpectNoneIntact(document, "SIGNATURE_VALUE_WRONG");
    ExpectNoneIntact(Resealed(Replaced(bordereau_, "#rsa-sha256", "#ecdsa-sha256"), signing_.key()),
                     "SIGNATURE_VALUE_WRONG");
  }
}

// Certificates: the signature is intact, only its signer is or is not to be trusted.
class Certificates : public Keys {
 protected:
  std::string SignedAs(const LeafOptions& options) {
    return SignedBy(attacker_.get(), signing_.pki().Issue(attacker_.get(), options),
                    {signing_.pki().issuing()});
  }
};

TEST_F(Certificates, ExpiredAndNotYetValid) {
  ExpectIntactButUntrusted(signing_.VerifyWith(bordereau_, signing_.folder().path() + "/root.pem",
                                               absl::Hours(24 * 7300)),
                           "CERTIFICATE_EXPIRED", "OUT_OF_BOUNDS_NO_POE");
  ExpectIntactButUntrusted(signing_.VerifyWith(bordereau_, signing_.folder().path() + "/root.pem",
                                               -absl::Hours(24 * 800)),
                           "CERTIFICATE_NOT_YET_VALID", "OUT_OF_BOUNDS_NO_POE");
}

TEST_F(Certificates, P36_ClaimedTimeDoesNotMakeAnExpiredCertificateValid) {
  LeafOptions expired;
  expired.not_after = kSigningTime - absl::Hours(24);
  const std::string document = SignedAs(expired);
  const std::string time = Between(document, "<xad:SigningTime>", "</xad:SigningTime>");
  ExpectIntactButUntrusted(
      signing_.VerifyTrusted(Resealed(
          Replaced(document, time, "<xad:SigningTime>2024-06-01T00:00:00Z</xad:SigningTime>"),
          attacker_.get())),
      "CERTIFICATE_EXPIRED", "OUT_OF_BOUNDS_NO_POE");
}

TEST_F(Certificates, P40_WrongKeyUsage) {
  LeafOptions options;
  for (const char* usage :
       {"critical,digitalSignature", "critical,keyEncipherment", "critical,keyCertSign"}) {
    options.key_usage = usage;
    ExpectIntactButUntrusted(signing_.VerifyTrusted(SignedAs(options)),
                             "CERTIFICATE_NOT_FOR_SIGNING", "CHAIN_CONSTRAINTS_FAILURE");
  }
}

TEST_F(Certificates, P40_ExtendedKeyUsageThatAllowsNoSigning) {
  LeafOptions options;
  for (const char* usage :
       {"anyExtendedKeyUsage", "emailProtection", "clientAuth", "serverAuth,emailProtection",
        "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.311.10.3.12", "critical,1.3.6.1.5.5.7.3.36"}) {
    options.extended_key_usage = usage;
    EXPECT_EQ(signing_.VerifyTrusted(SignedAs(options)).verdict, Verdict::kTotalPassed) << usage;
  }
  for (const char* usage : {"serverAuth", "codeSigning", "critical,timeStamping", "OCSPSigning",
                            "serverAuth,codeSigning", "1.2.3.4"}) {
    options.extended_key_usage = usage;
    ExpectIntactButUntrusted(signing_.VerifyTrusted(SignedAs(options)),
                             "CERTIFICATE_NOT_FOR_SIGNING", "CHAIN_CONSTRAINTS_FAILURE");
  }
}

// domain.md, the policy of Hélios: the certificate must be valid at the signing date.
TEST_F(Certificates, ClaimedTimeOutsideTheCertificateBreaksThePolicyOfAPes) {
  LeafOptions later;
  later.not_before = kSigningTime + absl::Minutes(30);
  ExpectIntactButUntrusted(signing_.VerifyTrusted(SignedAs(later)),
                           "CLAIMED_TIME_OUTSIDE_CERTIFICATE", "SIG_CONSTRAINTS_FAILURE");
  // Where no policy demands it a claim decides nothing.
  const auto certificate =
      xades::Certificate::FromDer(signing_.pki().Issue(attacker_.get(), later));
  ASSERT_TRUE(certificate.ok());
  verifier::SignatureReport report;
  report.claimed_time = "2025-01-01T00:00:00Z";
  const auto acceptance = verifier::CheckAcceptance(report, *certificate, schemas::Kind::kBudgetAct,
                                                    kSigningTime + absl::Hours(1));
  EXPECT_TRUE(acceptance.shortfalls.empty());
  ASSERT_EQ(acceptance.remarks.size(), 1u);
  EXPECT_EQ(acceptance.remarks[0].code, "CLAIMED_TIME_OUTSIDE_CERTIFICATE");
}

TEST_F(Certificates, P40_AnAuthoritysCertificateIsNoSigners) {
  LeafOptions authority;
  authority.basic_constraints = "critical,CA:TRUE";
  authority.key_usage = "critical,nonRepudiation,keyCertSign";
  ExpectIntactButUntrusted(signing_.VerifyTrusted(SignedAs(authority)),
                           "CERTIFICATE_NOT_FOR_SIGNING", "CHAIN_CONSTRAINTS_FAILURE");
}

TEST_F(Certificates, P42_ChainThroughACertificateThatIsNoAuthority) {
  const EvpPkeyHandle leaf = NewRsaKey();
  const std::string certificate =
      TestPki::IssueUnder(signing_.certificate(), signing_.key(), leaf.get());
  const auto report = signing_.VerifyTrusted(
      SignedBy(leaf.get(), certificate, {signing_.certificate(), signing_.pki().issuing()}));
  ExpectIntactButUntrusted(report, "CHAIN_CONSTRAINTS", "CHAIN_CONSTRAINTS_FAILURE");
}

TEST_F(Certificates, P42_LookAlikeAuthorityInTheSignatureIsNoAnchor) {
  LeafOptions root;
  root.common_name = "Racine d'essai";
  root.organization = "Autorité de certification d'essai";
  root.basic_constraints = "critical,CA:TRUE";
  root.key_usage = "critical,keyCertSign,cRLSign";
  const EvpPkeyHandle root_key = NewEcKey();
  const std::string fake_root = TestPki::SelfSigned(root_key.get(), root);
  const std::string certificate = TestPki::IssueUnder(fake_root, root_key.get(), attacker_.get());
  const auto report = signing_.VerifyTrusted(
      SignedBy(attacker_.get(), certificate, {fake_root, signing_.pki().root()}));
  ASSERT_EQ(report.signatures.size(), 1u);
  EXPECT_EQ(report.verdict, Verdict::kIndeterminate);
  EXPECT_THAT(report.signatures[0].sub_indication,
              testing::AnyOf("NO_CERTIFICATE_CHAIN_FOUND", "CHAIN_CONSTRAINTS_FAILURE"));
}

TEST_F(Certificates, AnchorMayBeTheSignersCertificateItself) {
  const std::string pem = signing_.folder().Write("leaf.pem", PemOf(signing_.certificate()));
  EXPECT_EQ(signing_.VerifyWith(bordereau_, pem).verdict, Verdict::kTotalPassed);
  // And then no other of the same authority, nor after its end.
  const std::string other = SignedBy(attacker_.get(), known_certificate_);
  EXPECT_EQ(signing_.VerifyWith(other, pem).verdict, Verdict::kIndeterminate);
  EXPECT_EQ(signing_.VerifyWith(bordereau_, pem, absl::Hours(24 * 7300)).verdict,
            Verdict::kIndeterminate);
}

TEST_F(Certificates, P34_WithoutAnchorNothingPasses) {
  const auto report = signing_.Verify(bordereau_);
  ExpectIntactButUntrusted(report, "CHAIN_NOT_TRUSTED", "NO_CERTIFICATE_CHAIN_FOUND");
}

TEST_F(Certificates, P22_WeakKeyOrWeaklySignedCertificate) {
  const EvpPkeyHandle small = NewRsaKey(1024);
  ExpectIntactButUntrusted(
      signing_.VerifyTrusted(
          SignedBy(small.get(), signing_.pki().Issue(small.get()), {signing_.pki().issuing()})),
      "WEAK_ALGORITHM", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
  LeafOptions sha1;
  sha1.digest = EVP_sha1();
  ExpectIntactButUntrusted(signing_.VerifyTrusted(SignedAs(sha1)), "WEAK_ALGORITHM",
                           "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
}

TEST_F(Certificates, NamedByASha1DigestIsAWarningOnly) {
  const std::string old = Between(bordereau_, "<xad:CertDigest>", "</xad:CertDigest>");
  const std::string document =
      Resealed(Replaced(bordereau_, old,
                        "<xad:CertDigest><xad:DigestMethod "
                        "Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"/><xad:DigestValue>" +
                            ToBase64(DigestOf(DigestAlgorithm::kSha1, signing_.certificate())) +
                            "</xad:DigestValue></xad:CertDigest>"),
               signing_.key());
  const auto report = signing_.VerifyTrusted(document);
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
  EXPECT_THAT(Codes(report.signatures[0]), testing::Contains("WEAK_CERTIFICATE_DIGEST"));
}

TEST_F(Certificates, MonstersAreRefusedBeforeTheyCost) {
  // A serial number of 40 000 digits, and more certificates than any chain has.
  LeafOptions serial;
  serial.serial = std::string(40'000, '7');
  ExpectNoneIntact(SignedAs(serial), "CERTIFICATE_UNREADABLE");
  ExpectNoneIntact(WithKeyInfo(bordereau_, Data(std::vector(40, signing_.certificate()))),
                   "KEY_INFO_REFUSED");
  ExpectNoneIntact(WithKeyInfo(bordereau_, Data({std::string(100'000, 'x')})),
                   "CERTIFICATE_UNREADABLE");
}

TEST_F(Certificates, IssuerNameWithAnOidOfAMillionDigitsIsNotComputed) {
  const std::string name = Between(bordereau_, "<ds:X509IssuerName>", "</ds:X509IssuerName>");
  const std::string document = Resealed(
      Replaced(bordereau_, name,
               "<ds:X509IssuerName>2." + std::string(900'000, '9') + "=x</ds:X509IssuerName>"),
      signing_.key());
  const auto report = signing_.VerifyTrusted(document);
  ASSERT_EQ(report.signatures.size(), 1u);
  EXPECT_THAT(Codes(report.signatures[0]), testing::Contains("ISSUER_NAME_DIFFERS"));
}

// EN 319 102-1 §5.2.3.4: what the signature says of its certificate must all be so.
TEST_F(Certificates, P41_ASignatureThatNamesAnotherIssuerIsNotPassed) {
  const std::string name = Between(bordereau_, "<ds:X509IssuerName>", "</ds:X509IssuerName>");
  ASSERT_EQ(signing_.VerifyTrusted(bordereau_).signatures[0].indication,
            verifier::Indication::kTotalPassed);
  for (const std::string other : {"CN=Une autre autorité,C=FR", "CN"}) {
    const std::string document =
        Resealed(Replaced(bordereau_, name,
                          "<ds:X509IssuerName>" + other + "</ds:X509IssuerName>"),
                 signing_.key());
    const auto report = signing_.VerifyTrusted(document);
    ASSERT_EQ(report.signatures.size(), 1u);
    const verifier::SignatureReport& signature = report.signatures[0];
    EXPECT_EQ(signature.indication, verifier::Indication::kIndeterminate) << other;
    EXPECT_EQ(signature.sub_indication, "SIG_CONSTRAINTS_FAILURE") << other;
    EXPECT_THAT(Codes(signature), testing::Contains("ISSUER_NAME_DIFFERS")) << other;
  }
}

// KeyInfo is not signed: what it says can only take from a signature, never add to it.
TEST_F(Certificates, P41_KeyInfoThatNamesAnotherCertificateIsNotPassed) {
  const auto serial_of = [](const std::string& issuer, const std::string& serial) {
    return Concat("<ds:X509IssuerSerial><ds:X509IssuerName>", issuer,
                  "</ds:X509IssuerName><ds:X509SerialNumber>", serial,
                  "</ds:X509SerialNumber></ds:X509IssuerSerial>");
  };
  const auto naming = [&](const std::string& serials) {
    return InsertedBefore(bordereau_, "</ds:X509Data>", serials);
  };
  const auto own = xades::Certificate::FromDer(signing_.certificate());
  const auto authority = xades::Certificate::FromDer(signing_.pki().issuing());
  const std::string signer = serial_of(own->Issuer(), own->SerialDecimal());
  const std::string issuing = serial_of(authority->Issuer(), authority->SerialDecimal());
  ExpectPassed(naming(signer));
  ExpectPassed(naming(signer + issuing));
  const std::string other = serial_of(own->Issuer(), "1");
  for (const std::string& lie :
       {other, serial_of("CN=Une autre autorité,C=FR", own->SerialDecimal()), signer + other,
        other + signer, issuing, std::string("<ds:X509IssuerSerial/>")}) {
    ExpectIntactButUntrusted(signing_.VerifyTrusted(naming(lie)), "KEY_INFO_SERIAL_MISMATCH",
                             "SIG_CONSTRAINTS_FAILURE");
  }
  std::string many;
  for (int i = 0; i < 17; ++i) many += signer;
  ExpectNoneIntact(naming(many), "KEY_INFO_REFUSED");
}

std::string Tlv(char tag, const std::string& content) {
  std::string out(1, tag);
  const size_t size = content.size();
  if (size > 255) out += {'\x82', static_cast<char>(size >> 8)};
  if (size > 127 && size <= 255) out += '\x81';
  return out + static_cast<char>(size & 0xFF) + content;
}

// IssuerSerial of RFC 5035 with this certificate's issuer and this serial number (DER INTEGER).
std::string IssuerSerialOf(const X509* certificate, const std::string& serial) {
  const std::string name =
      DerWith(X509_get_issuer_name(certificate),
              [](const X509_NAME* it, unsigned char** out) { return i2d_X509_NAME(it, out); });
  return Tlv('\x30', Tlv('\x30', Tlv('\xA4', name)) + serial);
}

// ETSI EN 319 132-1 §5.2.2.
TEST_F(Certificates, P41_IssuerSerialV2MustBeThatOfTheCertificate) {
  const auto own = xades::Certificate::FromDer(signing_.certificate());
  const std::string serial = DerWith(
      X509_get0_serialNumber(own->x509()),
      [](const ASN1_INTEGER* it, unsigned char** out) { return i2d_ASN1_INTEGER(it, out); });
  const std::string digest = ToBase64(DigestOf(DigestAlgorithm::kSha256, signing_.certificate()));
  const std::string v1 =
      Between(bordereau_, "<xad:SigningCertificate>", "</xad:SigningCertificate>");
  const auto with = [&](const std::string& issuer_serial) {
    const std::string v2 = Concat(
        "<xad:SigningCertificateV2><xad:Cert><xad:CertDigest><ds:DigestMethod "
        "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>",
        digest, "</ds:DigestValue></xad:CertDigest><xad:IssuerSerialV2>", ToBase64(issuer_serial),
        "</xad:IssuerSerialV2></xad:Cert></xad:SigningCertificateV2>");
    // Resealed replaces the digests of the references only, which stand before.
    return Resealed(Replaced(bordereau_, v1, v2), signing_.key());
  };
  const std::string right = IssuerSerialOf(own->x509(), serial);
  ExpectPassed(with(right));
  const auto issuing = xades::Certificate::FromDer(signing_.pki().issuing());
  for (const std::string& lie :
       {IssuerSerialOf(own->x509(), std::string("\x02\x01\x01", 3)),
        IssuerSerialOf(issuing->x509(), serial), right + "x", right.substr(0, right.size() - 1),
        Tlv('\x30', serial), std::string("x")}) {
    ExpectIntactButUntrusted(signing_.VerifyTrusted(with(lie)), "ISSUER_SERIAL_MISMATCH",
                             "SIG_CONSTRAINTS_FAILURE");
  }
}

// A certificate that this authority issued, as far as its name goes.
xades::Certificate IssuedBy(const std::vector<std::pair<const char*, const char*>>& attributes) {
  const X509Handle certificate(X509_new());
  X509_NAME* const name = X509_get_issuer_name(certificate.get());
  for (const auto& [type, value] : attributes) {
    X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(value), -1, -1, 0);
  }
  const EvpPkeyHandle key = NewEcKey();
  X509_set_pubkey(certificate.get(), key.get());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 7);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 1000);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  auto parsed = xades::Certificate::FromDer(DerWith(certificate.get(), i2d_X509));
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return *std::move(parsed);
}

TEST(IssuerNames, P41_BothSpellingsNameTheIssuerAndAnotherDoesNot) {
  const xades::Certificate certificate = IssuedBy(
      {{"C", "FR"}, {"O", "Autorité d'essai"}, {"CN", "AC"}, {"emailAddress", "ac@exemple.fr"}});
  const std::string mail = "1.2.840.113549.1.9.1=#160d61634065786d70";  // cut: another value
  const std::string hex = "1.2.840.113549.1.9.1=#160d6163406578656d706c652e6672";
  for (const std::string& text :
       {hex + ",CN=AC,O=Autorité d'essai,C=FR", hex + ", CN=AC, O=Autorité d'essai, C=FR",
        std::string("EMAILADDRESS=ac@exemple.fr, CN=AC, O=Autorité d'essai, C=FR"),
        "C=FR,O=Autorité d'essai,CN=AC," + hex}) {
    EXPECT_TRUE(verifier::NamesIssuer(text, certificate)) << text;
  }
  for (const std::string& text :
       {mail + ",CN=AC,O=Autorité d'essai,C=FR", hex + ",CN=AC2,O=Autorité d'essai,C=FR",
        std::string("CN=AC,O=Autorité d'essai,C=FR"), hex + ",CN=AC,CN=AC,O=Autorité d'essai,C=FR",
        hex + ",O=AC,CN=Autorité d'essai,C=FR", std::string(),
        // More bytes behind the value, half a byte, no digits; parts that are no attribute.
        hex + "0c0358595a,CN=AC,O=Autorité d'essai,C=FR", hex + "0,CN=AC,O=Autorité d'essai,C=FR",
        hex + "zz,CN=AC,O=Autorité d'essai,C=FR", hex + ",CN=AC,une autre,O=Autorité d'essai,C=FR",
        hex + ",CN=AC,O=Autorité d'essai,C=FR,", hex + ",CN=AC,O=Autorité d'essai,C=#0500"}) {
    EXPECT_FALSE(verifier::NamesIssuer(text, certificate)) << text;
  }
}

}  // namespace
}  // namespace sceau::test
