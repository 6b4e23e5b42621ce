#include "audit/checkpoint.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <filesystem>

#include "audit/chain.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/signature_scheme.h"
#include "base/strings.h"

namespace sceau::audit {
namespace {

constexpr std::string_view kSignedPrefix = "sceau-audit-checkpoint-v1\n";
constexpr size_t kMaxKey = 64 << 10;  // bytes of PEM

Status Invalid(std::string_view detail) { return Error(Reason::kAuditInvalid, detail); }

std::string KeyDigest(EVP_PKEY* key) {
  return ToHex(DigestOf(DigestAlgorithm::kSha256, DerWith(key, i2d_PUBKEY)));
}

std::string Contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

// The bytes of a private key are wiped when they are given up.
struct WipedText {
  std::string text;
  ~WipedText() { OPENSSL_cleanse(text.data(), text.size()); }
};

StatusOr<EvpPkeyHandle> ReadPrivateKey(const std::string& path) {
  auto pem = ReadSmallFile(path, kMaxKey);
  if (!pem.ok()) return Error(Reason::kAuditUnavailable, DetailOf(pem.status()));
  const WipedText kept{*std::move(pem)};
  const BioHandle bio(BIO_new_mem_buf(kept.text.data(), static_cast<int>(kept.text.size())));
  EvpPkeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (key == nullptr) return Invalid(path);
  return key;
}

Status WritePrivateKey(EVP_PKEY* key, const std::string& path) {
  const BioHandle bio(BIO_new(BIO_s_secmem()));
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return Error(Reason::kInternal, "PEM_write_bio_PKCS8PrivateKey");
  }
  const WipedText pem{Contents(bio.get())};
  Status status;
  {
    auto file = OutputFile::Create(path, /*force=*/false);
    status = file.status();
    if (status.ok()) status = file->Append(pem.text);
    if (status.ok()) status = file->Publish();
  }
  if (status.ok() && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
    status = Error(Reason::kAuditUnavailable, path);
  }
  return status.ok() ? OkStatus() : Error(Reason::kAuditUnavailable, DetailOf(status));
}

std::string TextIn(const Fields& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

StatusOr<std::unique_ptr<CheckpointKey>> CheckpointKey::OpenOrMake(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error) || error) {
    SCEAU_ASSIGN_OR_RETURN(EvpPkeyHandle key, ReadPrivateKey(path));
    return std::unique_ptr<CheckpointKey>(new CheckpointKey(std::move(key)));
  }
  EvpPkeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (key == nullptr) return Error(Reason::kInternal, "EVP_PKEY_Q_keygen");
  SCEAU_RETURN_IF_ERROR(WritePrivateKey(key.get(), path));
  return std::unique_ptr<CheckpointKey>(new CheckpointKey(std::move(key)));
}

std::string CheckpointKey::PublicPem() const {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  return PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1 ? Contents(bio.get()) : std::string();
}

StatusOr<Checkpoint> CheckpointKey::Sign(const std::string& log_id, int64_t n,
                                         const std::string& link, absl::Time time) const {
  Fields object = {{"v", kRecordVersion}, {"log", log_id},          {"n", n},
                   {"h", ToHex(link)},    {"time", TimeText(time)}, {"key", KeyDigest(key_.get())}};
  const std::string message = Concat(kSignedPrefix, Canonical(object));
  const EvpMdCtxHandle context(EVP_MD_CTX_new());
  const auto* octets = reinterpret_cast<const unsigned char*>(message.data());
  const EVP_MD* digest =
      EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
  size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, octets, message.size()) != 1) {
    return Error(Reason::kInternal, "EVP_DigestSign");
  }
  std::string value(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(value.data()), &size, octets,
                     message.size()) != 1) {
    return Error(Reason::kInternal, "EVP_DigestSign");
  }
  value.resize(size);
  object["signature"] = ToBase64(value);
  return ReadCheckpoint(Canonical(object));
}

StatusOr<EvpPkeyHandle> ReadPublicKey(std::string_view pem) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EvpPkeyHandle key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (key == nullptr) return Invalid("public key");
  return key;
}

StatusOr<Checkpoint> ReadCheckpoint(std::string_view line) {
  auto object = ReadCanonical(line);
  if (!object || object->value("v", Fields()) != kRecordVersion) return Invalid("checkpoint");
  const Fields number = object->value("n", Fields());
  const auto link = FromHex(TextIn(*object, "h"));
  const auto signature = FromBase64(TextIn(*object, "signature"));
  Checkpoint it{.log_id = TextIn(*object, "log"),
                .n = number.is_number_unsigned() ? number.get<int64_t>() : -1,
                .link = link.value_or(""),
                .time = TextIn(*object, "time"),
                .key = TextIn(*object, "key"),
                .signature = signature.value_or(""),
                .signed_text = "",
                .text = std::string(line)};
  if (it.n < 0 || it.link.size() != 32 || it.signature.empty() || it.log_id.empty()) {
    return Invalid("checkpoint");
  }
  object->erase("signature");
  it.signed_text = Concat(kSignedPrefix, Canonical(*object));
  return it;
}

StatusOr<std::vector<Checkpoint>> ReadCheckpoints(std::string_view text) {
  return ReadWholeLines<Checkpoint>(text, "checkpoint", ReadCheckpoint);
}

bool HoldsUnder(EVP_PKEY* key, const Checkpoint& checkpoint) {
  return checkpoint.key == KeyDigest(key) &&
         VerifiesWith(key, DigestAlgorithm::kSha256, checkpoint.signed_text, checkpoint.signature);
}

}  // namespace sceau::audit
