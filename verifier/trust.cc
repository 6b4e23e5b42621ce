#include "verifier/trust.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/strings.h"

namespace sceau::verifier {
namespace {

bool HasCertificateName(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".pem" || extension == ".crt" || extension == ".cer";
}

// Every certificate of a file, PEM or one in DER.
Status ReadCertificates(const std::string& path, std::vector<X509Handle>& out) {
  auto bytes = ReadSmallFile(path);
  if (!bytes.ok()) return Error(Reason::kTrustUnreadable, path);
  const size_t before = out.size();
  BioHandle bio(BIO_new_mem_buf(bytes->data(), static_cast<int>(bytes->size())));
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    out.emplace_back(certificate);
  }
  if (out.size() == before) {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes->data());
    if (X509* certificate = d2i_X509(nullptr, &at, static_cast<long>(bytes->size()))) {
      out.emplace_back(certificate);
    }
  }
  ERR_clear_error();
  if (out.size() == before) return Error(Reason::kTrustUnreadable, path);
  return OkStatus();
}

}  // namespace

StatusOr<std::shared_ptr<const TrustAnchors>> TrustAnchors::Load(
    const std::vector<std::string>& paths) {
  auto trust = std::make_shared<TrustAnchors>();
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
      SCEAU_RETURN_IF_ERROR(ReadCertificates(path, trust->anchors_));
      continue;
    }
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
      if (HasCertificateName(entry.path())) files.push_back(entry.path().string());
    }
    if (error || files.empty()) return Error(Reason::kTrustUnreadable, path);
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) {
      SCEAU_RETURN_IF_ERROR(ReadCertificates(file, trust->anchors_));
    }
  }
  return std::shared_ptr<const TrustAnchors>(std::move(trust));
}

std::shared_ptr<const TrustAnchors> TrustAnchors::None() {
  static const auto kNone = std::make_shared<const TrustAnchors>();
  return kNone;
}

}  // namespace sceau::verifier
