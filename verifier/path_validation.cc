#include "verifier/path_validation.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/strings.h"
#include "verifier/path_rules.h"
#include "xades/certificate.h"

namespace sceau::verifier {
namespace {

constexpr std::string_view kNoChain = "NO_CERTIFICATE_CHAIN_FOUND";
constexpr std::string_view kConstraints = "CHAIN_CONSTRAINTS_FAILURE";

struct FaultOf {
  int error;
  std::string_view reason;
  std::string_view sub_indication;
};

// What is not here is a constraint that the chain does not keep.
constexpr FaultOf kFaults[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, "CERTIFICATE_EXPIRED", "OUT_OF_BOUNDS_NO_POE"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "CERTIFICATE_NOT_YET_VALID", "OUT_OF_BOUNDS_NO_POE"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "CHAIN_NOT_TRUSTED", kNoChain},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "CHAIN_NOT_TRUSTED", kNoChain},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "CHAIN_NOT_TRUSTED", kNoChain},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "CHAIN_NOT_TRUSTED", kNoChain},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "CHAIN_NOT_TRUSTED", kNoChain},
    {X509_V_ERR_CERT_UNTRUSTED, "CHAIN_NOT_TRUSTED", kNoChain},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, "CHAIN_NOT_TRUSTED", kNoChain},
};

PathFault Fault(int error, const std::string& subject) {
  const std::string text = Concat(X509_verify_cert_error_string(error), ": ", subject);
  for (const FaultOf& entry : kFaults) {
    if (entry.error == error) {
      return {std::string(entry.reason), std::string(entry.sub_indication), text};
    }
  }
  return {"CHAIN_CONSTRAINTS", std::string(kConstraints), text};
}

// RFC 5280 §4.1.2.5: a certificate is valid through notAfter, which OpenSSL's comparison takes as
// past.
int OnError(int ok, X509_STORE_CTX* context) {
  if (ok == 1 || X509_STORE_CTX_get_error(context) != X509_V_ERR_CERT_HAS_EXPIRED) return ok;
  const auto* at = static_cast<const absl::Time*>(X509_STORE_CTX_get_app_data(context));
  const X509* certificate = X509_STORE_CTX_get_current_cert(context);
  return *at == xades::TimeOf(X509_get0_notAfter(certificate)) ? 1 : 0;
}

void SetPolicies(const PathPolicies& policies, X509_VERIFY_PARAM* parameters) {
  unsigned long flags = X509_V_FLAG_POLICY_CHECK;
  if (policies.explicit_policy) flags |= X509_V_FLAG_EXPLICIT_POLICY;
  if (policies.inhibit_mapping) flags |= X509_V_FLAG_INHIBIT_MAP;
  if (policies.inhibit_any) flags |= X509_V_FLAG_INHIBIT_ANY;
  X509_VERIFY_PARAM_set_flags(parameters, flags);
  for (const std::string& oid : policies.acceptable) {
    X509_VERIFY_PARAM_add0_policy(parameters, OBJ_txt2obj(oid.c_str(), 1));
  }
  // OpenSSL takes none as none when it is to be explicit.
  if (policies.acceptable.empty()) {
    X509_VERIFY_PARAM_add0_policy(parameters, OBJ_nid2obj(NID_any_policy));
  }
}

bool Allows(X509* certificate, int extended_key_usage) {
  if (extended_key_usage == NID_undef) return true;
  const CHandle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> usages(
      static_cast<EXTENDED_KEY_USAGE*>(
          X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr)));
  if (usages == nullptr) return X509_get_ext_by_NID(certificate, NID_ext_key_usage, -1) < 0;
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    const int usage = OBJ_obj2nid(sk_ASN1_OBJECT_value(usages.get(), i));
    if (usage == extended_key_usage || usage == NID_anyExtendedKeyUsage) return true;
  }
  return false;
}

PathFault ByOpenSsl(const Path& path, const PathDemands& demands) {
  const X509StoreHandle store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), path.back());
  const X509StackHandle between(sk_X509_new_null());
  for (size_t i = 1; i + 1 < path.size(); ++i) sk_X509_push(between.get(), path[i]);
  const X509StoreCtxHandle context(X509_STORE_CTX_new());
  if (X509_STORE_CTX_init(context.get(), store.get(), path.front(), between.get()) != 1) {
    return {"CHAIN_NOT_TRUSTED", std::string(kNoChain), "OpenSSL"};
  }
  absl::Time at = demands.at;
  X509_STORE_CTX_set_app_data(context.get(), &at);
  X509_STORE_CTX_set_verify_cb(context.get(), &OnError);
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, absl::ToTimeT(at));
  // An anchor need not be self-signed: what the configuration names is trusted as it is.
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_auth_level(parameters, 0);  // algorithm_limits.h judges by date
  X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(kMaxPathLength));
  SetPolicies(demands.policies, parameters);
  const bool valid = X509_verify_cert(context.get()) == 1;
  const int error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  if (valid) return {};
  const X509* certificate = X509_STORE_CTX_get_current_cert(context.get());
  return Fault(error, certificate == nullptr ? "" : ShownSubject(certificate));
}

}  // namespace

PathFault ValidatePath(const Path& path, const PathDemands& demands) {
  if (const auto breach = FindRuleBreach(path)) {
    return {"CHAIN_CONSTRAINTS", std::string(kConstraints),
            Concat(breach->rule, ": ", breach->subject)};
  }
  if (PathFault fault = ByOpenSsl(path, demands); !fault.none()) return fault;
  if (!Allows(path.front(), demands.extended_key_usage)) {
    return {"CERTIFICATE_NOT_FOR_SIGNING", std::string(kConstraints), "extendedKeyUsage"};
  }
  return {};
}

bool SaysMore(const PathFault& fault, const PathFault& than) {
  if (than.none()) return true;
  return than.sub_indication == kNoChain && fault.sub_indication != kNoChain;
}

}  // namespace sceau::verifier
