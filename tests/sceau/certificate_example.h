// A certificate made for a test.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>

#include "base/openssl.h"

namespace sceau::cli {

// DER; subject "CN=<name>,O=Commune de Nouméa" issued by itself, valid in 2024 and 2025.
inline std::string CertificateExample(const std::string& name) {
  const EvpPkeyHandle key(EVP_EC_gen("P-256"));
  const X509Handle certificate(X509_new());
  X509* x = certificate.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 4711);
  ASN1_TIME_set_string_X509(X509_getm_notBefore(x), "20240101000000Z");
  ASN1_TIME_set_string_X509(X509_getm_notAfter(x), "20251231235959Z");
  const auto add = [&](const char* field, const std::string& value) {
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), field, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(value.data()),
                               static_cast<int>(value.size()), -1, 0);
  };
  add("O", "Commune de Nouméa");
  add("CN", name);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  X509_set_pubkey(x, key.get());
  X509_sign(x, key.get(), EVP_sha256());
  unsigned char* der = nullptr;
  const int size = i2d_X509(x, &der);
  std::string bytes(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace sceau::cli
