#include "tools/sceau/certificate_file.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/file.h"
#include "base/openssl.h"
#include "hsm/public_key.h"

namespace sceau::cli {
namespace {

constexpr size_t kMaxFile = 1 << 20;  // bytes: certificates are far smaller

}  // namespace

StatusOr<std::vector<std::string>> ReadCertificates(const std::string& path) {
  SCEAU_ASSIGN_OR_RETURN(const std::string bytes, ReadSmallFile(path, kMaxFile));
  const auto* der = reinterpret_cast<const unsigned char*>(bytes.data());
  if (const X509Handle one(d2i_X509(nullptr, &der, static_cast<long>(bytes.size()))); one) {
    return std::vector<std::string>{hsm::DerOf(one.get())};
  }
  std::vector<std::string> certificates;
  const BioHandle in(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  while (const X509Handle next{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)}) {
    certificates.push_back(hsm::DerOf(next.get()));
  }
  ERR_clear_error();
  if (certificates.empty()) return Error(Reason::kInputUnreadable, path);
  return certificates;
}

}  // namespace sceau::cli
