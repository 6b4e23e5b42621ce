#include "hsm/signing_key.h"

#include <mutex>
#include <utility>

#include "absl/time/clock.h"
#include "hsm/ckr_names.h"
#include "hsm/mechanisms.h"
#include "hsm/public_key.h"
#include "hsm/sign_once.h"

namespace sceau::hsm {
namespace {

// A good signature that is younger says that the key can sign.
constexpr absl::Duration kProbePeriod = absl::Minutes(1);
// A job goes on with the next message so long: the hand-over between two threads costs up to a
// tenth of it.
constexpr absl::Duration kTogether = absl::Milliseconds(5);
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

// What is to be signed. Owned by the jobs, which may outlast their caller.
struct Request {
  SignatureScheme scheme;
  std::vector<std::string> messages;
  std::vector<Operation> operations;
  std::shared_ptr<const X509> certificate;  // of the key
};

// What came of a job: signatures, and what ended it.
struct Batch {
  std::vector<std::string> signatures;
  Status failure;
};

// A faulty token, or a certificate that is not this key's: nothing leaves unverified.
StatusOr<std::string> Checked(const Request& request, size_t index, std::string signature) {
  EVP_PKEY* const key = X509_get0_pubkey(request.certificate.get());
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) signature = PadEcdsa(key, signature);
  SCEAU_RETURN_IF_ERROR(CheckSignature(key, request.scheme, request.messages[index], signature));
  return signature;
}

// In a job of the token.
StatusOr<std::string> SignInSession(const Place& place, const Session& session,
                                    const Operation& operation) {
  if (place.pin == nullptr) return SignOnce(session, place.handle, operation, nullptr);
  return SignOnce(session, place.handle, operation, [&] { return Authenticate(place, session); });
}

StatusOr<std::string> SignAt(const Place& place, SessionPool::Lease& lease,
                             const Operation& operation) {
  auto signature = SignInSession(place, lease.session(), operation);
  if (!signature.ok()) {
    const auto failed = FailedCallOf(signature.status());
    const Loss loss = failed ? LossOf(failed->code) : Loss::kNone;
    lease.Drop(loss == Loss::kNone ? Loss::kBroken : loss);
  }
  return signature;
}

// The messages from `index` on, as many as kTogether allows, one at least.
StatusOr<Batch> SignSome(const Place& place, const Request& request, size_t index,
                         absl::Time deadline) {
  const absl::Time until = absl::Now() + kTogether;
  SCEAU_ASSIGN_OR_RETURN(SessionPool::Lease lease, place.token->Acquire(deadline));
  Batch made;
  do {
    auto signature = SignAt(place, lease, request.operations[index]);
    if (signature.ok()) signature = Checked(request, index, *std::move(signature));
    if (!signature.ok()) {
      made.failure = signature.status();
      return made;
    }
    made.signatures.push_back(*std::move(signature));
  } while (++index < request.operations.size() && absl::Now() < until);
  return made;
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
        place_(std::make_shared<const Place>(std::move(place))) {}

  const KeyDescription& description() const override { return description_; }
  const std::vector<std::string>& certificates() const override { return certificates_; }
  Status SignAll(const SignatureScheme& scheme, std::span<const std::string> messages,
                 absl::Time deadline, const Made& made) override;
  Status Probe(absl::Time deadline) override;

 private:
  std::shared_ptr<const Place> Now() const;
  StatusOr<std::shared_ptr<const Place>> Find(const std::shared_ptr<const Place>& lost,
                                              absl::Time deadline);
  StatusOr<std::shared_ptr<const Request>> RequestOf(const Token& token,
                                                     const SignatureScheme& scheme,
                                                     std::span<const std::string> messages) const;
  Batch Run(const std::shared_ptr<const Place>& place,
            const std::shared_ptr<const Request>& request, size_t index, absl::Time deadline) const;
  StatusOr<std::shared_ptr<const Place>> Usable(absl::Time deadline);

  const std::shared_ptr<TokenSet> tokens_;
  const Uri uri_;  // names this key and no other
  const std::unique_ptr<PinSource> own_source_;
  PinSource* const source_;
  const KeyDescription description_;
  const std::vector<std::string> certificates_;
  const std::shared_ptr<const X509> certificate_;
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

StatusOr<std::shared_ptr<const Place>> TokenKey::Usable(absl::Time deadline) {
  const std::shared_ptr<const Place> place = Now();
  return place->token->lost() ? Find(place, deadline) : place;
}

StatusOr<std::shared_ptr<const Request>> TokenKey::RequestOf(
    const Token& token, const SignatureScheme& scheme,
    std::span<const std::string> messages) const {
  auto request = std::make_shared<Request>(
      Request{scheme, {messages.begin(), messages.end()}, {}, certificate_});
  for (const std::string& message : messages) {
    SCEAU_ASSIGN_OR_RETURN(
        Operation operation,
        ChooseOperation(description_.type, description_.bits, scheme, message,
                        [&](CK_MECHANISM_TYPE mechanism) { return token.Offers(mechanism); }));
    request->operations.push_back(std::move(operation));
  }
  return request;
}

Batch TokenKey::Run(const std::shared_ptr<const Place>& place,
                    const std::shared_ptr<const Request>& request, size_t index,
                    absl::Time deadline) const {
  const absl::Time asked = absl::Now();
  const auto turn = place->pin != nullptr ? Token::Turn::kOneByOne : Token::Turn::kParallel;
  auto made = place->token->Run<Batch>(
      deadline,
      [place, request, index, asked, deadline] {
        TokenStats& stats = place->token->stats();
        stats.Borrowed(absl::Now() - asked);
        auto some = SignSome(*place, *request, index, deadline);
        stats.GaveBack();
        return some;
      },
      turn);
  if (!made.ok()) return {{}, made.status()};
  place->token->Note(made->failure);
  if (ReasonOf(made->failure) == Reason::kSignatureCheckFailed) {
    made->failure = Error(Reason::kSignatureCheckFailed, description_.uri);
  }
  return *std::move(made);
}

Status TokenKey::SignAll(const SignatureScheme& scheme, std::span<const std::string> messages,
                         absl::Time deadline, const Made& made) {
  SCEAU_ASSIGN_OR_RETURN(std::shared_ptr<const Place> place, Usable(deadline));
  SCEAU_ASSIGN_OR_RETURN(const std::shared_ptr<const Request> request,
                         RequestOf(*place->token, scheme, messages));
  size_t lost = messages.size();  // the message that has been tried anew
  for (size_t done = 0; done < messages.size();) {
    Batch some = Run(place, request, done, deadline);
    for (std::string& signature : some.signatures) {
      place->token->stats().Signed(absl::Now());
      SCEAU_RETURN_IF_ERROR(made(done++, std::move(signature)));
    }
    if (some.failure.ok()) continue;
    if (!LostBeforeAnyEffect(some.failure) || done == lost) return some.failure;
    lost = done;
    SCEAU_ASSIGN_OR_RETURN(place, Find(place, deadline));
  }
  return OkStatus();
}

Status TokenKey::Probe(absl::Time deadline) {
  SCEAU_ASSIGN_OR_RETURN(const std::shared_ptr<const Place> place, Usable(deadline));
  const absl::Time last = place->token->stats().Now().last_signature;
  if (description_.always_authenticate || last > absl::Now() - kProbePeriod) return OkStatus();
  return Sign(DigestAlgorithm::kSha256, kProbeMessage, deadline).status();
}

}  // namespace

StatusOr<std::string> SigningKey::Sign(const SignatureScheme& scheme, std::string_view message,
                                       absl::Time deadline) {
  const std::string messages[] = {std::string(message)};
  std::string value;
  SCEAU_RETURN_IF_ERROR(SignAll(scheme, messages, deadline, [&](size_t, std::string signature) {
    value = std::move(signature);
    return OkStatus();
  }));
  return value;
}

StatusOr<std::shared_ptr<SigningKey>> OpenSigningKey(std::shared_ptr<TokenSet> tokens,
                                                     const Uri& uri, PinSource* source,
                                                     absl::Time deadline) {
  std::unique_ptr<PinSource> own_source;
  if (source == nullptr && !uri.pin_source().empty()) {
    own_source = PinFromFile(uri.pin_source());
    source = own_source.get();
  }
  SCEAU_ASSIGN_OR_RETURN(OpenedKey opened, tokens->Open(uri, source, deadline));
  SCEAU_ASSIGN_OR_RETURN(Place place, PlaceOf(opened, source));
  SCEAU_ASSIGN_OR_RETURN(Uri exact, Uri::Parse(opened.key.description.uri));
  opened.token->stats().OpenedKey(ExpiryOf(opened.key.description.certificate));
  return std::make_shared<TokenKey>(std::move(tokens), std::move(exact), std::move(own_source),
                                    source, opened, std::move(place));
}

}  // namespace sceau::hsm
