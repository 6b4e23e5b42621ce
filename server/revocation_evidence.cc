#include "server/revocation_evidence.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/openssl.h"
#include "base/strings.h"
#include "xades/certificate.h"

namespace sceau::server {
namespace {

std::vector<std::string> SerialsIn(OCSP_RESPONSE* response) {
  std::vector<std::string> serials;
  const CHandle<OCSP_BASICRESP, OCSP_BASICRESP_free> basic(OCSP_response_get1_basic(response));
  for (int i = 0; basic != nullptr && i < OCSP_resp_count(basic.get()); ++i) {
    const OCSP_CERTID* id = OCSP_SINGLERESP_get0_id(OCSP_resp_get0(basic.get(), i));
    ASN1_INTEGER* serial = nullptr;
    OCSP_id_get0_info(nullptr, nullptr, nullptr, &serial, const_cast<OCSP_CERTID*>(id));
    serials.push_back(DerWith(serial, i2d_ASN1_INTEGER));
  }
  ERR_clear_error();
  return serials;
}

}  // namespace

Status RevocationEvidence::KeepFile(const std::string& der, std::string_view extension, Kept kept) {
  kept.name = Concat(ToHex(DigestOf(DigestAlgorithm::kSha256, der)), extension);
  const std::string path = Concat(folder_, "/", kept.name);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    SCEAU_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path, /*force=*/true));
    SCEAU_RETURN_IF_ERROR(file.Append(der));
    SCEAU_RETURN_IF_ERROR(file.Publish());
  }
  kept_.push_back(std::move(kept));
  return OkStatus();
}

Status RevocationEvidence::KeepAll(const verifier::RevocationData& data) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error || ::chmod(folder_.c_str(), S_IRWXU) != 0) {
    return Error(Reason::kOutputUnwritable, folder_);
  }
  kept_.clear();
  for (const X509CrlHandle& crl : data.crls()) {
    Kept kept{{}, DerWith(X509_CRL_get_issuer(crl.get()), i2d_X509_NAME), {}};
    SCEAU_RETURN_IF_ERROR(KeepFile(DerWith(crl.get(), i2d_X509_CRL), ".crl", std::move(kept)));
  }
  for (const verifier::OcspResponseHandle& it : data.responses()) {
    Kept kept{{}, {}, SerialsIn(it.get())};
    SCEAU_RETURN_IF_ERROR(KeepFile(DerWith(it.get(), i2d_OCSP_RESPONSE), ".ocsp", std::move(kept)));
  }
  return OkStatus();
}

StatusOr<std::vector<std::string>> RevocationEvidence::Keep(
    const std::shared_ptr<const verifier::RevocationData>& data,
    const std::vector<std::string>& chain) {
  std::vector<std::string> names;
  if (data == nullptr || data->empty()) return names;
  const std::lock_guard lock(mutex_);
  if (data != data_) {
    const Status kept = KeepAll(*data);
    if (!kept.ok()) return Error(Reason::kAuditUnavailable, DetailOf(kept));
    data_ = data;
  }
  for (const std::string& der : chain) {
    SCEAU_ASSIGN_OR_RETURN(const xades::Certificate certificate, xades::Certificate::FromDer(der));
    const std::string issuer = DerWith(X509_get_issuer_name(certificate.x509()), i2d_X509_NAME);
    const std::string serial = DerWith(X509_get_serialNumber(certificate.x509()), i2d_ASN1_INTEGER);
    for (const Kept& it : kept_) {
      const bool speaks = it.serials.empty() ? it.issuer == issuer
                                             : std::find(it.serials.begin(), it.serials.end(),
                                                         serial) != it.serials.end();
      if (speaks && std::find(names.begin(), names.end(), it.name) == names.end()) {
        names.push_back(it.name);
      }
    }
  }
  return names;
}

}  // namespace sceau::server
