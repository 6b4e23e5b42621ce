#include "verifier/revocation_data.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"

namespace sceau::verifier {
namespace {

// The object, when `der` is one and nothing else.
template <typename T, typename Parse>
T* Whole(std::string_view der, Parse parse) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = at + der.size();
  T* object = parse(nullptr, &at, static_cast<long>(der.size()));
  ERR_clear_error();
  return at == end ? object : nullptr;
}

// In a fixed order, so that a report does not depend on the file system.
StatusOr<std::vector<std::string>> FilesOf(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  }
  if (error) return Error(Reason::kRevocationUnreadable, path);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

bool RevocationData::AddCrl(std::string_view der) {
  X509CrlHandle crl(Whole<X509_CRL>(der, d2i_X509_CRL));
  if (crl == nullptr) return false;
  crls_.push_back(std::move(crl));
  return true;
}

bool RevocationData::AddOcspResponse(std::string_view der) {
  OcspResponseHandle response(Whole<OCSP_RESPONSE>(der, d2i_OCSP_RESPONSE));
  if (response == nullptr) return false;
  responses_.push_back(std::move(response));
  return true;
}

bool RevocationData::AddFile(const std::string& content) {
  if (AddCrl(content) || AddOcspResponse(content)) return true;
  const size_t before = crls_.size();
  const BioHandle bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  while (X509_CRL* crl = PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr)) {
    crls_.emplace_back(crl);
  }
  ERR_clear_error();
  return crls_.size() > before;
}

StatusOr<std::shared_ptr<const RevocationData>> RevocationData::Load(
    const std::vector<std::string>& paths) {
  auto data = std::make_shared<RevocationData>();
  for (const std::string& path : paths) {
    SCEAU_ASSIGN_OR_RETURN(const std::vector<std::string> files, FilesOf(path));
    bool any = false;
    for (const std::string& file : files) {
      const auto content = ReadSmallFile(file, kMaxFile);
      any |= content.ok() && data->AddFile(*content);
    }
    if (!any) return Error(Reason::kRevocationUnreadable, path);
  }
  return std::shared_ptr<const RevocationData>(std::move(data));
}

}  // namespace sceau::verifier
