#include "verifier/certificate_path.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/strings.h"

namespace sceau::verifier {
namespace {

// The stack only borrows the certificates.
void FreeStack(STACK_OF(X509) * stack) { sk_X509_free(stack); }
using X509StackHandle = CHandle<STACK_OF(X509), FreeStack>;

// 112 bits: RSA from 2048 on, no SHA-1 under a certificate (SSL_CTX_set_security_level(3)).
constexpr int kAuthLevel = 2;

struct PathError {
  int code;
  std::string_view reason;
  std::string_view sub_indication;
};

constexpr PathError kErrors[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, "CERTIFICATE_EXPIRED", "OUT_OF_BOUNDS_NO_POE"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "CERTIFICATE_NOT_YET_VALID", "OUT_OF_BOUNDS_NO_POE"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "CHAIN_NOT_TRUSTED", "NO_CERTIFICATE_CHAIN_FOUND"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "CHAIN_NOT_TRUSTED",
     "NO_CERTIFICATE_CHAIN_FOUND"},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "CHAIN_NOT_TRUSTED", "NO_CERTIFICATE_CHAIN_FOUND"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "CHAIN_NOT_TRUSTED", "NO_CERTIFICATE_CHAIN_FOUND"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "CHAIN_NOT_TRUSTED", "NO_CERTIFICATE_CHAIN_FOUND"},
    {X509_V_ERR_CERT_UNTRUSTED, "CHAIN_NOT_TRUSTED", "NO_CERTIFICATE_CHAIN_FOUND"},
    {X509_V_ERR_EE_KEY_TOO_SMALL, "WEAK_ALGORITHM", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"},
    {X509_V_ERR_CA_KEY_TOO_SMALL, "WEAK_ALGORITHM", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"},
    {X509_V_ERR_CA_MD_TOO_WEAK, "WEAK_ALGORITHM", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"},
};

}  // namespace

PathJudge::PathJudge(std::shared_ptr<const TrustAnchors> trust, absl::Time at)
    : trust_(std::move(trust)), at_(at), store_(X509_STORE_new()) {
  for (const X509Handle& anchor : trust_->anchors())
    X509_STORE_add_cert(store_.get(), anchor.get());
  ERR_clear_error();
}

PathResult PathJudge::Judge(const xades::Certificate& signer,
                            const std::vector<std::shared_ptr<const xades::Certificate>>& others) {
  std::string key = signer.der();
  for (const auto& other : others) key += other->der();
  auto [known, fresh] = known_.try_emplace(DigestOf(DigestAlgorithm::kSha256, key));
  if (fresh) known->second = Build(signer, others);
  return known->second;
}

PathResult PathJudge::Build(
    const xades::Certificate& signer,
    const std::vector<std::shared_ptr<const xades::Certificate>>& others) const {
  X509StackHandle untrusted(sk_X509_new_null());
  for (const auto& other : others) sk_X509_push(untrusted.get(), other->x509());
  X509StoreCtxHandle context(X509_STORE_CTX_new());
  if (X509_STORE_CTX_init(context.get(), store_.get(), signer.x509(), untrusted.get()) != 1) {
    return {false, "CHAIN_NOT_TRUSTED", "NO_CERTIFICATE_CHAIN_FOUND", "OpenSSL"};
  }
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, absl::ToTimeT(at_));
  // An anchor need not be self-signed: what the configuration names is trusted as it is.
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_auth_level(parameters, kAuthLevel);
  if (X509_verify_cert(context.get()) == 1) {
    // An authority's certificate signs certificates, unless it is itself what is trusted.
    const bool is_anchor = sk_X509_num(X509_STORE_CTX_get0_chain(context.get())) == 1;
    if (is_anchor || X509_check_ca(signer.x509()) == 0) return {true, "", "", ""};
    return {false, "CERTIFICATE_NOT_FOR_SIGNING", "CHAIN_CONSTRAINTS_FAILURE", "CA"};
  }
  const int error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  const std::string text = X509_verify_cert_error_string(error);
  for (const PathError& entry : kErrors) {
    if (entry.code == error) {
      return {false, std::string(entry.reason), std::string(entry.sub_indication), text};
    }
  }
  return {false, "CHAIN_CONSTRAINTS", "CHAIN_CONSTRAINTS_FAILURE", text};
}

}  // namespace sceau::verifier
