#include "hsm/key_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "base/random.h"
#include "hsm/certificate_request.h"
#include "hsm/distinguished_name.h"
#include "hsm/key_generation.h"
#include "hsm/key_import.h"
#include "hsm/key_list.h"
#include "hsm/mechanisms.h"
#include "hsm/public_key.h"
#include "hsm/public_object.h"
#include "hsm/sign_once.h"
#include "hsm/token.h"
#include "hsm/uri.h"

namespace sceau::hsm {
namespace {

bool Has(CK_FLAGS flags, CK_FLAGS flag) { return (flags & flag) != 0; }

PinState PinStateOf(CK_FLAGS flags) {
  if (!Has(flags, CKF_LOGIN_REQUIRED)) return PinState::kUsable;
  if (!Has(flags, CKF_USER_PIN_INITIALIZED)) return PinState::kNotSet;
  if (Has(flags, CKF_USER_PIN_LOCKED)) return PinState::kLocked;
  return Has(flags, CKF_USER_PIN_FINAL_TRY) ? PinState::kFinalTry : PinState::kUsable;
}

TokenDescription Describe(const CK_TOKEN_INFO& info) {
  return {TokenUri(info),
          FixedText(info.label),
          FixedText(info.serialNumber),
          FixedText(info.manufacturerID),
          FixedText(info.model),
          PinStateOf(info.flags),
          Has(info.flags, CKF_PROTECTED_AUTHENTICATION_PATH)};
}

StatusOr<std::vector<PresentToken>> FindTokens(const TokensOptions& options, const Uri& uri) {
  SCEAU_ASSIGN_OR_RETURN(const std::shared_ptr<const Modules> modules,
                         Modules::Load(options.modules, options.longest_call));
  PresentTokens present = modules->FindTokens(absl::Now() + options.longest_call);
  std::erase_if(present.tokens,
                [&](const PresentToken& token) { return !uri.MatchesToken(token); });
  if (present.tokens.empty() && !present.failure.ok()) return present.failure;
  return std::move(present.tokens);
}

// A session that may write, on a token that another session keeps logged in. In jobs of the token,
// which own it: it may outlast the caller. The functions are those of KeyStore.
class WritableToken {
 public:
  WritableToken(std::shared_ptr<const Uri> uri, const PresentToken& present, Token& token,
                KnownPin pin, Session session)
      : uri_(std::move(uri)),
        info_(present.info),
        token_(&token),
        pin_(std::move(pin)),
        session_(std::move(session)) {}

  StatusOr<std::vector<KeyDescription>> Keys();
  StatusOr<KeyDescription> Generate(const NewKey& key);
  StatusOr<KeyDescription> Import(const SoftwareKey& key, const NewKey& as);
  StatusOr<std::string> Request(const std::string& subject);
  StatusOr<KeyDescription> ImportCertificates(const std::vector<std::string>& certificates);

 private:
  StatusOr<ListedKey> Named();
  StatusOr<KeyDescription> WithId(const std::string& id);
  StatusOr<std::string> Sign(const ListedKey& key, DigestAlgorithm digest,
                             std::string_view message);
  StatusOr<std::string> OwnCertificate(const ListedKey& key,
                                       const std::vector<std::string>& certificates);
  Status WriteChain(NewObjects& made, const std::string& own,
                    const std::vector<std::string>& certificates, const std::string& id,
                    const std::string& label);

  const std::shared_ptr<const Uri> uri_;
  const CK_TOKEN_INFO info_;
  Token* const token_;  // it runs the job
  KnownPin pin_;
  const Session session_;
};

StatusOr<std::vector<KeyDescription>> WritableToken::Keys() {
  SCEAU_ASSIGN_OR_RETURN(const KeyList list, ListKeysOf(session_, info_));
  std::vector<KeyDescription> keys;
  for (const ListedKey& key : list.keys) keys.push_back(key.description);
  return keys;
}

StatusOr<ListedKey> WritableToken::Named() {
  SCEAU_ASSIGN_OR_RETURN(const KeyList list, ListKeysOf(session_, info_));
  std::vector<ListedKey> found;
  std::vector<std::string> uris;
  for (const ListedKey& key : list.keys) {
    if (!key.handle || !uri_->MatchesKey(key.description.id, key.labels)) continue;
    found.push_back(key);
    uris.push_back(key.description.uri);
  }
  if (found.empty()) return Error(Reason::kKeyNotFound, token_->label());
  if (found.size() > 1) return Error(Reason::kKeyAmbiguous, absl::StrJoin(uris, ", "));
  return found.front();
}

StatusOr<KeyDescription> WritableToken::WithId(const std::string& id) {
  SCEAU_ASSIGN_OR_RETURN(const std::vector<KeyDescription> keys, Keys());
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const KeyDescription& key) { return key.id == id; });
  if (found == keys.end()) return Error(Reason::kKeyNotFound, token_->label());
  return *found;
}

StatusOr<KeyDescription> WritableToken::Generate(const NewKey& key) {
  SCEAU_RETURN_IF_ERROR(GenerateKey(session_, key));
  return WithId(key.id);
}

