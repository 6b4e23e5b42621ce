#include "hsm/signing_key.h"

#include <mutex>
#include <utility>

#include "absl/time/clock.h"
#include "hsm/ckr_names.h"
#include "hsm/mechanisms.h"
#include "hsm/public_key.h"

namespace sceau::hsm {
namespace {

constexpr size_t kMaxSignature = 2048;  // bytes: RSA of 16384 bits
// A good signature that is younger says that the key can sign.
constexpr absl::Duration kProbePeriod = absl::Minutes(1);
constexpr std::string_view kProbeMessage = "sceau: test signature of the key, of no document";

// The PIN of a key that asks for it at every signature. Only touched by the token's thread for one
// signature after another.
struct ContextPin {
  KnownPin known;
  bool refused = false;
};

// The key as it is found on its token now.
struct Place {
  std::shared_ptr<Token> token;
  CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  std::shared_ptr<ContextPin> pin;  // null unless the key always authenticates
};

// v2.40 §5.6, C_Login: CKU_CONTEXT_SPECIFIC, after C_SignInit, for one signature.
Status Authenticate(const Place& place, const Session& session) {
  ContextPin& pin = *place.pin;
  if (pin.refused) return Error(Reason::kPinIncorrect, place.token->label());
  const Status status = place.token->LogIn(session, CKU_CONTEXT_SPECIFIC, pin.known);
  // Never tried a second time.
  if (ReasonOf(status) == Reason::kPinIncorrect && !place.token->has_pin_pad()) {
    pin.refused = true;
    pin.known.pin = Secret();
  }
  return status;
}

// In a job of the token. Whatever goes wrong may leave an operation open in the session.
StatusOr<std::string> SignInSession(const Place& place, const Session& session,
                                    const Operation& operation) {
  CK_MECHANISM mechanism{operation.mechanism, nullptr, 0};
  CK_RV rv = session.p11()->C_SignInit(session.handle(), &mechanism, place.handle);
  if (rv != CKR_OK) return CkrError("C_SignInit", rv);
  if (place.pin != nullptr) SCEAU_RETURN_IF_ERROR(Authenticate(place, session));
  std::string signature(kMaxSignature, '\0');
  CK_ULONG size = signature.size();
  rv = session.p11()->C_Sign(session.handle(), Bytes(operation.input), operation.input.size(),
                             Bytes(signature), &size);
  if (rv != CKR_OK) return CkrError("C_Sign", rv);
  signature.resize(size);
  return signature;
}

StatusOr<std::string> SignAt(const Place& place, const Operation& operation, absl::Time deadline) {
  SCEAU_ASSIGN_OR_RETURN(SessionPool::Lease lease, place.token->Acquire(deadline));
  auto signature = SignInSession(place, lease.session(), operation);
  if (!signature.ok()) {
    const auto failed = FailedCallOf(signature.status());
    const Loss loss = failed ? LossOf(failed->code) : Loss::kNone;
    lease.Drop(loss == Loss::kNone ? Loss::kBroken : loss);
  }
  return signature;
}

class TokenKey final : public SigningKey {
 public:
  TokenKey(std::shared_ptr<TokenSet> tokens, Uri uri, std::unique_ptr<PinSource> own_source,
           PinSource* source, const OpenedKey& opened, Place place)
      : tokens_(std::move(tokens)),
        uri_(std::move(uri)),
        own_source_(std::move(own_source)),
        source_(source),
        description_(opened.key.description),
        certificates_(ChainOf(description_.certificate, opened.list.certificates)),
        certificate_(ParseCertificate(description_.certificate)),
        public_key_(X509_get0_pubkey(certificate_.get())),
        place_(std::make_shared<const Place>(std::move(place))) {}

  const KeyDescription& description() const override { return description_; }
  const std::vector<std::string>& certificates() const override { return certificates_; }
  StatusOr<std::string> Sign(DigestAlgorithm digest, std::string_view message,
                             absl::Time deadline) override;
  Status Probe(absl::Time deadline) override;

 private:
  std::shared_ptr<const Place> Now() const;
  StatusOr<std::shared_ptr<const Place>> Find(const std::shared_ptr<const Place>& lost,
                                              absl::Time deadline);
  StatusOr<std::string> Run(const std::shared_ptr<const Place>& place, DigestAlgorithm digest,
                            std::string_view message, absl::Time deadline) const;

