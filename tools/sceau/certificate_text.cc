#include "tools/sceau/certificate_text.h"

#include <openssl/asn1.h>
#include <openssl/crypto.h>

#include <ctime>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/openssl.h"

namespace sceau::cli {
namespace {

std::string NameText(const X509_NAME* name) {
  BioHandle out(BIO_new(BIO_s_mem()));
  // RFC 4514 with UTF-8 as it is.
  constexpr unsigned long kFlags =
      XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (!out || X509_NAME_print_ex(out.get(), name, 0, kFlags) < 0) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string SerialText(const X509* certificate) {
  const BignumHandle number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  char* text = number ? BN_bn2dec(number.get()) : nullptr;
  std::string serial = text == nullptr ? "" : text;
  OPENSSL_free(text);
  return serial;
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

}  // namespace

StatusOr<CertificateText> DescribeCertificate(std::string_view der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const X509Handle certificate(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
  if (!certificate) return Error(Reason::kCertificateMissing);
  return CertificateText{NameText(X509_get_subject_name(certificate.get())),
                         NameText(X509_get_issuer_name(certificate.get())),
                         SerialText(certificate.get()),
                         ToHex(DigestOf(DigestAlgorithm::kSha256, der)),
                         TimeOf(X509_get0_notBefore(certificate.get())),
                         TimeOf(X509_get0_notAfter(certificate.get()))};
}

}  // namespace sceau::cli