// One signature of a key that may have no certificate yet, which SigningKey asks for.
StatusOr<std::string> WritableToken::Sign(const ListedKey& key, DigestAlgorithm digest,
                                          std::string_view message) {
  const KeyDescription& description = key.description;
  SCEAU_ASSIGN_OR_RETURN(
      const Operation operation,
      ChooseOperation(description.type, description.bits, digest, message,
                      [this](CK_MECHANISM_TYPE it) { return token_->Offers(it); }));
  if (!description.always_authenticate) {
    return SignOnce(session_, *key.handle, operation, nullptr);
  }
  return SignOnce(session_, *key.handle, operation,
                  [this] { return token_->LogIn(session_, CKU_CONTEXT_SPECIFIC, pin_); });
}

StatusOr<std::string> WritableToken::Request(const std::string& subject) {
  SCEAU_ASSIGN_OR_RETURN(const ListedKey key, Named());
  SCEAU_ASSIGN_OR_RETURN(const EvpPkeyHandle public_key, PublicKeyOf(session_, key.description));
  const auto sign = [&](DigestAlgorithm digest, std::string_view message) -> StatusOr<std::string> {
    SCEAU_ASSIGN_OR_RETURN(std::string signature, Sign(key, digest, message));
    if (key.description.type != KeyType::kEc) return signature;
    return PadEcdsa(public_key.get(), signature);
  };
  if (!subject.empty()) {
    SCEAU_ASSIGN_OR_RETURN(const X509NameHandle name, ParseName(subject));
    return CertificateRequest(public_key.get(), name.get(), sign);
  }
  const X509Handle certificate = ParseCertificate(key.description.certificate);
  if (certificate == nullptr) return Error(Reason::kCertificateMissing, key.description.uri);
  return CertificateRequest(public_key.get(), X509_get_subject_name(certificate.get()), sign);
}

// The one whose public key checks a signature that the key makes now.
StatusOr<std::string> WritableToken::OwnCertificate(const ListedKey& key,
                                                    const std::vector<std::string>& certificates) {
  constexpr size_t kChallenge = 32;
  const std::string challenge = RandomBytes(kChallenge);
  SCEAU_ASSIGN_OR_RETURN(const std::string signature,
                         Sign(key, DigestAlgorithm::kSha256, challenge));
  for (const std::string& der : certificates) {
    const X509Handle certificate = ParseCertificate(der);
    EVP_PKEY* candidate = certificate != nullptr ? X509_get0_pubkey(certificate.get()) : nullptr;
    const std::optional<PublicNumbers> numbers = NumbersOf(candidate);
    if (!numbers || numbers->type != key.description.type) continue;
    const std::string value =
        numbers->type == KeyType::kEc ? PadEcdsa(candidate, signature) : signature;
    if (CheckSignature(candidate, DigestAlgorithm::kSha256, challenge, value).ok()) return der;
  }
  return Error(Reason::kCertificateMismatch, key.description.uri);
}

Status WritableToken::WriteChain(NewObjects& made, const std::string& own,
                                 const std::vector<std::string>& certificates,
                                 const std::string& id, const std::string& label) {
  SCEAU_ASSIGN_OR_RETURN(const KeyList list, ListKeysOf(session_, info_));
  for (const std::string& der : ChainOf(own, certificates)) {
    const auto& there = list.certificates;
    if (std::find(there.begin(), there.end(), der) != there.end()) continue;
    const bool leaf = der == own;
    SCEAU_RETURN_IF_ERROR(CreateCertificate(made, der, leaf ? id : "", leaf ? label : ""));
  }
  return OkStatus();
}

StatusOr<KeyDescription> WritableToken::ImportCertificates(
    const std::vector<std::string>& certificates) {
  SCEAU_ASSIGN_OR_RETURN(const ListedKey key, Named());
  SCEAU_ASSIGN_OR_RETURN(const std::string own, OwnCertificate(key, certificates));
  NewObjects made(session_);
  SCEAU_RETURN_IF_ERROR(
      WriteChain(made, own, certificates, key.description.id, key.description.label));
  made.Keep();
  return WithId(key.description.id);
}

StatusOr<KeyDescription> WritableToken::Import(const SoftwareKey& key, const NewKey& as) {
  NewObjects made(session_);
  SCEAU_RETURN_IF_ERROR(CreateKey(session_, made, key.key.get(), as));
  SCEAU_RETURN_IF_ERROR(
      WriteChain(made, key.certificates.front(), key.certificates, as.id, as.label));
  SCEAU_ASSIGN_OR_RETURN(const KeyList list, ListKeysOf(session_, info_));
  for (const ListedKey& listed : list.keys) {
    if (listed.description.id != as.id || !listed.handle) continue;
    SCEAU_RETURN_IF_ERROR(OwnCertificate(listed, key.certificates).status());
    made.Keep();
    return listed.description;
  }
  return Error(Reason::kKeyNotFound, token_->label());
}

