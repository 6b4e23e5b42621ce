#include "tools/sceau/key_list.h"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "tools/sceau/display.h"
#include "xades/certificate.h"

namespace sceau::cli {
namespace {

using hsm::KeyDescription;

// In the order of hsm::KeyType.
constexpr std::string_view kTypes[] = {"RSA", "EC", "ED25519"};

std::string_view TypeOf(const KeyDescription& key) { return kTypes[static_cast<size_t>(key.type)]; }

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

Json CertificateJson(const KeyDescription& key) {
  const auto certificate = xades::Certificate::FromDer(key.certificate);
  if (!certificate.ok()) return nullptr;
  return {{"subject", certificate->Subject()},
          {"issuer", certificate->Issuer()},
          {"serial", certificate->SerialDecimal()},
          {"notBefore", TimeText(certificate->NotBefore())},
          {"notAfter", TimeText(certificate->NotAfter())},
          {"sha256", ToHex(certificate->DigestWith(DigestAlgorithm::kSha256))}};
}

struct TokenLess {
  bool operator()(const KeyDescription* a, const KeyDescription* b) const {
    return std::pair(a->token_label, a->token_serial) < std::pair(b->token_label, b->token_serial);
  }
};
using KeysByToken = std::map<const KeyDescription*, int, TokenLess>;

KeysByToken ByToken(const std::vector<KeyDescription>& keys) {
  KeysByToken tokens;
  for (const KeyDescription& key : keys) ++tokens[&key];
  return tokens;
}

}  // namespace

void WriteKeysJson(const std::vector<KeyDescription>& keys, const TextSink& sink) {
  JsonStream json(sink);
  json.BeginArray("keys");
  for (const KeyDescription& it : keys) {
    json.Element({{"uri", it.uri},
                  {"token", {{"label", it.token_label}, {"serial", it.token_serial}}},
                  {"id", ToHex(it.id)},
                  {"label", it.label},
                  {"type", TypeOf(it)},
                  {"bits", it.bits},
                  {"alwaysAuthenticate", it.always_authenticate},
                  {"certificate", CertificateJson(it)}});
  }
  json.EndArray();
  json.Finish();
}

std::string KeysText(const std::vector<KeyDescription>& keys, Lang lang) {
  const bool french = lang == Lang::kFr;
  std::string text;
  for (const KeyDescription& it : keys) {
    AppendTo(text, it.uri, "\n  ", TypeOf(it), " ", it.bits, ", ", french ? "jeton " : "token ",
             Printable(it.token_label), "\n");
    const auto certificate = xades::Certificate::FromDer(it.certificate);
    if (!certificate.ok()) {
      AppendTo(text, french ? "  sans certificat visible\n" : "  no visible certificate\n");
      continue;
    }
    AppendTo(text, "  ", Printable(certificate->Subject()),
             french ? "\n  jusqu'au " : "\n  valid until ",
             Date(TimeText(certificate->NotAfter()).substr(0, 10), lang), "\n");
  }
  if (keys.empty()) text = french ? "Aucune clé.\n" : "No key.\n";
  return text;
}

void WriteTokensJson(const std::vector<KeyDescription>& keys, const TextSink& sink) {
  JsonStream json(sink);
  json.BeginArray("tokens");
  for (const auto& [key, count] : ByToken(keys)) {
    json.Element({{"label", key->token_label}, {"serial", key->token_serial}, {"keys", count}});
  }
  json.EndArray();
  json.Finish();
}

std::string TokensText(const std::vector<KeyDescription>& keys, Lang lang) {
  const bool french = lang == Lang::kFr;
  std::string text;
  for (const auto& [key, count] : ByToken(keys)) {
    AppendTo(text, Printable(key->token_label), "  ", french ? "n° " : "no. ",
             Printable(key->token_serial), "  ",
             Count(count, french ? "clé" : "key", french ? "clés" : "keys"), "\n");
  }
  if (keys.empty()) text = french ? "Aucun jeton avec une clé.\n" : "No token with a key.\n";
  return text;
}

}  // namespace sceau::cli
