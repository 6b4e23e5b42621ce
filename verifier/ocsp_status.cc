#include "verifier/ocsp_status.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/strings.h"
#include "verifier/algorithm_limits.h"
#include "xades/certificate.h"

namespace sceau::verifier {
namespace {

using BasicHandle = CHandle<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using CertIdHandle = CHandle<OCSP_CERTID, OCSP_CERTID_free>;

// A response without nextUpdate says that newer information is always available (§2.4).
constexpr absl::Duration kMaxAgeWithoutNextUpdate = absl::Hours(24);

CertificateStatus Unusable(std::string_view code, std::string_view detail) {
  CertificateStatus status;
  status.source = "OCSP";
  status.code = std::string(code);
  status.detail = std::string(detail);
  return status;
}

// Whether this entry is about the certificate: name and key of the issuer, and the number.
bool IsAbout(OCSP_SINGLERESP* single, const X509* certificate, const X509* issuer) {
  const OCSP_CERTID* id = OCSP_SINGLERESP_get0_id(single);
  ASN1_OBJECT* digest = nullptr;
  OCSP_id_get0_info(nullptr, &digest, nullptr, nullptr, const_cast<OCSP_CERTID*>(id));
  const EVP_MD* md = EVP_get_digestbyobj(digest);
  if (md == nullptr) return false;
  const CertIdHandle own(OCSP_cert_to_id(md, certificate, issuer));
  return own != nullptr && OCSP_id_cmp(own.get(), id) == 0;
}

// What is read here, or changes nothing of what an answer says (RFC 6960 §4.4).
bool IsKnownExtension(X509_EXTENSION* extension) {
  switch (OBJ_obj2nid(X509_EXTENSION_get_object(extension))) {
    case NID_id_pkix_OCSP_Nonce:
    case NID_id_pkix_OCSP_CrlID:
    case NID_id_pkix_OCSP_archiveCutoff:
    case NID_crl_reason:
    case NID_invalidity_date:
      return true;
    default:
      return false;
  }
}

bool HasUnknownCritical(OCSP_BASICRESP* basic) {
  for (int i = 0; i < OCSP_BASICRESP_get_ext_count(basic); ++i) {
    X509_EXTENSION* it = OCSP_BASICRESP_get_ext(basic, i);
    if (X509_EXTENSION_get_critical(it) == 1 && !IsKnownExtension(it)) return true;
  }
  return false;
}

bool HasUnknownCritical(OCSP_SINGLERESP* single) {
  for (int i = 0; i < OCSP_SINGLERESP_get_ext_count(single); ++i) {
    X509_EXTENSION* it = OCSP_SINGLERESP_get_ext(single, i);
    if (X509_EXTENSION_get_critical(it) == 1 && !IsKnownExtension(it)) return true;
  }
  return false;
}

absl::Time TimeOf(const ASN1_GENERALIZEDTIME* time) { return xades::TimeOf(time); }

class OcspCheck {
 public:
  OcspCheck(const Path& path, const OcspDemands& demands) : path_(path), demands_(demands) {}

  CertificateStatus Judge(OCSP_RESPONSE* response) const {
    if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
      return Unusable("OCSP_NOT_USABLE", OCSP_response_status_str(OCSP_response_status(response)));
    }
    const BasicHandle basic(OCSP_response_get1_basic(response));
    if (basic == nullptr) return Unusable("OCSP_NOT_USABLE", "basic");
    std::vector<OCSP_SINGLERESP*> about;
    for (int i = 0; i < OCSP_resp_count(basic.get()); ++i) {
      OCSP_SINGLERESP* single = OCSP_resp_get0(basic.get(), i);
      if (IsAbout(single, path_[0], path_[1])) about.push_back(single);
    }
    if (about.empty()) return Unusable("REVOCATION_DATA_MISSING", "OCSP");
    if (about.size() > 1) return Unusable("OCSP_NOT_USABLE", "CertID");  // which one is meant?
    if (HasUnknownCritical(basic.get()) || HasUnknownCritical(about.front())) {
      return Unusable("OCSP_NOT_USABLE", "critical extension");
    }
    if (const std::string wrong = SignerFault(basic.get()); !wrong.empty()) {
      return Unusable("OCSP_NOT_TRUSTED", wrong);
    }
    if (demands_.request != nullptr && OCSP_check_nonce(demands_.request, basic.get()) == 0) {
      return Unusable("OCSP_NOT_TRUSTED", "nonce");
    }
    return Read(about.front(), basic.get());
  }

 private:
  // A response that may be old is asked what it was when it was made: its signer's certificate may
  // have ended since.
  absl::Time SignersInstant(OCSP_BASICRESP* basic) const {
    if (demands_.outdated == Outdated::kRefused) return demands_.at;
    return std::min(demands_.at, TimeOf(OCSP_resp_get0_produced_at(basic)));
  }

