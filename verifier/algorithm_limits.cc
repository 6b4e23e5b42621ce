#include "verifier/algorithm_limits.h"

#include <openssl/asn1t.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/types/span.h"
#include "base/embedded.h"
#include "base/settings.h"
#include "base/strings.h"

namespace sceau::verifier {

absl::Span<const EmbeddedFile> EmbeddedAlgorithmLimits();

namespace {

struct Entry {
  std::string type, name, source;
  int bits = 0;
  absl::Time until = absl::InfiniteFuture();
};

struct File {
  int version = 0;
  std::vector<Entry> digests, keys, curves;
};

constexpr int kMaxBits = 1 << 16;

constexpr std::array<Setting<Entry>, 5> kEntrySettings = {{
    {"type", [](const toml::node& n, Entry& e) { return SetText(n, e.type); }},
    {"name", [](const toml::node& n, Entry& e) { return SetText(n, e.name); }},
    {"bits", [](const toml::node& n, Entry& e) { return SetCount(n, 1, kMaxBits, e.bits); }},
    {"until", [](const toml::node& n, Entry& e) { return SetDay(n, e.until); }},
    {"source", [](const toml::node& n, Entry& e) { return SetText(n, e.source); }},
}};

Complaint SetEntries(const toml::node& node, const std::string& name, std::vector<Entry>& out) {
  return ApplyEntries<Entry>(node, kEntrySettings, name, out);
}

constexpr std::array<Setting<File>, 4> kFileSettings = {{
    {"version", [](const toml::node& n, File& f) { return SetCount(n, 1, 1, f.version); }},
    {"digest", [](const toml::node& n, File& f) { return SetEntries(n, "digest", f.digests); }},
    {"key", [](const toml::node& n, File& f) { return SetEntries(n, "key", f.keys); }},
    {"curve", [](const toml::node& n, File& f) { return SetEntries(n, "curve", f.curves); }},
}};

// OpenSSL writes "SHA2-256" or "SHA256" for the same.
std::string DigestName(const EVP_MD* digest) {
  if (digest == nullptr) return "?";
  return absl::StrReplaceAll(absl::AsciiStrToUpper(EVP_MD_get0_name(digest)), {{"SHA2-", "SHA"}});
}

constexpr DigestAlgorithm kDigests[] = {DigestAlgorithm::kMd5,    DigestAlgorithm::kSha1,
                                        DigestAlgorithm::kSha224, DigestAlgorithm::kSha256,
                                        DigestAlgorithm::kSha384, DigestAlgorithm::kSha512};

// RFC 4055 §3.1: the parameters' digest, SHA-1 where they name none; nullptr when they cannot be
// read.
const EVP_MD* PssDigest(int type, const void* value) {
  if (type != V_ASN1_SEQUENCE) return nullptr;
  const CHandle<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free> parameters(static_cast<RSA_PSS_PARAMS*>(
      ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), ASN1_ITEM_rptr(RSA_PSS_PARAMS))));
  if (parameters == nullptr) return nullptr;
  if (parameters->hashAlgorithm == nullptr) return EVP_sha1();
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, parameters->hashAlgorithm);
  return EVP_get_digestbyobj(object);
}

std::string CurveName(const EVP_PKEY* key) {
  constexpr size_t kMaxName = 64;
  char group[kMaxName] = "";
  size_t size = 0;
  if (EVP_PKEY_get_group_name(key, group, sizeof group, &size) != 1) return "?";
  const int nid = OBJ_txt2nid(group);
  const char* nist = nid == NID_undef ? nullptr : EC_curve_nid2nist(nid);
  return nist == nullptr ? group : nist;
}

}  // namespace

