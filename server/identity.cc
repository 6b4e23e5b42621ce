#include "server/identity.h"

#include <grpc/grpc_security_constants.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <string_view>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/openssl.h"
#include "base/strings.h"
#include "xades/certificate.h"

namespace sceau::server {
namespace {

using GeneralNamesHandle = CHandle<GENERAL_NAMES, GENERAL_NAMES_free>;

// The alternative names that callers may be known by.
struct NameKind {
  int type;
  std::string_view prefix;
};
constexpr NameKind kNameKinds[] = {{GEN_DNS, "DNS:"}, {GEN_URI, "URI:"}, {GEN_EMAIL, "email:"}};

std::string_view PropertyOf(const grpc::AuthContext& context, const char* name) {
  const auto values = context.FindPropertyValues(name);
  // Two would leave open which one was checked.
  return values.size() == 1 ? std::string_view(values[0].data(), values[0].size())
                            : std::string_view();
}

std::vector<std::string> CertificatesIn(std::string_view pem) {
  std::vector<std::string> certificates;
  const BioHandle in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  while (const X509Handle next{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)}) {
    certificates.push_back(DerWith(next.get(), i2d_X509));
  }
  return certificates;
}

}  // namespace

Identity IdentityOf(const grpc::AuthContext& context, const Door& door) {
  switch (door.kind) {
    case Door::Kind::kLocal:
      return {.kind = Identity::Kind::kLocal};
    case Door::Kind::kUser:
      return {.kind = Identity::Kind::kUser, .user = door.user};
    case Door::Kind::kTls:
      break;
  }
  if (!context.IsPeerAuthenticated() ||
      PropertyOf(context, GRPC_TRANSPORT_SECURITY_TYPE_PROPERTY_NAME) !=
          GRPC_SSL_TRANSPORT_SECURITY_TYPE) {
    return {};
  }
  std::vector<std::string> chain =
      CertificatesIn(PropertyOf(context, GRPC_X509_PEM_CERT_PROPERTY_NAME));
  if (chain.size() != 1) return {};
  for (std::string& certificate :
       CertificatesIn(PropertyOf(context, GRPC_X509_PEM_CERT_CHAIN_PROPERTY_NAME))) {
    if (certificate != chain.front()) chain.push_back(std::move(certificate));
  }
  return {.kind = Identity::Kind::kCertificate, .chain = std::move(chain)};
}

CertificateNames NamesOf(const std::string& der) {
  CertificateNames names{.sha256 = ToHex(DigestOf(DigestAlgorithm::kSha256, der))};
  const auto certificate = xades::Certificate::FromDer(der);
  if (!certificate.ok()) return names;
  const GeneralNamesHandle all(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate->x509(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(all.get(), i);
    for (const NameKind& kind : kNameKinds) {
      if (kind.type != name->type) continue;
      const ASN1_IA5STRING* text = name->d.ia5;
      const auto size = static_cast<size_t>(ASN1_STRING_length(text));
      names.alternative.push_back(Concat(
          kind.prefix,
          std::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), size)));
    }
  }
  return names;
}

}  // namespace sceau::server
