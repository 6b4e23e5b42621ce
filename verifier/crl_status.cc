#include "verifier/crl_status.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <string_view>

#include "base/strings.h"
#include "verifier/algorithm_limits.h"
#include "xades/certificate.h"

namespace sceau::verifier {
namespace {

void FreeBorrowingCrlStack(STACK_OF(X509_CRL) * stack) { sk_X509_CRL_free(stack); }
using CrlStackHandle = CHandle<STACK_OF(X509_CRL), FreeBorrowingCrlStack>;

// A CRL's signer may need a CRL that another signs, and so on.
constexpr size_t kMaxSigners = 4;

struct CodeOf {
  int error;
  std::string_view code;
};

// What is not here makes the CRL unusable.
constexpr CodeOf kCodes[] = {
    {X509_V_ERR_UNABLE_TO_GET_CRL, "REVOCATION_DATA_MISSING"},
    {X509_V_ERR_CRL_HAS_EXPIRED, "CRL_OUTDATED"},
    {X509_V_ERR_CRL_NOT_YET_VALID, "CRL_NOT_YET_VALID"},
    {X509_V_ERR_CRL_SIGNATURE_FAILURE, "CRL_NOT_TRUSTED"},
    {X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, "CRL_NOT_TRUSTED"},
    {X509_V_ERR_CRL_PATH_VALIDATION_ERROR, "CRL_NOT_TRUSTED"},
    {X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, "CRL_NOT_TRUSTED"},
};

std::string_view CodeFor(int error) {
  for (const CodeOf& entry : kCodes) {
    if (entry.error == error) return entry.code;
  }
  return "CRL_NOT_USABLE";
}

bool IsDelta(const X509_CRL* crl) { return X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0; }

// Without nextUpdate it would be current for ever (RFC 5280 §5.1.2.5). A delta for some reasons
// OpenSSL takes for a complete list of them.
bool IsUsable(const X509_CRL* crl) {
  if (X509_CRL_get0_nextUpdate(crl) == nullptr) return false;
  if (!IsDelta(crl)) return true;
  const CHandle<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free> point(static_cast<ISSUING_DIST_POINT*>(
      X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, nullptr, nullptr)));
  return point == nullptr || point->onlysomereasons == nullptr;
}

// Of the whole path and its own instant, which have been judged: not of the part looked at here.
bool IsOfWholePath(int error) {
  return error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID ||
         error == X509_V_ERR_PERMITTED_VIOLATION || error == X509_V_ERR_EXCLUDED_VIOLATION;
}

class CrlCheck {
 public:
  CrlCheck(const std::vector<X509_CRL*>& crls, const std::vector<X509*>& others, absl::Time at,
           Outdated outdated)
      : crls_(sk_X509_CRL_new_null()), others_(others), at_(at), outdated_(outdated) {
    for (X509_CRL* crl : crls) {
      if (IsUsable(crl)) {
        sk_X509_CRL_push(crls_.get(), crl);
      } else {
        unusable_.push_back(crl);
      }
    }
  }

  CertificateStatus Status(const Path& path) {
    under_way_.push_back(path.front());
    CertificateStatus status = OfFirst(path);
    if (status.state == RevocationState::kGood) status = OfSigners(path, std::move(status));
    under_way_.pop_back();
    return status;
  }

 private:
  // The path's first certificate, whoever signs its CRL.
  CertificateStatus OfFirst(const Path& path) {
    CertificateStatus status = By(crls_.get(), path);
    if (status.code == "REVOCATION_ISSUED_AFTER_EXPIRY") {
      // What had to name it still says more than what is newest.
      const CrlStackHandle older = ListsUntil(xades::TimeOf(X509_get0_notAfter(path.front())));
      CertificateStatus then = By(older.get(), path);
      if (then.code != "REVOCATION_DATA_MISSING") status = std::move(then);
    }
    const X509_NAME* issuer = X509_get_issuer_name(path.front());
    const bool unusable = std::any_of(unusable_.begin(), unusable_.end(), [&](X509_CRL* crl) {
      return X509_NAME_cmp(X509_CRL_get_issuer(crl), issuer) == 0;
    });
    if (unusable && status.code == "REVOCATION_DATA_MISSING") status.code = "CRL_NOT_USABLE";
    return status;
  }

  CrlStackHandle ListsUntil(absl::Time end) const {
    CrlStackHandle older(sk_X509_CRL_new_null());
    for (int i = 0; i < sk_X509_CRL_num(crls_.get()); ++i) {
      X509_CRL* crl = sk_X509_CRL_value(crls_.get(), i);
      if (xades::TimeOf(X509_CRL_get0_lastUpdate(crl)) <= end) sk_X509_CRL_push(older.get(), crl);
    }
    return older;
  }

