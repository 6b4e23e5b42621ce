#include "verifier/revocation_network.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <utility>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/strings.h"
#include "xades/certificate.h"

namespace sceau::verifier {
namespace {

constexpr size_t kMaxAddresses = 4;      // of one certificate
constexpr size_t kMaxOcsp = 256 * 1024;  // bytes of a response

using TextsHandle = CHandle<STACK_OF(OPENSSL_STRING), X509_email_free>;
using PointsHandle = CHandle<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;

bool IsWeb(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

std::vector<std::string> OcspAddresses(X509* certificate) {
  const TextsHandle found(X509_get1_ocsp(certificate));
  std::vector<std::string> out;
  for (int i = 0; found != nullptr && i < sk_OPENSSL_STRING_num(found.get()); ++i) {
    const char* url = sk_OPENSSL_STRING_value(found.get(), i);
    if (IsWeb(url) && out.size() < kMaxAddresses) out.emplace_back(url);
  }
  return out;
}

void AddAddresses(const DIST_POINT* point, std::vector<std::string>& out) {
  if (point->distpoint == nullptr || point->distpoint->type != 0) return;  // 0: fullName
  const GENERAL_NAMES* names = point->distpoint->name.fullname;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &type));
    if (type != GEN_URI || out.size() >= kMaxAddresses) continue;
    std::string url(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                    static_cast<size_t>(ASN1_STRING_length(value)));
    if (IsWeb(url) && url.find('\0') == std::string::npos) out.push_back(std::move(url));
  }
}

std::vector<std::string> CrlAddresses(X509* certificate) {
  const PointsHandle points(static_cast<CRL_DIST_POINTS*>(
      X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr)));
  std::vector<std::string> out;
  for (int i = 0; points != nullptr && i < sk_DIST_POINT_num(points.get()); ++i) {
    AddAddresses(sk_DIST_POINT_value(points.get(), i), out);
  }
  return out;
}

// DER, or PEM as some points give it; one list.
X509CrlHandle OnlyCrl(const std::string& bytes) {
  auto crls = CrlsOf(bytes);
  return crls && crls->size() == 1 ? std::move(crls->front()) : nullptr;
}

// Whether it may be kept or used from the cache: what a forger put there would stay.
bool IsCurrentFrom(X509* issuer, X509_CRL* crl, absl::Time at) {
  const bool signed_by_issuer = X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1;
  ERR_clear_error();
  if (!signed_by_issuer) return false;
  const ASN1_TIME* next = X509_CRL_get0_nextUpdate(crl);
  return next != nullptr && xades::TimeOf(X509_CRL_get0_lastUpdate(crl)) <= at &&
         at < xades::TimeOf(next);
}

// Best effort: a cache that cannot be written is only slower.
void Keep(const std::string& path, const std::string& bytes) {
  auto file = OutputFile::Create(path, /*force=*/true);
  if (file.ok() && file->Append(bytes).ok()) file->Publish().IgnoreError();
}

}  // namespace

CertificateStatus RevocationNetwork::AskResponders(const Path& path,
                                                   const OcspDemands& demands) const {
  CertificateStatus status;
  status.source = "OCSP";
  status.code = "REVOCATION_DATA_MISSING";
  for (const std::string& url : OcspAddresses(path[0])) {
    const OcspRequestHandle request = MakeOcspRequest(path[0], path[1]);
    HttpLimits limits = options_.limits;
    limits.max_size = kMaxOcsp;
    const auto answer = HttpExchange(
        {url, DerWith(request.get(), i2d_OCSP_REQUEST), "application/ocsp-request"}, limits);
    RevocationData data;
    if (!answer.ok()) {
      status.code = "REVOCATION_UNREACHABLE";
      status.detail = DetailOf(answer.status());
    } else if (!data.AddOcspResponse(*answer)) {
      status.code = "OCSP_NOT_USABLE";
      status.detail = "DER";
    } else {
      OcspDemands asked = demands;
      asked.request = request.get();
      status = StatusByOcsp(path, {data.responses().front().get()}, asked);
    }
    if (status.state != RevocationState::kUndetermined) break;
  }
  return status;
}

StatusOr<X509CrlHandle> RevocationNetwork::Crl(const std::string& url, X509* issuer,
                                               absl::Time at) const {
  const std::string kept = options_.cache_folder.empty()
                               ? ""
                               : Concat(options_.cache_folder, "/",
                                        ToHex(DigestOf(DigestAlgorithm::kSha256, url)), ".crl");
  if (!kept.empty()) {
    const auto bytes = ReadSmallFile(kept, RevocationData::kMaxFile);
    X509CrlHandle crl = bytes.ok() ? OnlyCrl(*bytes) : nullptr;
    if (crl != nullptr && IsCurrentFrom(issuer, crl.get(), at)) return crl;
  }
  SCEAU_ASSIGN_OR_RETURN(const std::string bytes, HttpExchange({url, "", ""}, options_.limits));
  X509CrlHandle crl = OnlyCrl(bytes);
  if (crl == nullptr) return Error(Reason::kServiceUnavailable, Concat(url, ": CRL"));
  if (!kept.empty() && IsCurrentFrom(issuer, crl.get(), at)) Keep(kept, bytes);
  return crl;
}

std::vector<X509CrlHandle> RevocationNetwork::FetchCrls(const Path& path, absl::Time at,
                                                        std::string& failure) const {
  std::vector<X509CrlHandle> out;
  for (const std::string& url : CrlAddresses(path[0])) {
    auto crl = Crl(url, path[1], at);
    if (crl.ok()) {
      out.push_back(*std::move(crl));
    } else {
      failure = DetailOf(crl.status());
    }
  }
  return out;
}

}  // namespace sceau::verifier
