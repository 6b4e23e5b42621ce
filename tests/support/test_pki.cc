#include "tests/support/test_pki.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <fstream>

#include "tests/support/require.h"

namespace sceau::test {
namespace {

using ExtensionHandle = CHandle<X509_EXTENSION, X509_EXTENSION_free>;
using ConfHandle = CHandle<CONF, NCONF_free>;

void AddName(X509_NAME* name, const char* field, const std::string& value) {
  if (value.empty()) return;
  Require(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(value.data()),
                                     static_cast<int>(value.size()), -1, 0) == 1,
          field);
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return;
  const ConfHandle no_sections(NCONF_new(nullptr));
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509V3_set_nconf(&context, no_sections.get());
  const ExtensionHandle extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  Require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, value);
}

void SetSerial(X509* certificate, const std::string& decimal) {
  BIGNUM* number = nullptr;
  if (decimal.empty()) {
    number = BN_new();
    Require(BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1, "serial");
  } else {
    Require(BN_dec2bn(&number, decimal.c_str()) > 0, decimal);
  }
  const BignumHandle owned(number);
  Require(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr, "serial");
}

X509Handle Make(EVP_PKEY* key, const LeafOptions& leaf, X509* issuer, EVP_PKEY* issuer_key) {
  X509Handle certificate(X509_new());
  X509* x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  SetSerial(x509, leaf.serial);
  ASN1_TIME_set(X509_getm_notBefore(x509), absl::ToTimeT(leaf.not_before));
  ASN1_TIME_set(X509_getm_notAfter(x509), absl::ToTimeT(leaf.not_after));
  X509_NAME* name = X509_get_subject_name(x509);
  AddName(name, "C", leaf.country);
  AddName(name, "O", leaf.organization);
  AddName(name, "CN", leaf.common_name);
  if (issuer == nullptr) issuer = x509;  // self-signed
  X509_set_issuer_name(x509, X509_get_subject_name(issuer));
  Require(X509_set_pubkey(x509, key) == 1, "public key");
  AddExtension(x509, issuer, NID_basic_constraints, leaf.basic_constraints);
  AddExtension(x509, issuer, NID_subject_key_identifier, "hash");
  AddExtension(x509, issuer, NID_authority_key_identifier, "keyid");
  AddExtension(x509, issuer, NID_key_usage, leaf.key_usage);
  AddExtension(x509, issuer, NID_ext_key_usage, leaf.extended_key_usage);
  AddExtension(x509, issuer, NID_info_access, leaf.authority_info_access);
  AddExtension(x509, issuer, NID_crl_distribution_points, leaf.crl_distribution_points);
  AddExtension(x509, issuer, NID_name_constraints, leaf.name_constraints);
  AddExtension(x509, issuer, NID_subject_alt_name, leaf.subject_alt_name);
  AddExtension(x509, issuer, NID_certificate_policies, leaf.certificate_policies);
  AddExtension(x509, issuer, NID_policy_constraints, leaf.policy_constraints);
  if (leaf.ocsp_no_check) AddExtension(x509, issuer, NID_id_pkix_OCSP_noCheck, "null");
  Require(X509_sign(x509, issuer_key, leaf.digest) > 0, "signature");
  return certificate;
}

LeafOptions AuthorityOfThePki(const std::string& name) {
  LeafOptions authority = Authority(name);
  authority.organization = "Autorité de certification d'essai";
  authority.not_before = Year(2020);
  authority.not_after = Year(2045);
  return authority;
}

void WriteFile(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::trunc);
  file << content;
  file.close();
  Require(file.good(), path);
}

}  // namespace

absl::Time Year(int year) {
  return absl::FromCivil(absl::CivilDay(year, 1, 1), absl::UTCTimeZone());
}

X509Handle Parsed(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  X509Handle certificate(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
  Require(certificate != nullptr, "DER");
  return certificate;
}

LeafOptions Authority(const std::string& name) {
  LeafOptions options;
  options.common_name = name;
  options.key_usage = "critical,keyCertSign,cRLSign";
  options.basic_constraints = "critical,CA:TRUE";
  return options;
}

EvpPkeyHandle NewRsaKey(unsigned bits) {
  EvpPkeyHandle key(EVP_RSA_gen(bits));
  Require(key != nullptr, "RSA key");
  return key;
}

EvpPkeyHandle NewEcKey(const char* curve) {
  EvpPkeyHandle key(EVP_EC_gen(curve));
  Require(key != nullptr, curve);
  return key;
}

std::string DerOf(X509* certificate) {
  std::string der = DerWith(certificate, i2d_X509);
  Require(!der.empty(), "DER");
  return der;
}

std::string PemOf(const std::string& der) {
  const X509Handle certificate = Parsed(der);
  const BioHandle out(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_X509(out.get(), certificate.get()) == 1, "PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<size_t>(size)};
}

TestPki::TestPki() : root_key_(NewEcKey()), issuing_key_(NewEcKey()) {
  root_ = Make(root_key_.get(), AuthorityOfThePki("Racine d'essai"), nullptr, root_key_.get());
  issuing_ = Make(issuing_key_.get(), AuthorityOfThePki("AC émettrice d'essai"), root_.get(),
                  root_key_.get());
  root_der_ = DerOf(root_.get());
  issuing_der_ = DerOf(issuing_.get());
}

std::string TestPki::Issue(EVP_PKEY* key, const LeafOptions& options) const {
  return DerOf(Make(key, options, issuing_.get(), issuing_key_.get()).get());
}

std::string TestPki::IssueUnder(const std::string& issuer_der, EVP_PKEY* issuer_key, EVP_PKEY* key,
                                const LeafOptions& options) {
  return DerOf(Make(key, options, Parsed(issuer_der).get(), issuer_key).get());
}

std::string TestPki::SelfSigned(EVP_PKEY* key, const LeafOptions& options) {
  return DerOf(Make(key, options, nullptr, key).get());
}

void TestPki::WriteAuthorities(const std::string& folder) const {
  WriteFile(folder + "/root.pem", PemOf(root_der_));
  WriteFile(folder + "/issuing.pem", PemOf(issuing_der_));
}

}  // namespace sceau::test
