#include "verifier/time_stamp.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "xades/certificate.h"

namespace sceau::verifier {
namespace {

using VerifyContextHandle = CHandle<TS_VERIFY_CTX, TS_VERIFY_CTX_free>;

Status Unreadable(std::string_view what) { return Error(Reason::kInputUnreadable, what); }

absl::Duration AccuracyOf(TS_TST_INFO* info) {
  const TS_ACCURACY* accuracy = TS_TST_INFO_get_accuracy(info);
  if (accuracy == nullptr) return absl::ZeroDuration();
  const auto number = [](const ASN1_INTEGER* it) {
    int64_t value = 0;
    return it != nullptr && ASN1_INTEGER_get_int64(&value, it) == 1 ? std::max<int64_t>(value, 0)
                                                                    : 0;
  };
  return absl::Seconds(number(TS_ACCURACY_get_seconds(accuracy))) +
         absl::Milliseconds(number(TS_ACCURACY_get_millis(accuracy))) +
         absl::Microseconds(number(TS_ACCURACY_get_micros(accuracy)));
}

const EVP_MD* DigestOfAlgorithm(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  return EVP_get_digestbyobj(object);
}

PKCS7_SIGNER_INFO* OnlySigner(PKCS7* token) {
  STACK_OF(PKCS7_SIGNER_INFO)* signers = PKCS7_get_signer_info(token);
  return sk_PKCS7_SIGNER_INFO_num(signers) == 1 ? sk_PKCS7_SIGNER_INFO_value(signers, 0) : nullptr;
}

// The certificate that the signer's issuer and serial number name.
X509* SignerIn(PKCS7* token, PKCS7_SIGNER_INFO* signer) {
  const PKCS7_ISSUER_AND_SERIAL* named = signer->issuer_and_serial;
  return X509_find_by_issuer_and_serial(token->d.sign->cert, named->issuer, named->serial);
}

}  // namespace

StatusOr<TimeStamp> TimeStamp::Parse(std::string_view der) {
  TimeStamp stamp;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = at + der.size();
  stamp.token_.reset(d2i_PKCS7(nullptr, &at, static_cast<long>(der.size())));
  if (stamp.token_ != nullptr && at == end && PKCS7_type_is_signed(stamp.token_.get())) {
    stamp.info_.reset(PKCS7_to_TS_TST_INFO(stamp.token_.get()));
  }
  ERR_clear_error();
  if (stamp.info_ == nullptr) return Unreadable("TimeStampToken");
  PKCS7_SIGNER_INFO* signer = OnlySigner(stamp.token_.get());
  if (signer == nullptr) return Unreadable("SignerInfo");
  stamp.signer_ = SignerIn(stamp.token_.get(), signer);
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(stamp.info_.get());
  stamp.digest_ = DigestOfAlgorithm(TS_MSG_IMPRINT_get_algo(imprint));
  const ASN1_OCTET_STRING* octets = TS_MSG_IMPRINT_get_msg(imprint);
  stamp.imprint_.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(octets)),
                        static_cast<size_t>(ASN1_STRING_length(octets)));
  const absl::Time made = xades::TimeOf(TS_TST_INFO_get_time(stamp.info_.get()));
  if (stamp.digest_ == nullptr || made == absl::InfinitePast()) return Unreadable("TSTInfo");
  // TimeOf drops fractions of a second.
  stamp.time_ = made + absl::Seconds(1) + AccuracyOf(stamp.info_.get());
  return stamp;
}

bool TimeStamp::Imprints(std::string_view octets) const {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  return EVP_Digest(octets.data(), octets.size(), digest, &size, digest_, nullptr) == 1 &&
         imprint_ == std::string(digest, digest + size);
}

std::vector<X509*> TimeStamp::certificates() const {
  std::vector<X509*> out;
  const STACK_OF(X509)* carried = token_->d.sign->cert;
  for (int i = 0; i < sk_X509_num(carried); ++i) out.push_back(sk_X509_value(carried, i));
  return out;
}

std::vector<Algorithm> TimeStamp::algorithms() const {
  const AlgorithmLimits& limits = AlgorithmLimits::BuiltIn();
  return {limits.OfDigest(digest_),
          limits.OfDigest(DigestOfAlgorithm(OnlySigner(token_.get())->digest_alg))};
}

std::string TimeStamp::Fault(const Path& path, absl::Time at) const {
  const VerifyContextHandle context(TS_VERIFY_CTX_new());
  X509_STORE* store = X509_STORE_new();
  TS_VERIFY_CTX_set_store(context.get(), store);  // owned by the context from here
  X509_STORE_add_cert(store, path.back());
  X509_VERIFY_PARAM* parameters = X509_STORE_get0_param(store);
  X509_VERIFY_PARAM_set_time(parameters, absl::ToTimeT(at));
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_auth_level(parameters, 0);
  STACK_OF(X509)* between = sk_X509_new_null();  // owned as well, with its certificates
  for (X509* it : path) sk_X509_push(between, Share(it).release());
  TS_VERIFY_CTX_set_certs(context.get(), between);
  // The imprint is compared by who knows what was stamped.
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_SIGNATURE);
  const bool good = TS_RESP_verify_token(context.get(), token_.get()) == 1;
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  const std::string text = reason == nullptr ? "TSTInfo" : reason;
  ERR_clear_error();
  return good ? "" : text;
}

}  // namespace sceau::verifier
