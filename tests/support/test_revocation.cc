#include "tests/support/test_revocation.h"

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <iterator>

#include "base/strings.h"
#include "tests/support/process.h"
#include "tests/support/require.h"

namespace sceau::test {
namespace {

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

CHandle<ASN1_INTEGER, ASN1_INTEGER_free> Number(int value) {
  CHandle<ASN1_INTEGER, ASN1_INTEGER_free> number(ASN1_INTEGER_new());
  ASN1_INTEGER_set(number.get(), value);
  return number;
}

void AddText(X509_CRL* crl, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, nullptr, nullptr, crl, 0);
  const CHandle<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  Require(extension != nullptr && X509_CRL_add_ext(crl, extension.get(), -1) == 1, value);
}

void AddReasons(X509_CRL* crl, const std::vector<int>& reasons) {
  const CHandle<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free> point(ISSUING_DIST_POINT_new());
  point->onlysomereasons = ASN1_BIT_STRING_new();
  for (const int bit : reasons) ASN1_BIT_STRING_set_bit(point->onlysomereasons, bit, 1);
  Require(X509_CRL_add1_ext_i2d(crl, NID_issuing_distribution_point, point.get(), 1, 0) == 1,
          "issuingDistributionPoint");
}

void AddExtensions(X509_CRL* crl, X509* issuer, const CrlOptions& options) {
  AddText(crl, issuer, NID_authority_key_identifier, "keyid");
  if (!options.freshest.empty()) AddText(crl, issuer, NID_freshest_crl, options.freshest);
  if (!options.reasons.empty()) AddReasons(crl, options.reasons);
  if (options.number > 0) {
    X509_CRL_add1_ext_i2d(crl, NID_crl_number, Number(options.number).get(), 0, 0);
  }
  if (options.delta_of > 0) {
    X509_CRL_add1_ext_i2d(crl, NID_delta_crl, Number(options.delta_of).get(), 1, 0);
  }
}

EvpMdCtxHandle SigningWith(EVP_PKEY* key, const EVP_MD* digest, bool pss) {
  EvpMdCtxHandle context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* of_key = nullptr;
  Require(EVP_DigestSignInit(context.get(), &of_key, digest, nullptr, key) == 1, "sign");
  if (pss) {
    Require(EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, RSA_PSS_SALTLEN_DIGEST) == 1,
            "PSS");
  }
  return context;
}

CHandle<X509_EXTENSION, X509_EXTENSION_free> Unknown() {
  const CHandle<ASN1_OBJECT, ASN1_OBJECT_free> object(OBJ_txt2obj("1.2.3.4.5", 1));
  const CHandle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> value(ASN1_OCTET_STRING_new());
  const unsigned char null[] = {5, 0};
  ASN1_OCTET_STRING_set(value.get(), null, sizeof null);
  return CHandle<X509_EXTENSION, X509_EXTENSION_free>(
      X509_EXTENSION_create_by_OBJ(nullptr, object.get(), 1, value.get()));
}

}  // namespace

std::string MakeOcspResponse(const std::string& certificate_der, const std::string& issuer_der,
                             const std::string& signer_der, EVP_PKEY* signer_key,
                             const OcspOptions& options) {
  const X509Handle certificate = Parsed(certificate_der);
  const X509Handle issuer = Parsed(issuer_der);
  const X509Handle signer = Parsed(signer_der);
  const CHandle<OCSP_BASICRESP, OCSP_BASICRESP_free> basic(OCSP_BASICRESP_new());
  const CHandle<OCSP_CERTID, OCSP_CERTID_free> id(
      OCSP_cert_to_id(EVP_sha1(), certificate.get(), issuer.get()));
  for (int i = 0; i < options.entries; ++i) {
    OCSP_SINGLERESP* single = OCSP_basic_add1_status(
        basic.get(), id.get(), options.revoked ? V_OCSP_CERTSTATUS_REVOKED : V_OCSP_CERTSTATUS_GOOD,
        OCSP_REVOKED_STATUS_NOSTATUS, options.revoked ? Asn1(*options.revoked).get() : nullptr,
        Asn1(options.this_update).get(), Asn1(options.next_update).get());
    if (options.critical_in_answer) OCSP_SINGLERESP_add_ext(single, Unknown().get(), -1);
  }
  if (options.critical_in_response) OCSP_BASICRESP_add_ext(basic.get(), Unknown().get(), -1);
  // OpenSSL would write the present.
  ASN1_GENERALIZEDTIME_set(
      const_cast<ASN1_GENERALIZEDTIME*>(OCSP_resp_get0_produced_at(basic.get())),
      absl::ToTimeT(options.produced_at));
  const EvpMdCtxHandle context = SigningWith(signer_key, options.digest, options.pss);
  Require(OCSP_basic_sign_ctx(basic.get(), signer.get(), context.get(), nullptr, OCSP_NOTIME) == 1,
          "OCSP signature");
  const CHandle<OCSP_RESPONSE, OCSP_RESPONSE_free> response(
      OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  return DerWith(response.get(), i2d_OCSP_RESPONSE);
}

std::string MakeCrl(const std::string& issuer_der, EVP_PKEY* issuer_key,
                    const CrlOptions& options) {
  const X509CrlHandle crl(X509_CRL_new());
  const X509Handle issuer = Parsed(issuer_der);
  X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.get()));
  X509_CRL_set1_lastUpdate(crl.get(), Asn1(options.this_update).get());
  if (options.next_update != absl::InfiniteFuture()) {
    X509_CRL_set1_nextUpdate(crl.get(), Asn1(options.next_update).get());
  }
  AddExtensions(crl.get(), issuer.get(), options);
  for (const RevokedEntry& entry : options.revoked) AddEntry(crl.get(), entry);
  X509_CRL_sort(crl.get());
  const EvpMdCtxHandle context = SigningWith(issuer_key, options.digest, options.pss);
  Require(X509_CRL_sign_ctx(crl.get(), context.get()) > 0, "CRL signature");
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
