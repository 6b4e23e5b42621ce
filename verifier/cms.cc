#include "verifier/cms.h"

#include <openssl/err.h>
#include <openssl/ess.h>

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "xades/certificate.h"

namespace sceau::verifier {
namespace {

using Ess = CHandle<ESS_SIGNING_CERT, ESS_SIGNING_CERT_free>;
using EssV2 = CHandle<ESS_SIGNING_CERT_V2, ESS_SIGNING_CERT_V2_free>;

constexpr int kMostCertificates = 16;
// OpenSSL's way of asking for an attribute that stands once, with one value.
constexpr int kOnce = -3;

struct DigestRow {
  int nid;
  DigestAlgorithm digest;
};
constexpr DigestRow kDigests[] = {
    {NID_sha1, DigestAlgorithm::kSha1},     {NID_sha224, DigestAlgorithm::kSha224},
    {NID_sha256, DigestAlgorithm::kSha256}, {NID_sha384, DigestAlgorithm::kSha384},
    {NID_sha512, DigestAlgorithm::kSha512},
};

// The key's algorithm alone leaves the digest to be the signer's digest algorithm.
constexpr int kSignatures[] = {
    NID_rsaEncryption,
    NID_sha1WithRSAEncryption,
    NID_sha224WithRSAEncryption,
    NID_sha256WithRSAEncryption,
    NID_sha384WithRSAEncryption,
    NID_sha512WithRSAEncryption,
    NID_rsassaPss,
    NID_X9_62_id_ecPublicKey,
    NID_ecdsa_with_SHA1,
    NID_ecdsa_with_SHA224,
    NID_ecdsa_with_SHA256,
    NID_ecdsa_with_SHA384,
    NID_ecdsa_with_SHA512,
};

int NidOf(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(object);
}

// The value of a signed attribute that stands once; nullptr otherwise.
template <typename T>
T* SignedAttribute(CMS_SignerInfo* signer, int nid, int type) {
  return static_cast<T*>(CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(nid), kOnce, type));
}

template <typename Handle, typename Decode>
Handle DecodedAttribute(CMS_SignerInfo* signer, int nid, Decode decode) {
  const auto* octets = SignedAttribute<ASN1_STRING>(signer, nid, V_ASN1_SEQUENCE);
  if (octets == nullptr) return nullptr;
  const unsigned char* at = ASN1_STRING_get0_data(octets);
  return Handle(decode(nullptr, &at, ASN1_STRING_length(octets)));
}

std::string Octets(const ASN1_STRING* string) {
  if (string == nullptr) return {};
  const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(string));
  return {data, static_cast<size_t>(ASN1_STRING_length(string))};
}

void Fail(Evidence& out, std::string_view code, std::string_view detail = "") {
  out.faults.push_back({std::string(code), std::string(detail)});
}

// Unless the content's type is said, once, and is "data" (ETSI EN 319 142-1 §6.3).
bool ContentTypeHolds(CMS_ContentInfo* cms, CMS_SignerInfo* signer) {
  const auto* stated = SignedAttribute<ASN1_OBJECT>(signer, NID_pkcs9_contentType, V_ASN1_OBJECT);
  return stated != nullptr && OBJ_obj2nid(stated) == NID_pkcs7_data &&
         OBJ_obj2nid(CMS_get0_eContentType(cms)) == NID_pkcs7_data;
}

// Whether the attributes name this certificate, and the rest among the others.
bool Names(const ESS_SIGNING_CERT* ess, const ESS_SIGNING_CERT_V2* ess_v2, X509* certificate,
           const std::vector<std::shared_ptr<const xades::Certificate>>& all) {
  const X509StackHandle chain(sk_X509_new_null());
  sk_X509_push(chain.get(), certificate);
  for (const auto& it : all) sk_X509_push(chain.get(), it->x509());
  return OSSL_ESS_check_signing_certs(ess, ess_v2, chain.get(), 1) > 0;
}

void FreeOwningStack(STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }
void FreeCrlStack(STACK_OF(X509_CRL) * stack) { sk_X509_CRL_pop_free(stack, X509_CRL_free); }

}  // namespace