StatusOr<AlgorithmLimits> AlgorithmLimits::FromToml(std::string_view text,
                                                    std::string_view origin) {
  File file;
  const SettingsOrigin from{std::string(origin), Reason::kConfigInvalid};
  SCEAU_RETURN_IF_ERROR(ReadSettings<File>(text, from, kFileSettings, file));
  AlgorithmLimits limits;
  const auto take = [](const std::vector<Entry>& entries, std::vector<Row>& rows) {
    for (const Entry& it : entries) rows.push_back({it.type, it.name, it.bits, it.until});
  };
  take(file.digests, limits.digests_);
  take(file.keys, limits.keys_);
  take(file.curves, limits.curves_);
  return limits;
}

const AlgorithmLimits& AlgorithmLimits::BuiltIn() {
  // What cannot be read limits everything: nothing is relied on.
  static const AlgorithmLimits kLimits = [] {
    const EmbeddedFile& file = EmbeddedAlgorithmLimits().front();
    return FromToml(file.text, file.name).value_or(AlgorithmLimits());
  }();
  return kLimits;
}

Algorithm AlgorithmLimits::OfDigest(const EVP_MD* digest) const {
  const std::string name = DigestName(digest);
  for (const Row& row : digests_) {
    if (row.name == name) return {name, row.until};
  }
  return {name, absl::InfinitePast()};
}

std::vector<Algorithm> AlgorithmLimits::OfDigests(DigestSet digests) const {
  std::vector<Algorithm> out;
  for (const DigestAlgorithm it : kDigests) {
    if (digests.Has(it)) out.push_back(OfDigest(EvpOf(it)));
  }
  return out;
}

std::optional<Algorithm> AlgorithmLimits::OfSignature(const X509_ALGOR* method) const {
  const ASN1_OBJECT* object = nullptr;
  int type = V_ASN1_UNDEF;
  const void* value = nullptr;
  X509_ALGOR_get0(&object, &type, &value, method);
  const int nid = OBJ_obj2nid(object);
  if (nid == NID_ED25519 || nid == NID_ED448) return std::nullopt;
  if (nid == NID_rsassaPss) return OfDigest(PssDigest(type, value));
  int digest = NID_undef;
  OBJ_find_sigid_algs(nid, &digest, nullptr);
  return OfDigest(EVP_get_digestbynid(digest));
}

Algorithm AlgorithmLimits::OfKey(const EVP_PKEY* key) const {
  if (key == nullptr) return {"?", absl::InfinitePast()};
  const char* type = EVP_PKEY_get0_type_name(key);
  if (type == nullptr) type = "?";
  const int bits = EVP_PKEY_get_bits(key);
  const std::string name = EVP_PKEY_is_a(key, "EC")        ? CurveName(key)
                           : EVP_PKEY_is_a(key, "RSA-PSS") ? "RSA"
                                                           : type;
  for (const Row& row : curves_) {
    if (row.name == name) return {name, row.until};
  }
  Algorithm found{Concat(name, " ", bits), absl::InfinitePast()};
  int least = 0;
  for (const Row& row : keys_) {
    if (row.type != name || bits < row.bits || row.bits < least) continue;
    least = row.bits;
    found.until = row.until;
  }
  return found;
}

std::vector<Algorithm> AlgorithmLimits::OfChain(const std::vector<X509*>& chain) const {
  std::vector<Algorithm> out;
  for (size_t i = 0; i < chain.size(); ++i) {
    out.push_back(OfKey(X509_get0_pubkey(chain[i])));
    if (i + 1 == chain.size()) break;
    const X509_ALGOR* method = nullptr;
    X509_get0_signature(nullptr, &method, chain[i]);
    if (auto digest = OfSignature(method)) out.push_back(*std::move(digest));
  }
  return out;
}

std::optional<Algorithm> FindUnreliable(const std::vector<Algorithm>& algorithms, absl::Time at) {
  const auto found = std::find_if(algorithms.begin(), algorithms.end(),
                                  [&](const Algorithm& it) { return at >= it.until; });
  return found == algorithms.end() ? std::nullopt : std::optional(*found);
}

}  // namespace sceau::verifier
