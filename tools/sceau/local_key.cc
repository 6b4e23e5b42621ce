#include "tools/sceau/local_key.h"

#include <utility>

#include "absl/time/clock.h"
#include "base/strings.h"
#include "hsm/pin_file.h"
#include "tools/sceau/key_purpose.h"

namespace sceau::cli {
namespace {

constexpr absl::Duration kSignatureDeadline = absl::Seconds(60);

std::string UrisOf(const std::vector<hsm::KeyDescription>& keys) {
  std::string uris;
  for (const hsm::KeyDescription& key : keys) AppendTo(uris, uris.empty() ? "" : " ", key.uri);
  return uris;
}

bool NotForSigning(const hsm::KeyDescription& key) {
  const Purpose purpose = PurposeOf(key.certificate);
  return purpose == Purpose::kAuthentication || purpose == Purpose::kOther;
}

}  // namespace

StatusOr<std::unique_ptr<hsm::PinSource>> PinSourceFor(const std::string& uri,
                                                       const std::string& pin_file, Lang lang) {
  if (!pin_file.empty()) return hsm::PinFromFile(pin_file);
  SCEAU_ASSIGN_OR_RETURN(std::string named, hsm::PinFileOf(uri));
  return named.empty() ? hsm::PinFromTerminal(lang) : hsm::PinFromFile(std::move(named));
}

StatusOr<LocalKey> LocalKey::Find(const hsm::TokensOptions& options, const std::string& uri,
                                  const std::string& pin_file, Lang lang) {
  LocalKey found;
  found.uri_ = uri.empty() ? "pkcs11:" : uri;
  SCEAU_ASSIGN_OR_RETURN(found.pin_, PinSourceFor(found.uri_, pin_file, lang));
  SCEAU_ASSIGN_OR_RETURN(found.tokens_, hsm::Tokens::Open(options));
  SCEAU_ASSIGN_OR_RETURN(std::vector<hsm::KeyDescription> keys,
                         found.tokens_->ListKeys(found.uri_));
  const std::string answering = UrisOf(keys);
  std::erase_if(keys, NotForSigning);
  if (keys.empty() && !answering.empty()) {
    return Error(Reason::kCertificateNotForSigning, answering);
  }
  if (keys.size() > 1) return Error(Reason::kKeyAmbiguous, UrisOf(keys));
  if (keys.empty()) {
    // A named key may be hidden until login; without a name there is nothing to log in to.
    if (uri.empty()) return Error(Reason::kKeyNotFound, found.uri_);
    return found;
  }
  found.certificate_ = keys.front().certificate;
  found.uri_ = keys.front().uri;
  return found;
}

StatusOr<std::vector<std::string>> LocalKey::Certificates() {
  if (!certificate_.empty()) return std::vector<std::string>{certificate_};
  SCEAU_RETURN_IF_ERROR(Unlock());
  return key_->certificates();
}

Status LocalKey::Unlock() {
  if (key_ != nullptr) return OkStatus();
  SCEAU_ASSIGN_OR_RETURN(key_, tokens_->OpenKey(uri_, pin_.get()));
  if (key_->certificates().empty()) return Error(Reason::kCertificateMissing, uri_);
  if (!certificate_.empty() && key_->certificates().front() != certificate_) {
    return Error(Reason::kCertificateMismatch, uri_);
  }
  return OkStatus();
}

signer::SignFunction LocalKey::Signing() const {
  return [key = key_](const SignatureScheme& scheme, std::span<const std::string> messages,
                      const signer::Made& made) {
    const absl::Duration patience = kSignatureDeadline * static_cast<int>(messages.size());
    return key->SignAll(scheme, messages, absl::Now() + patience, made);
  };
}

}  // namespace sceau::cli