StatusOr<CmsSignature> CmsSignature::Parse(std::string_view der) {
  CmsSignature out;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = at + der.size();
  out.cms_.reset(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (out.cms_ == nullptr || at != end) return Error(Reason::kInputUnreadable, "ContentInfo");
  if (OBJ_obj2nid(CMS_get0_type(out.cms_.get())) != NID_pkcs7_signed ||
      CMS_is_detached(out.cms_.get()) != 1) {
    return Error(Reason::kInputUnreadable, "SignedData");
  }
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(out.cms_.get());
  if (sk_CMS_SignerInfo_num(signers) != 1) return Error(Reason::kInputUnreadable, "SignerInfo");
  out.signer_ = sk_CMS_SignerInfo_value(signers, 0);
  return out;
}

std::optional<DigestAlgorithm> CmsSignature::digest() const {
  X509_ALGOR* digest = nullptr;
  CMS_SignerInfo_get0_algs(signer_, nullptr, nullptr, &digest, nullptr);
  for (const DigestRow& row : kDigests) {
    if (row.nid == NidOf(digest)) return row.digest;
  }
  return std::nullopt;
}

std::string CmsSignature::message_digest() const {
  return Octets(
      SignedAttribute<ASN1_OCTET_STRING>(signer_, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING));
}

Evidence CmsSignature::Check(CertificateCache& certificates) const {
  Evidence out;
  X509_ALGOR* digest = nullptr;
  X509_ALGOR* signature = nullptr;
  CMS_SignerInfo_get0_algs(signer_, nullptr, nullptr, &digest, &signature);
  const int nid = NidOf(signature);
  const bool known =
      std::find(std::begin(kSignatures), std::end(kSignatures), nid) != std::end(kSignatures);
  if (!known || !this->digest()) {
    Fail(out, "ALGORITHM_REFUSED", OBJ_nid2sn(known ? NidOf(digest) : nid));
    return out;
  }
  out.digests.Add(*this->digest());
  if (!ContentTypeHolds(cms_.get(), signer_)) Fail(out, "SIGNATURE_STRUCTURE", "contentType");
  if (message_digest().empty()) Fail(out, "SIGNATURE_STRUCTURE", "messageDigest");
  if (out.faults.empty()) ChooseCertificate(certificates, out);
  if (!out.faults.empty()) return out;
  out.own_digests_hold = true;  // its attributes are under the value itself
  CMS_SignerInfo_set1_signer_cert(signer_, out.certificate->x509());
  out.value_holds = CMS_SignerInfo_verify(signer_) == 1;
  ERR_clear_error();
  return out;
}

void CmsSignature::ChooseCertificate(CertificateCache& certificates, Evidence& out) const {
  const CHandle<STACK_OF(X509), FreeOwningStack> carried(CMS_get1_certs(cms_.get()));
  const int count = carried == nullptr ? 0 : sk_X509_num(carried.get());
  if (count == 0) return Fail(out, "NO_CERTIFICATE_IN_SIGNATURE");
  if (count > kMostCertificates) return Fail(out, "SIGNATURE_STRUCTURE", "certificates");
  const auto ess =
      DecodedAttribute<Ess>(signer_, NID_id_smime_aa_signingCertificate, d2i_ESS_SIGNING_CERT);
  const auto ess_v2 = DecodedAttribute<EssV2>(signer_, NID_id_smime_aa_signingCertificateV2,
                                              d2i_ESS_SIGNING_CERT_V2);
  ERR_clear_error();
  if (ess == nullptr && ess_v2 == nullptr) return Fail(out, "SIGNING_CERTIFICATE_NOT_NAMED");
  std::vector<std::shared_ptr<const xades::Certificate>> all;
  for (int i = 0; i < count; ++i) {
    auto certificate = certificates.Get(DerWith(sk_X509_value(carried.get(), i), i2d_X509));
    if (certificate == nullptr) return Fail(out, "CERTIFICATE_UNREADABLE");
    all.push_back(std::move(certificate));
  }
  for (const auto& it : all) {
    const bool meant = out.certificate == nullptr &&
                       CMS_SignerInfo_cert_cmp(signer_, it->x509()) == 0 &&
                       Names(ess.get(), ess_v2.get(), it->x509(), all);
    if (meant) {
      out.certificate = it;
    } else {
      out.others.push_back(it);
    }
  }
  ERR_clear_error();
  if (out.certificate == nullptr) Fail(out, "SIGNING_CERTIFICATE_NOT_FOUND");
}

UnsignedEvidence CmsSignature::ReadUnsigned() const {
  UnsignedEvidence out;
  const std::string value = Octets(CMS_SignerInfo_get0_signature(signer_));
  for (int i = 0; i < CMS_unsigned_get_attr_count(signer_); ++i) {
    X509_ATTRIBUTE* attribute = CMS_unsigned_get_attr(signer_, i);
    if (OBJ_obj2nid(X509_ATTRIBUTE_get0_object(attribute)) != NID_id_smime_aa_timeStampToken) {
      continue;
    }
    for (int n = 0; n < X509_ATTRIBUTE_count(attribute); ++n) {
      const ASN1_TYPE* it = X509_ATTRIBUTE_get0_type(attribute, n);
      auto token = it->type == V_ASN1_SEQUENCE ? TimeStamp::Parse(Octets(it->value.sequence))
                                               : Error(Reason::kInputUnreadable);
      if (!token.ok()) {
        out.unreadable.emplace_back("timeStampToken");
        continue;
      }
      const bool holds = token->Imprints(value);
      out.time_stamps.push_back({*std::move(token), holds});
    }
  }
  const CHandle<STACK_OF(X509_CRL), FreeCrlStack> crls(CMS_get1_crls(cms_.get()));
  for (int i = 0; crls != nullptr && i < sk_X509_CRL_num(crls.get()); ++i) {
    if (!out.revocation.AddCrl(DerWith(sk_X509_CRL_value(crls.get(), i), i2d_X509_CRL))) {
      out.unreadable.emplace_back("crls");
    }
  }
  ERR_clear_error();
  return out;
}

}  // namespace sceau::verifier
