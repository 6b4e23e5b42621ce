#include "hsm/signing_key.h"

#include <mutex>
#include <utility>

#include "hsm/ckr_names.h"
#include "hsm/mechanisms.h"
#include "hsm/public_key.h"

namespace sceau::hsm {
namespace {

constexpr size_t kMaxSignature = 2048;  // bytes: RSA of 16384 bits

class TokenKey final : public SigningKey {
 public:
  TokenKey(std::shared_ptr<Token> token, const ListedKey& key,
           std::vector<std::string> certificates, X509Handle certificate, Secret pin)
      : token_(std::move(token)),
        description_(key.description),
        handle_(*key.handle),
        certificates_(std::move(certificates)),
        certificate_(std::move(certificate)),
        public_key_(X509_get0_pubkey(certificate_.get())),
        pin_(std::move(pin)) {}

  const KeyDescription& description() const override { return description_; }
  const std::vector<std::string>& certificates() const override { return certificates_; }
  StatusOr<std::string> Sign(DigestAlgorithm digest, std::string_view message,
                             absl::Time deadline) override;

 private:
  StatusOr<std::string> Run(SessionPool::Lease& lease, const Operation& operation);
  StatusOr<std::string> RunAuthenticated(const Operation& operation, absl::Time deadline);
  Status Authenticate(SessionPool::Lease& lease);

  const std::shared_ptr<Token> token_;
  const KeyDescription description_;
  const CK_OBJECT_HANDLE handle_;
  const std::vector<std::string> certificates_;
  const X509Handle certificate_;
  EVP_PKEY* const public_key_;  // of certificate_
  Secret pin_;                  // guarded by token_->context_login(); empty when not needed
};

StatusOr<std::string> TokenKey::Sign(DigestAlgorithm digest, std::string_view message,
                                     absl::Time deadline) {
  SCEAU_ASSIGN_OR_RETURN(
      const Operation operation,
      ChooseOperation(description_.type, description_.bits, digest, message,
                      [this](CK_MECHANISM_TYPE mechanism) { return token_->Offers(mechanism); }));
  std::string signature;
  if (description_.always_authenticate) {
    SCEAU_ASSIGN_OR_RETURN(signature, RunAuthenticated(operation, deadline));
  } else {
    SCEAU_ASSIGN_OR_RETURN(SessionPool::Lease lease, token_->Acquire(deadline));
    SCEAU_ASSIGN_OR_RETURN(signature, Run(lease, operation));
  }
  if (description_.type == KeyType::kEc) signature = PadEcdsa(public_key_, signature);
  // A faulty token, or a certificate that is not this key's: nothing leaves unverified.
  if (!CheckSignature(public_key_, digest, message, signature).ok()) {
    return Error(Reason::kSignatureCheckFailed, description_.uri);
  }
  return signature;
}

StatusOr<std::string> TokenKey::RunAuthenticated(const Operation& operation, absl::Time deadline) {
  const std::unique_lock lock(token_->context_login(), absl::ToChronoTime(deadline));
  if (!lock.owns_lock()) return Error(Reason::kTokenBusy);
  SCEAU_ASSIGN_OR_RETURN(SessionPool::Lease lease, token_->Acquire(deadline));
  return Run(lease, operation);
}

StatusOr<std::string> TokenKey::Run(SessionPool::Lease& lease, const Operation& operation) {
  const CK_FUNCTION_LIST_PTR p11 = lease.session().p11();
  const CK_SESSION_HANDLE session = lease.session().handle();
  CK_MECHANISM mechanism{operation.mechanism, nullptr, 0};
  if (const CK_RV rv = p11->C_SignInit(session, &mechanism, handle_); rv != CKR_OK) {
    return token_->Failed(lease, "C_SignInit", rv);
  }
  if (description_.always_authenticate) SCEAU_RETURN_IF_ERROR(Authenticate(lease));
  std::string signature(kMaxSignature, '\0');
  CK_ULONG size = signature.size();
  const CK_RV rv =
      p11->C_Sign(session, Bytes(operation.input), operation.input.size(), Bytes(signature), &size);
  if (rv != CKR_OK) return token_->Failed(lease, "C_Sign", rv);
  signature.resize(size);
  return signature;
}

// v2.40 §5.6, C_Login: CKU_CONTEXT_SPECIFIC, after C_SignInit, for one signature.
Status TokenKey::Authenticate(SessionPool::Lease& lease) {
  if (pin_.empty() && !token_->has_pin_pad()) {
    lease.Drop(Loss::kBroken);
    return Error(Reason::kPinIncorrect, description_.uri);  // it was, at an earlier signature
  }
  Status status = token_->LogIn(lease.session(), CKU_CONTEXT_SPECIFIC, pin_);
  if (status.ok()) return status;
  if (ReasonOf(status) == Reason::kPinIncorrect) pin_ = Secret();  // never tried a second time
  lease.Drop(Loss::kBroken);
  return status;
}

}  // namespace

StatusOr<std::shared_ptr<SigningKey>> OpenSigningKey(std::shared_ptr<Token> token,
                                                     const KeyList& list, const ListedKey& key,
                                                     PinSource* source, Secret pin) {
  if (key.description.certificate.empty()) {
    return Error(key.description.match == CertificateMatch::kDiffers ? Reason::kCertificateMismatch : Reason::kCertificateMissing,
                 key.description.uri);
  }
  Secret kept;
  if (key.description.always_authenticate && !token->has_pin_pad()) {
    kept = std::move(pin);
    if (kept.empty()) {
      SCEAU_ASSIGN_OR_RETURN(kept, token->ReadPin(source));
    }
  }
  return std::make_shared<TokenKey>(std::move(token), key,
                                    ChainOf(key.description.certificate, list.certificates),
                                    ParseCertificate(key.description.certificate), std::move(kept));
}

}  // namespace sceau::hsm