  const std::shared_ptr<TokenSet> tokens_;
  const Uri uri_;  // names this key and no other
  const std::unique_ptr<PinSource> own_source_;
  PinSource* const source_;
  const KeyDescription description_;
  const std::vector<std::string> certificates_;
  const X509Handle certificate_;
  EVP_PKEY* const public_key_;  // of certificate_
  std::timed_mutex finding_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Place> place_;  // guarded by mutex_
};

// The PIN to keep for a key that asks for it at every signature.
StatusOr<std::shared_ptr<ContextPin>> PinToKeep(OpenedKey& opened, PinSource* source) {
  std::shared_ptr<ContextPin> pin;
  if (!opened.key.description.always_authenticate) return pin;
  pin = std::make_shared<ContextPin>();
  if (opened.token->has_pin_pad()) return pin;
  pin->known = std::move(opened.pin);
  if (pin->known.pin.empty()) {
    SCEAU_ASSIGN_OR_RETURN(pin->known, opened.token->ReadPin(source));
  }
  return pin;
}

StatusOr<Place> PlaceOf(OpenedKey& opened, PinSource* source) {
  const ListedKey& key = opened.key;
  if (key.description.certificate.empty()) {
    return Error(key.description.match == CertificateMatch::kDiffers ? Reason::kCertificateMismatch
                                                                     : Reason::kCertificateMissing,
                 key.description.uri);
  }
  Place place{opened.token, *key.handle, nullptr};
  SCEAU_ASSIGN_OR_RETURN(place.pin, PinToKeep(opened, source));
  return place;
}

std::shared_ptr<const Place> TokenKey::Now() const {
  const std::lock_guard lock(mutex_);
  return place_;
}

// The key on its token after that was lost: by one caller, for all.
StatusOr<std::shared_ptr<const Place>> TokenKey::Find(const std::shared_ptr<const Place>& lost,
                                                      absl::Time deadline) {
  const std::unique_lock lock(finding_, absl::ToChronoTime(deadline));
  if (!lock.owns_lock()) return Error(Reason::kTokenBusy);
  if (auto place = Now(); place != lost) return place;
  // A person is not asked for a PIN that they do not expect to give; a login that lasts will do.
  const bool person = lost->token->has_pin_pad() || source_ == nullptr || !source_->Origin();
  PinSource* const source = person ? nullptr : source_;
  auto opened = tokens_->Open(uri_, source, deadline);
  if (person && ReasonOf(opened.status()) == Reason::kPinMissing) {
    return Error(Reason::kTokenUnavailable, lost->token->label());
  }
  if (!opened.ok()) return opened.status();
  if (opened->key.description.certificate != description_.certificate) {
    return Error(Reason::kCertificateMismatch, description_.uri);
  }
  Place found{opened->token, *opened->key.handle, lost->pin};
  const std::lock_guard place_lock(mutex_);
  place_ = std::make_shared<const Place>(std::move(found));
  return place_;
}

StatusOr<std::string> TokenKey::Run(const std::shared_ptr<const Place>& place,
                                    DigestAlgorithm digest, std::string_view message,
                                    absl::Time deadline) const {
  SCEAU_ASSIGN_OR_RETURN(Operation chosen,
                         ChooseOperation(description_.type, description_.bits, digest, message,
                                         [&place](CK_MECHANISM_TYPE mechanism) {
                                           return place->token->Offers(mechanism);
                                         }));
  const auto operation = std::make_shared<const Operation>(std::move(chosen));
  const absl::Time asked = absl::Now();
  const auto turn = place->pin != nullptr ? Token::Turn::kOneByOne : Token::Turn::kParallel;
  return place->token->Run<std::string>(
      deadline,
      [place, operation, asked, deadline] {
        TokenStats& stats = place->token->stats();
        stats.Borrowed(absl::Now() - asked);
        auto signature = SignAt(*place, *operation, deadline);
        stats.GaveBack();
        return signature;
      },
      turn);
}

StatusOr<std::string> TokenKey::Sign(DigestAlgorithm digest, std::string_view message,
                                     absl::Time deadline) {
  std::shared_ptr<const Place> place = Now();
  if (place->token->lost()) {
    SCEAU_ASSIGN_OR_RETURN(place, Find(place, deadline));
  }
  auto made = Run(place, digest, message, deadline);
  if (!made.ok() && LostBeforeAnyEffect(made.status())) {
    SCEAU_ASSIGN_OR_RETURN(place, Find(place, deadline));
    made = Run(place, digest, message, deadline);
  }
  if (!made.ok()) return made.status();
  std::string signature = *std::move(made);
  if (description_.type == KeyType::kEc) signature = PadEcdsa(public_key_, signature);
  // A faulty token, or a certificate that is not this key's: nothing leaves unverified.
  if (!CheckSignature(public_key_, digest, message, signature).ok()) {
    return Error(Reason::kSignatureCheckFailed, description_.uri);
  }
  place->token->stats().Signed(absl::Now());
  return signature;
}

Status TokenKey::Probe(absl::Time deadline) {
  std::shared_ptr<const Place> place = Now();
  if (place->token->lost()) {
    SCEAU_ASSIGN_OR_RETURN(place, Find(place, deadline));
  }
  const absl::Time last = place->token->stats().Now().last_signature;
  if (description_.always_authenticate || last > absl::Now() - kProbePeriod) return OkStatus();
  return Sign(DigestAlgorithm::kSha256, kProbeMessage, deadline).status();
}

}  // namespace

StatusOr<std::shared_ptr<SigningKey>> OpenSigningKey(std::shared_ptr<TokenSet> tokens,
                                                     const Uri& uri, PinSource* source) {
  std::unique_ptr<PinSource> own_source;
  if (source == nullptr && !uri.pin_source().empty()) {
    own_source = PinFromFile(uri.pin_source());
    source = own_source.get();
  }
  SCEAU_ASSIGN_OR_RETURN(OpenedKey opened, tokens->Open(uri, source, absl::InfiniteFuture()));
  SCEAU_ASSIGN_OR_RETURN(Place place, PlaceOf(opened, source));
  SCEAU_ASSIGN_OR_RETURN(Uri exact, Uri::Parse(opened.key.description.uri));
  opened.token->stats().OpenedKey(ExpiryOf(opened.key.description.certificate));
  return std::make_shared<TokenKey>(std::move(tokens), std::move(exact), std::move(own_source),
                                    source, opened, std::move(place));
}

}  // namespace sceau::hsm
