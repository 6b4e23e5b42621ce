// OpenSSL's objects as owned handles.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <string>

#include "base/c_handle.h"

namespace sceau {

using X509Handle = CHandle<X509, X509_free>;
using X509CrlHandle = CHandle<X509_CRL, X509_CRL_free>;
using X509NameHandle = CHandle<X509_NAME, X509_NAME_free>;
using X509StoreHandle = CHandle<X509_STORE, X509_STORE_free>;
using X509StoreCtxHandle = CHandle<X509_STORE_CTX, X509_STORE_CTX_free>;
using EvpPkeyHandle = CHandle<EVP_PKEY, EVP_PKEY_free>;
using EvpPkeyCtxHandle = CHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using EvpMdCtxHandle = CHandle<EVP_MD_CTX, EVP_MD_CTX_free>;
using BioHandle = CHandle<BIO, BIO_free_all>;
using BignumHandle = CHandle<BIGNUM, BN_free>;

// One more owner of the same certificate.
inline X509Handle Share(X509* certificate) {
  X509_up_ref(certificate);
  return X509Handle(certificate);
}

// A stack that only borrows its certificates.
inline void FreeBorrowingStack(STACK_OF(X509) * stack) { sk_X509_free(stack); }
using X509StackHandle = CHandle<STACK_OF(X509), FreeBorrowingStack>;

// What OpenSSL allocates for its caller.
inline void FreeOpenSsl(void* buffer) { OPENSSL_free(buffer); }
using OpenSslBytes = CHandle<unsigned char, FreeOpenSsl>;
using OpenSslText = CHandle<char, FreeOpenSsl>;

// The DER of an object by its i2d function; empty when it cannot be encoded.
template <typename T, typename Encode>
std::string DerWith(T* object, Encode encode) {
  unsigned char* der = nullptr;
  const int size = encode(object, &der);
  const OpenSslBytes owned(der);
  return size > 0 ? std::string(der, der + size) : std::string();
}

}  // namespace sceau
