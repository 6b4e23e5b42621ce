#include "verifier/time_stamp_request.h"

#include <openssl/err.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include "base/c_handle.h"
#include "base/digest.h"
#include "base/openssl.h"
#include "base/strings.h"
#include "verifier/time_stamp.h"

namespace sceau::verifier {
namespace {

using RequestHandle = CHandle<TS_REQ, TS_REQ_free>;
using ImprintHandle = CHandle<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free>;
using AlgorithmHandle = CHandle<X509_ALGOR, X509_ALGOR_free>;
using NumberHandle = CHandle<BIGNUM, BN_free>;
using IntegerHandle = CHandle<ASN1_INTEGER, ASN1_INTEGER_free>;
using ResponseHandle = CHandle<TS_RESP, TS_RESP_free>;
using CheckHandle = CHandle<TS_VERIFY_CTX, TS_VERIFY_CTX_free>;

constexpr int kNonceBits = 64;
constexpr size_t kMaxAnswer = 64 << 10;  // bytes; a token with its chain takes some 6 kB

Status Refused(const std::string& url, std::string_view why) {
  return Error(Reason::kServiceUnavailable, Concat(url, ": ", why));
}

bool SetImprint(TS_REQ* request, std::string_view octets) {
  const std::string digest = DigestOf(DigestAlgorithm::kSha256, octets);
  const ImprintHandle imprint(TS_MSG_IMPRINT_new());
  const AlgorithmHandle algorithm(X509_ALGOR_new());
  X509_ALGOR_set_md(algorithm.get(), EVP_sha256());
  auto* bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(digest.data()));
  return TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
         TS_MSG_IMPRINT_set_msg(imprint.get(), bytes, static_cast<int>(digest.size())) == 1 &&
         TS_REQ_set_msg_imprint(request, imprint.get()) == 1;
}

bool SetNonce(TS_REQ* request) {
  const NumberHandle number(BN_new());
  if (BN_rand(number.get(), kNonceBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) != 1) return false;
  const IntegerHandle nonce(BN_to_ASN1_INTEGER(number.get(), nullptr));
  return nonce != nullptr && TS_REQ_set_nonce(request, nonce.get()) == 1;
}

RequestHandle NewRequest(std::string_view octets) {
  RequestHandle request(TS_REQ_new());
  const bool made = request != nullptr && TS_REQ_set_version(request.get(), 1) == 1 &&
                    SetImprint(request.get(), octets) && SetNonce(request.get()) &&
                    TS_REQ_set_cert_req(request.get(), 1) == 1;
  return made ? std::move(request) : RequestHandle();
}

}  // namespace

StatusOr<std::string> RequestTimeStamp(const std::string& url, std::string_view octets,
                                       const HttpLimits& limits) {
  const RequestHandle request = NewRequest(octets);
  if (request == nullptr) return Error(Reason::kInternal, "time-stamp request");
  HttpLimits small = limits;
  small.max_size = kMaxAnswer;
  SCEAU_ASSIGN_OR_RETURN(const std::string answer,
                         HttpExchange({.url = url,
                                       .body = DerWith(request.get(), i2d_TS_REQ),
                                       .content_type = "application/timestamp-query"},
                                      small));
  const auto* at = reinterpret_cast<const unsigned char*>(answer.data());
  const ResponseHandle response(d2i_TS_RESP(nullptr, &at, static_cast<long>(answer.size())));
  if (response == nullptr) return Refused(url, "no time-stamp response");
  const CheckHandle check(TS_REQ_to_TS_VERIFY_CTX(request.get(), nullptr));
  if (check == nullptr) return Error(Reason::kInternal, "time-stamp request");
  // Granted, of this version, imprint and nonce; the signature is for who uses the token. (With
  // the flag for the signer's name OpenSSL would look for a signer that was not read.)
  TS_VERIFY_CTX_set_flags(check.get(), TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_NONCE);
  const bool granted = TS_RESP_verify_response(check.get(), response.get()) == 1;
  ERR_clear_error();
  if (!granted) return Refused(url, "time-stamp response is not of the request");
  std::string token = DerWith(TS_RESP_get_token(response.get()), i2d_PKCS7);
  const auto read = TimeStamp::Parse(token);
  if (!read.ok() || !read->Imprints(octets)) return Refused(url, "time-stamp token");
  return token;
}

}  // namespace sceau::verifier
