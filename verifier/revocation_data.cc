#include "verifier/revocation_data.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/file.h"
#include "verifier/pem_or_der.h"

namespace sceau::verifier {
namespace {

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
  auto crl = WholeDer<X509CrlHandle>(der, d2i_X509_CRL);
  if (crl == nullptr) return false;
  crls_.push_back(std::move(crl));
  return true;
}

bool RevocationData::AddOcspResponse(std::string_view der) {
  auto response = WholeDer<OcspResponseHandle>(der, d2i_OCSP_RESPONSE);
  if (response == nullptr) return false;
  responses_.push_back(std::move(response));
  return true;
}

StatusOr<bool> RevocationData::AddFile(const std::string& path) {
  const auto content = ReadSmallFile(path, kMaxFile);
  if (!content.ok()) return false;
  if (AddOcspResponse(*content)) return true;
  auto crls = CrlsOf(*content);
  if (!crls) return Error(Reason::kRevocationUnreadable, path);
  std::move(crls->begin(), crls->end(), std::back_inserter(crls_));
  return !crls->empty();
}

std::optional<std::vector<X509CrlHandle>> CrlsOf(std::string_view bytes) {
  return ReadPemOrDer<X509CrlHandle>(bytes, PEM_read_bio_X509_CRL, d2i_X509_CRL);
}

StatusOr<std::shared_ptr<const RevocationData>> RevocationData::Load(
    const std::vector<std::string>& paths) {
  auto data = std::make_shared<RevocationData>();
  for (const std::string& path : paths) {
    SCEAU_ASSIGN_OR_RETURN(const std::vector<std::string> files, FilesOf(path));
    bool any = false;
    for (const std::string& file : files) {
      SCEAU_ASSIGN_OR_RETURN(const bool added, data->AddFile(file));
      any |= added;
    }
    if (!any) return Error(Reason::kRevocationUnreadable, path);
  }
  return std::shared_ptr<const RevocationData>(std::move(data));
}

}  // namespace sceau::verifier