  // By these lists alone.
  CertificateStatus By(STACK_OF(X509_CRL) * crls, const Path& path) {
    status_ = CertificateStatus{};
    status_.source = "CRL";
    status_.issued_at = absl::InfiniteFuture();
    signers_.clear();
    delta_issued_ = absl::InfinitePast();
    const X509StoreHandle store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), path.back());
    X509_STORE_set_cert_crl(store.get(), &OnCertificateInCrl);
    const X509StackHandle between(sk_X509_new_null());
    for (size_t i = 1; i + 1 < path.size(); ++i) sk_X509_push(between.get(), path[i]);
    for (X509* other : others_) sk_X509_push(between.get(), other);
    const X509StoreCtxHandle context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), path.front(), between.get());
    X509_STORE_CTX_set0_crls(context.get(), crls);
    X509_STORE_CTX_set_app_data(context.get(), this);
    X509_STORE_CTX_set_verify_cb(context.get(), &OnResult);
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, absl::ToTimeT(at_));
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_CRL_CHECK |
                                                X509_V_FLAG_EXTENDED_CRL_SUPPORT |
                                                X509_V_FLAG_USE_DELTAS);
    keeps_expired_ = true;
    weak_.clear();
    const bool good = X509_verify_cert(context.get()) == 1;
    const int error = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    if (status_.state == RevocationState::kRevoked) return std::move(status_);
    if (good && status_.issued_at != absl::InfiniteFuture()) {
      status_.state = RevocationState::kGood;
      if (!weak_.empty()) Withdraw("CRL_NOT_TRUSTED", weak_);
      // RFC 5280 §3.3: once a certificate has expired a CRL need not name it any more.
      if (status_.issued_at > xades::TimeOf(X509_get0_notAfter(path.front())) && !keeps_expired_) {
        Withdraw("REVOCATION_ISSUED_AFTER_EXPIRY", ShownSubject(path.front()));
      }
    } else {
      status_.code = CodeFor(error);
      status_.detail =
          Concat(X509_verify_cert_error_string(error), ": ", ShownSubject(path.front()));
    }
    return std::move(status_);
  }

  // Signers that stand apart from the path could themselves be revoked, or be certified by what is
  // weak. One that is being asked about already speaks for itself.
  CertificateStatus OfSigners(const Path& path, CertificateStatus status) {
    const std::vector<OwnedPath> signers = std::move(signers_);
    for (const OwnedPath& owned : signers) {
      Path signer;
      for (const X509Handle& it : owned) signer.push_back(it.get());
      if (IsGoodSigner(path, signer)) continue;
      status.state = RevocationState::kUndetermined;
      status.code = "CRL_NOT_TRUSTED";
      status.detail = ShownSubject(signer.front());
      break;
    }
    return status;
  }

  bool IsGoodSigner(const Path& path, const Path& signer) {
    const auto same = [&](const X509* it) { return X509_cmp(it, signer.front()) == 0; };
    if (signer.size() < 2 || std::any_of(path.begin(), path.end(), same) ||
        std::any_of(under_way_.begin(), under_way_.end(), same)) {
      return true;
    }
    if (FindUnreliable(AlgorithmLimits::BuiltIn().OfChain(signer), at_)) return false;
    return under_way_.size() < kMaxSigners && Status(signer).state == RevocationState::kGood;
  }

  static CrlCheck& Of(X509_STORE_CTX* context) {
    X509_STORE_CTX* parent = X509_STORE_CTX_get0_parent_ctx(context);
    return *static_cast<CrlCheck*>(
        X509_STORE_CTX_get_app_data(parent == nullptr ? context : parent));
  }

  static int OnResult(int ok, X509_STORE_CTX* context) {
    CrlCheck& check = Of(context);
    const bool path_of_signer = X509_STORE_CTX_get0_parent_ctx(context) != nullptr;
    const int error = X509_STORE_CTX_get_error(context);
    if (ok == 1) {
      if (path_of_signer) check.KeepSigner(X509_STORE_CTX_get0_chain(context));
      return 1;
    }
    if (!path_of_signer && IsOfWholePath(error)) return 1;
    const X509_CRL* crl = X509_STORE_CTX_get0_current_crl(context);
    if (error == X509_V_ERR_CRL_HAS_EXPIRED) return check.MayBeOutdated(crl) ? 1 : 0;
    if (error == X509_V_ERR_CRL_NOT_YET_VALID) {
      return xades::TimeOf(X509_CRL_get0_lastUpdate(crl)) <= check.at_ + kClockSkew ? 1 : 0;
    }
    if (error == X509_V_ERR_CERT_REVOKED && !path_of_signer) {
      check.Revoked(X509_STORE_CTX_get_current_cert(context));
    }
    return 0;
  }

  bool MayBeOutdated(const X509_CRL* crl) const {
    return outdated_ == Outdated::kAdmitted ||
           at_ <= xades::TimeOf(X509_CRL_get0_nextUpdate(crl)) + kClockSkew;
  }

  // OpenSSL has found this CRL good and looks the certificate up in it.
  static int OnCertificateInCrl(X509_STORE_CTX* context, X509_CRL* crl, X509* certificate) {
    static const X509_STORE_CTX_cert_crl_fn kOpenSsl = OpenSslsLookUp();
    CrlCheck& check = Of(context);
    check.crl_ = crl;
    check.Note(crl);
    const int result = kOpenSsl(context, crl, certificate);
    constexpr int kRemovedByDelta = 2;  // its base is not looked into
    check.NoteIssued(crl, result == kRemovedByDelta);
    return result;
  }

  // A delta comes before its base, and both are as new as the delta.
  void NoteIssued(const X509_CRL* crl, bool delta_decides) {
    const absl::Time issued = xades::TimeOf(X509_CRL_get0_lastUpdate(crl));
    if (IsDelta(crl) && !delta_decides) {
      delta_issued_ = issued;
      return;
    }
    status_.issued_at = std::min(status_.issued_at, std::max(issued, delta_issued_));
    delta_issued_ = absl::InfinitePast();
  }

  static X509_STORE_CTX_cert_crl_fn OpenSslsLookUp() {
    const X509StoreHandle store(X509_STORE_new());
    const X509StoreCtxHandle context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), nullptr, nullptr);
    return X509_STORE_CTX_get_cert_crl(context.get());
  }

  void Withdraw(std::string_view code, const std::string& detail) {
    status_.state = RevocationState::kUndetermined;
    status_.code = std::string(code);
    status_.detail = detail;
  }

  void Note(X509_CRL* crl) {
    // X.509 §9.5.2.8
    static const CHandle<ASN1_OBJECT, ASN1_OBJECT_free> kExpiredCertsOnCrl(
        OBJ_txt2obj("2.5.29.60", 1));
    keeps_expired_ &= X509_CRL_get_ext_by_OBJ(crl, kExpiredCertsOnCrl.get(), -1) >= 0;
    const X509_ALGOR* method = nullptr;
    X509_CRL_get0_signature(crl, nullptr, &method);
    const auto digest = AlgorithmLimits::BuiltIn().OfSignature(method);
    if (digest && at_ >= digest->until) weak_ = digest->name;
  }

  void KeepSigner(const STACK_OF(X509) * chain) {
    const auto known = [&](const OwnedPath& it) {
      return X509_cmp(it.front().get(), sk_X509_value(chain, 0)) == 0;
    };
    if (std::any_of(signers_.begin(), signers_.end(), known)) return;
    OwnedPath& path = signers_.emplace_back();
    for (int i = 0; i < sk_X509_num(chain); ++i) path.push_back(Share(sk_X509_value(chain, i)));
  }

  void Revoked(X509* certificate) {
    status_.state = RevocationState::kRevoked;
    X509_REVOKED* entry = nullptr;
    if (crl_ == nullptr || X509_CRL_get0_by_cert(crl_, &entry, certificate) != 1) {
      status_.revoked_at = absl::InfinitePast();
      return;
    }
    status_.revoked_at = xades::TimeOf(X509_REVOKED_get0_revocationDate(entry));
    const CHandle<ASN1_ENUMERATED, ASN1_ENUMERATED_free> reason(static_cast<ASN1_ENUMERATED*>(
        X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr)));
    if (reason != nullptr)
      status_.revocation_reason = ReasonName(ASN1_ENUMERATED_get(reason.get()));
  }

  using OwnedPath = std::vector<X509Handle>;

  const CrlStackHandle crls_;
  std::vector<X509_CRL*> unusable_;
  const std::vector<X509*>& others_;
  const absl::Time at_;
  const Outdated outdated_;
  std::vector<X509*> under_way_;
  CertificateStatus status_;        // being found
  std::vector<OwnedPath> signers_;  // of CRLs found good, with their paths, where not its own
  absl::Time delta_issued_;         // of the delta whose base comes next
  bool keeps_expired_ = false;      // every CRL relied on also names expired certificates
  std::string weak_;                // the algorithm under a CRL relied on, when it is weak
  X509_CRL* crl_ = nullptr;         // the last looked into
};

}  // namespace

CertificateStatus StatusByCrl(const Path& path, const std::vector<X509_CRL*>& crls,
                              const std::vector<X509*>& others, absl::Time at, Outdated outdated) {
  return CrlCheck(crls, others, at, outdated).Status(path);
}

}  // namespace sceau::verifier
