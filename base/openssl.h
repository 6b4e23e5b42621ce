// OpenSSL's objects as owned handles.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

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

}  // namespace sceau
