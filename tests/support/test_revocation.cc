#include "tests/support/test_revocation.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <iterator>

#include "base/bytes.h"
#include "base/strings.h"
#include "tests/support/process.h"
#include "tests/support/require.h"

namespace sceau::test {
namespace {

X509Handle Parsed(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  X509Handle certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  Require(certificate != nullptr, "DER");
  return certificate;
}

CHandle<ASN1_TIME, ASN1_TIME_free> Asn1(absl::Time time) {
  return CHandle<ASN1_TIME, ASN1_TIME_free>(ASN1_TIME_set(nullptr, absl::ToTimeT(time)));
}

void AddEntry(X509_CRL* crl, const RevokedEntry& entry) {
  X509_REVOKED* revoked = X509_REVOKED_new();
  const X509Handle certificate = Parsed(entry.certificate);
  X509_REVOKED_set_serialNumber(revoked, X509_get_serialNumber(certificate.get()));
  X509_REVOKED_set_revocationDate(revoked, Asn1(entry.at).get());
  if (entry.reason >= 0) {
    const CHandle<ASN1_ENUMERATED, ASN1_ENUMERATED_free> reason(ASN1_ENUMERATED_new());
    ASN1_ENUMERATED_set(reason.get(), entry.reason);
    X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, reason.get(), 0, 0);
  }
  Require(X509_CRL_add0_revoked(crl, revoked) == 1, "CRL entry");
}

}  // namespace

std::string MakeCrl(const std::string& issuer_der, EVP_PKEY* issuer_key,
                    const CrlOptions& options) {
  const X509CrlHandle crl(X509_CRL_new());
  const X509Handle issuer = Parsed(issuer_der);
  X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.get()));
  X509_CRL_set1_lastUpdate(crl.get(), Asn1(options.this_update).get());
  X509_CRL_set1_nextUpdate(crl.get(), Asn1(options.next_update).get());
  for (const RevokedEntry& entry : options.revoked) AddEntry(crl.get(), entry);
  X509_CRL_sort(crl.get());
  Require(X509_CRL_sign(crl.get(), issuer_key, options.digest) > 0, "CRL signature");
  return DerWith(crl.get(), i2d_X509_CRL);
}

std::string PemOfKey(EVP_PKEY* key) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<size_t>(size)};
}

OcspResponder::OcspResponder(const std::string& authority_der, EVP_PKEY* authority_key) {
  folder_.Write("authority.pem", PemOf(authority_der));
  SetSigner(authority_der, authority_key);
}

void OcspResponder::SetSigner(const std::string& der, EVP_PKEY* key) {
  folder_.Write("signer.pem", PemOf(der));
  folder_.Write("signer.key", PemOfKey(key));
}

void OcspResponder::AddGood(const std::string& certificate) { AddLine(certificate, 'V', ""); }

void OcspResponder::AddRevoked(const std::string& certificate, absl::Time at,
                               const std::string& reason) {
  std::string when = absl::FormatTime("%y%m%d%H%M%SZ", at, absl::UTCTimeZone());
  if (!reason.empty()) AppendTo(when, ",", reason);
  AddLine(certificate, 'R', when);
}

void OcspResponder::AddLine(const std::string& certificate, char state,
                            const std::string& revoked) {
  const X509Handle parsed = Parsed(certificate);
  const BignumHandle serial(ASN1_INTEGER_to_BN(X509_get_serialNumber(parsed.get()), nullptr));
  char* hex = BN_bn2hex(serial.get());
  AppendTo(index_, std::string(1, state), "\t491231235959Z\t", revoked, "\t", hex,
           "\tunknown\t/CN=", hex, "\n");
  OPENSSL_free(hex);
  folder_.Write("index.txt", index_);
}

std::string OcspResponder::Respond(const std::string& request) const {
  const std::string& folder = folder_.path();
  folder_.Write("index.txt", index_);
  const std::string in = folder_.Write("request.der", request);
  const std::string out = folder + "/response.der";
  const ProcessResult result =
      RunProcess({"openssl", "ocsp", "-index", folder + "/index.txt", "-CA",
                  folder + "/authority.pem", "-rsigner", folder + "/signer.pem", "-rkey",
                  folder + "/signer.key", "-ndays", "1", "-reqin", in, "-respout", out});
  Require(result.exit_code == 0, result.err);
  std::ifstream file(out, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace sceau::test