  // Empty: the response is signed by the issuer or by a responder it authorised.
  std::string SignerFault(OCSP_BASICRESP* basic) const {
    const X509StoreHandle store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), path_[1]);
    X509_VERIFY_PARAM* parameters = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_time(parameters, absl::ToTimeT(SignersInstant(basic)));
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_auth_level(parameters, 0);
    const X509StackHandle issuer(sk_X509_new_null());
    sk_X509_push(issuer.get(), path_[1]);
    const bool good = OCSP_basic_verify(basic, issuer.get(), store.get(), 0) == 1;
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    const std::string text = reason == nullptr ? "OCSP" : reason;
    ERR_clear_error();
    if (!good) return text;
    X509* signer = nullptr;
    if (OCSP_resp_get0_signer(basic, &signer, issuer.get()) != 1) return "signer";
    return ResponderFault(basic, signer);
  }

  std::string ResponderFault(OCSP_BASICRESP* basic, X509* signer) const {
    const bool is_issuer = X509_cmp(signer, path_[1]) == 0;
    const AlgorithmLimits& limits = AlgorithmLimits::BuiltIn();
    std::vector<Algorithm> algorithms =
        limits.OfChain(is_issuer ? Path{signer} : Path{signer, path_[1]});
    if (auto digest = limits.OfSignature(OCSP_resp_get0_tbs_sigalg(basic))) {
      algorithms.push_back(*std::move(digest));
    }
    if (const auto weak = FindUnreliable(algorithms, demands_.at)) return weak->name;
    if (is_issuer || X509_get_ext_by_NID(signer, NID_id_pkix_OCSP_noCheck, -1) >= 0) return "";
    // Nobody says how its revocation could be asked: the issuer answers for it.
    const bool can_be_asked = X509_get_ext_by_NID(signer, NID_info_access, -1) >= 0 ||
                              X509_get_ext_by_NID(signer, NID_crl_distribution_points, -1) >= 0;
    if (!can_be_asked) return "";
    Path responder = {signer};
    responder.insert(responder.end(), path_.begin() + 1, path_.end());
    return demands_.responder && demands_.responder(responder) ? "" : "OCSP responder: revocation";
  }

  CertificateStatus Read(OCSP_SINGLERESP* single, OCSP_BASICRESP* basic) const {
    int reason = -1;
    ASN1_GENERALIZEDTIME *revoked = nullptr, *updated = nullptr, *next = nullptr;
    const int state = OCSP_single_get0_status(single, &reason, &revoked, &updated, &next);
    CertificateStatus status = Unusable("", "");
    status.issued_at = TimeOf(updated);
    const absl::Time produced = TimeOf(OCSP_resp_get0_produced_at(basic));
    if (std::max(status.issued_at, produced) > demands_.at + kClockSkew) {
      return Unusable("OCSP_NOT_YET_VALID", "thisUpdate");
    }
    const absl::Time until =
        next == nullptr ? status.issued_at + kMaxAgeWithoutNextUpdate : TimeOf(next);
    if (until < status.issued_at) return Unusable("OCSP_NOT_USABLE", "nextUpdate");
    if (until + kClockSkew < demands_.at && demands_.outdated == Outdated::kRefused) {
      return Unusable("OCSP_OUTDATED",
                      absl::FormatTime(absl::RFC3339_sec, until, absl::UTCTimeZone()));
    }
    if (state == V_OCSP_CERTSTATUS_GOOD) {
      status.state = RevocationState::kGood;
      if (status.issued_at > xades::TimeOf(X509_get0_notAfter(path_[0])) && !KeepsExpired(single)) {
        return Unusable("REVOCATION_ISSUED_AFTER_EXPIRY", "OCSP");
      }
    } else if (state == V_OCSP_CERTSTATUS_REVOKED) {
      status.state = RevocationState::kRevoked;
      status.revoked_at = TimeOf(revoked);
      status.revocation_reason = ReasonName(reason);
    } else {
      return Unusable("OCSP_STATUS_UNKNOWN", ShownSubject(path_[0]));
    }
    return status;
  }

  // §4.4.4: a responder may forget a certificate once it has expired, unless it says that it does
  // not.
  bool KeepsExpired(OCSP_SINGLERESP* single) const {
    const CHandle<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free> cutoff(
        static_cast<ASN1_GENERALIZEDTIME*>(OCSP_SINGLERESP_get1_ext_d2i(
            single, NID_id_pkix_OCSP_archiveCutoff, nullptr, nullptr)));
    return cutoff != nullptr && TimeOf(cutoff.get()) <= xades::TimeOf(X509_get0_notAfter(path_[0]));
  }

  const Path& path_;
  const OcspDemands& demands_;
};

}  // namespace

CertificateStatus StatusByOcsp(const Path& path, const std::vector<OCSP_RESPONSE*>& responses,
                               const OcspDemands& demands) {
  CertificateStatus status = Unusable("REVOCATION_DATA_MISSING", "OCSP");
  if (path.size() < 2) return status;
  const OcspCheck check(path, demands);
  for (OCSP_RESPONSE* response : responses) status = Stronger(status, check.Judge(response));
  return status;
}

OcspRequestHandle MakeOcspRequest(X509* certificate, X509* issuer) {
  OcspRequestHandle request(OCSP_REQUEST_new());
  // SHA-1 here only names the issuer; RFC 5019 responders know no other.
  OCSP_request_add0_id(request.get(), OCSP_cert_to_id(EVP_sha1(), certificate, issuer));
  constexpr int kNonce = 16;
  OCSP_request_add1_nonce(request.get(), nullptr, kNonce);
  return request;
}

}  // namespace sceau::verifier
