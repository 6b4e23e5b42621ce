#include "server/caller_trust.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <utility>

#include "verifier/revocation_data.h"
#include "verifier/trust.h"
#include "xades/certificate.h"

namespace sceau::server {
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
  std::vector<xades::Certificate> certificates;
  const X509StackHandle others(sk_X509_new_null());
  for (const std::string& der : chain) {
    auto certificate = xades::Certificate::FromDer(der);
    if (!certificate.ok()) return Error(Reason::kCallerUnknown, DetailOf(certificate.status()));
    if (!certificates.empty()) sk_X509_push(others.get(), certificate->x509());
    certificates.push_back(*std::move(certificate));
  }
  if (certificates.empty()) return Error(Reason::kCallerUnknown);
  const X509StoreCtxHandle context(X509_STORE_CTX_new());
  if (X509_STORE_CTX_init(context.get(), store_.get(), certificates.front().x509(), others.get()) !=
      1) {
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
