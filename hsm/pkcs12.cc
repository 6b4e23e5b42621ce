#include "hsm/pkcs12.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

#include <cstring>

#include "hsm/public_key.h"

namespace sceau::hsm {
namespace {

using LibraryHandle = CHandle<OSSL_LIB_CTX, OSSL_LIB_CTX_free>;
using ProviderHandle = CHandle<OSSL_PROVIDER, OSSL_PROVIDER_unload>;
using Pkcs12Handle = CHandle<PKCS12, PKCS12_free>;
using StackHandle =
    CHandle<STACK_OF(X509), [](STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }>;

// The same key, of OpenSSL's default library instead of the one that goes with the file.
EvpPkeyHandle Detached(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PrivateKey(key, &der);
  if (size <= 0) return nullptr;
  const unsigned char* at = der;
  EvpPkeyHandle detached(d2i_AutoPrivateKey(nullptr, &at, size));
  OPENSSL_clear_free(der, static_cast<size_t>(size));
  return detached;
}

// The key's own certificate first.
void TakeCertificates(X509* own, STACK_OF(X509) * others, SoftwareKey& out) {
  if (own != nullptr) out.certificates.push_back(DerOf(own));
  for (int i = 0; i < sk_X509_num(others); ++i) {
    const std::string der = DerOf(sk_X509_value(others, i));
    const X509Handle certificate = ParseCertificate(der);
    // OpenSSL finds the key's own by a number in the file, which may be missing.
    const bool first = own == nullptr && certificate != nullptr &&
                       X509_check_private_key(certificate.get(), out.key.get()) == 1;
    out.certificates.insert(first ? out.certificates.begin() : out.certificates.end(), der);
  }
  ERR_clear_error();
}

// With the zero byte at its end that OpenSSL asks for.
Secret Terminated(const Secret& passphrase) {
  Secret text;
  std::memcpy(text.Buffer(), passphrase.Reveal().data(), passphrase.size());
  text.Buffer()[passphrase.size()] = '\0';
  text.Resize(passphrase.size() + 1);
  return text;
}

}  // namespace

StatusOr<SoftwareKey> OpenPkcs12(std::string_view file, const Secret& passphrase) {
  if (passphrase.size() >= Secret::kMaxSize) return Error(Reason::kPassphraseIncorrect);
  // RC2 with 40 bits is in OpenSSL's legacy provider, loaded for this file alone.
  const LibraryHandle library(OSSL_LIB_CTX_new());
  const ProviderHandle current(OSSL_PROVIDER_load(library.get(), "default"));
  const ProviderHandle legacy(OSSL_PROVIDER_load(library.get(), "legacy"));
  const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
  PKCS12* container = PKCS12_init_ex(NID_pkcs7_data, library.get(), nullptr);
  container = d2i_PKCS12(&container, &bytes, static_cast<long>(file.size()));
  const Pkcs12Handle owned(container);
  ERR_clear_error();
  if (container == nullptr) return Error(Reason::kInputUnreadable, "PKCS#12");

  const Secret text = Terminated(passphrase);
  if (PKCS12_mac_present(container) == 1 &&
      PKCS12_verify_mac(container, text.Reveal().data(), -1) != 1) {
    ERR_clear_error();
    return Error(Reason::kPassphraseIncorrect);
  }
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  STACK_OF(X509)* others = nullptr;
  const int parsed = PKCS12_parse(container, text.Reveal().data(), &key, &certificate, &others);
  const EvpPkeyHandle of_file(key);
  const X509Handle own(certificate);
  const StackHandle chain(others);
  SoftwareKey out{key != nullptr ? Detached(key) : nullptr, {}};
  ERR_clear_error();
  if (parsed != 1 || out.key == nullptr) return Error(Reason::kInputUnreadable, "PKCS#12");
  TakeCertificates(own.get(), others, out);
  if (out.certificates.empty()) return Error(Reason::kCertificateMissing, "PKCS#12");
  const X509Handle first = ParseCertificate(out.certificates.front());
  const bool match = first != nullptr && X509_check_private_key(first.get(), out.key.get()) == 1;
  ERR_clear_error();
  if (!match) return Error(Reason::kCertificateMismatch, "PKCS#12");
  return out;
}

}  // namespace sceau::hsm