StatusOr<std::shared_ptr<WritableToken>> OpenWritable(const std::shared_ptr<const Uri>& uri,
                                                      const PresentToken& present, Token& token,
                                                      KnownPin& pin) {
  SCEAU_ASSIGN_OR_RETURN(Session session, Session::Open(present.slot, CKF_RW_SESSION));
  return std::make_shared<WritableToken>(uri, present, token, std::move(pin), std::move(session));
}

SoftwareKey Share(const SoftwareKey& key) {
  EVP_PKEY_up_ref(key.key.get());
  return {EvpPkeyHandle(key.key.get()), key.certificates};
}

// Has the token's thread do everything, and leaves it to itself when it takes too long.
class OpenedKeyStore final : public KeyStore {
 public:
  OpenedKeyStore(std::shared_ptr<Token> token, std::shared_ptr<WritableToken> writable,
                 absl::Duration longest)
      : token_(std::move(token)), writable_(std::move(writable)), longest_(longest) {}
  // The session is closed by a thread that may hang with the module instead of this one.
  ~OpenedKeyStore() override {
    (void)token_->Run<bool>(
        absl::Now() + kEndingWait,
        [writable = std::move(writable_)]() mutable -> StatusOr<bool> {
          writable.reset();
          return true;
        },
        Token::Turn::kOneByOne);
  }

  StatusOr<std::vector<KeyDescription>> Keys() override {
    return Run<std::vector<KeyDescription>>([](auto& writable) { return writable->Keys(); });
  }
  StatusOr<KeyDescription> Generate(const NewKey& key) override {
    return Run<KeyDescription>([key](auto& writable) { return writable->Generate(key); });
  }
  StatusOr<KeyDescription> Import(const SoftwareKey& key, const NewKey& as) override {
    const auto shared = std::make_shared<const SoftwareKey>(Share(key));
    return Run<KeyDescription>(
        [shared, as](auto& writable) { return writable->Import(*shared, as); });
  }
  StatusOr<std::string> Request(const std::string& subject) override {
    return Run<std::string>([subject](auto& writable) { return writable->Request(subject); });
  }
  StatusOr<KeyDescription> ImportCertificates(
      const std::vector<std::string>& certificates) override {
    return Run<KeyDescription>(
        [certificates](auto& writable) { return writable->ImportCertificates(certificates); });
  }

 private:
  // Alone, since what is written may need a login of its own. The job has a reference of its own.
  template <typename T, typename Call>
  StatusOr<T> Run(Call call) {
    return token_->Run<T>(
        absl::Now() + longest_,
        [writable = writable_, call]() mutable -> StatusOr<T> { return call(writable); },
        Token::Turn::kOneByOne);
  }

  const std::shared_ptr<Token> token_;  // the login lasts as long as it
  std::shared_ptr<WritableToken> writable_;
  const absl::Duration longest_;
};

}  // namespace

StatusOr<std::vector<TokenDescription>> ListTokens(const TokensOptions& options,
                                                   const std::string& text) {
  SCEAU_ASSIGN_OR_RETURN(const Uri uri, Uri::Parse(text));
  SCEAU_ASSIGN_OR_RETURN(const std::vector<PresentToken> tokens, FindTokens(options, uri));
  std::vector<TokenDescription> descriptions;
  for (const PresentToken& token : tokens) descriptions.push_back(Describe(token.info));
  return descriptions;
}

StatusOr<std::unique_ptr<KeyStore>> KeyStore::Open(const TokensOptions& options,
                                                   const std::string& text, PinSource* pin_source) {
  SCEAU_ASSIGN_OR_RETURN(Uri parsed, Uri::Parse(text));
  const auto uri = std::make_shared<const Uri>(std::move(parsed));
  SCEAU_ASSIGN_OR_RETURN(const std::vector<PresentToken> tokens, FindTokens(options, *uri));
  if (tokens.empty()) return Error(Reason::kTokenUnavailable, uri->token_label());
  if (tokens.size() > 1) {
    std::vector<std::string> uris;
    for (const PresentToken& token : tokens) uris.push_back(TokenUri(token.info));
    return Error(Reason::kKeyAmbiguous, absl::StrJoin(uris, ", "));
  }
  const PresentToken& present = tokens.front();
  const auto token = std::make_shared<Token>(
      present, std::make_shared<TokenCare>(present, 1, options.longest_writing,
                                           std::make_shared<PinRegister>(options.state_folder)));
  const auto pin = std::make_shared<KnownPin>();
  SCEAU_RETURN_IF_ERROR(token->Connect(pin_source, *pin, absl::InfiniteFuture()));
  using Opened = std::shared_ptr<WritableToken>;
  Token& raw = *token;  // the job keeps it
  SCEAU_ASSIGN_OR_RETURN(
      Opened writable,
      token->Run<Opened>(absl::Now() + options.longest_writing, [uri, present, &raw, pin] {
        return OpenWritable(uri, present, raw, *pin);
      }));
  return std::make_unique<OpenedKeyStore>(token, std::move(writable), options.longest_writing);
}

}  // namespace sceau::hsm
