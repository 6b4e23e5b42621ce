#include "server/caller_trust.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <utility>

#include "verifier/revocation_data.h"
#include "verifier/trust.h"

namespace sceau::server {
namespace {

X509Handle Parsed(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return X509Handle(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

}  // namespace

StatusOr<std::unique_ptr<const CallerTrust>> CallerTrust::Load(
    const std::string& authority, const std::vector<std::string>& revocation) {
  SCEAU_ASSIGN_OR_RETURN(const auto anchors, verifier::TrustAnchors::Load({authority}));
  std::unique_ptr<CallerTrust> trust(new CallerTrust());
  trust->store_.reset(X509_STORE_new());
  for (const verifier::TrustAnchor& anchor : anchors->anchors()) {
    X509_STORE_add_cert(trust->store_.get(), anchor.certificate.get());
  }
  if (!revocation.empty()) {
    SCEAU_ASSIGN_OR_RETURN(const auto data, verifier::RevocationData::Load(revocation));
    for (const X509CrlHandle& crl : data->crls()) {
      X509_STORE_add_crl(trust->store_.get(), crl.get());
    }
    X509_STORE_set_flags(trust->store_.get(), X509_V_FLAG_CRL_CHECK);
  }
  return StatusOr<std::unique_ptr<const CallerTrust>>(std::move(trust));
}

Status CallerTrust::Check(const std::vector<std::string>& chain, absl::Time now) const {
  std::vector<X509Handle> certificates;
  const X509StackHandle others(sk_X509_new_null());
  for (const std::string& der : chain) {
    certificates.push_back(Parsed(der));
    if (certificates.back() == nullptr) return Error(Reason::kCallerUnknown);
    if (certificates.size() > 1) sk_X509_push(others.get(), certificates.back().get());
  }
  if (certificates.empty()) return Error(Reason::kCallerUnknown);
  const X509StoreCtxHandle context(X509_STORE_CTX_new());
  if (X509_STORE_CTX_init(context.get(), store_.get(), certificates.front().get(),
                          others.get()) != 1) {
    return Error(Reason::kInternal, "X509_STORE_CTX_init");
  }
  X509_STORE_CTX_set_default(context.get(), "ssl_client");
  X509_STORE_CTX_set_time(context.get(), 0, absl::ToTimeT(now));
  const bool good = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  if (good) return OkStatus();
  const int why = X509_STORE_CTX_get_error(context.get());
  return Error(why == X509_V_ERR_CERT_REVOKED ? Reason::kCallerRevoked : Reason::kCallerUnknown,
               X509_verify_cert_error_string(why));
}

}  // namespace sceau::server
