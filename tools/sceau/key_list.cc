#include "tools/sceau/key_list.h"

#include <nlohmann/json.hpp>

#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "tools/sceau/display.h"
#include "tools/sceau/key_purpose.h"
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

Json CertificateJson(const KeyDescription& key, absl::Time now) {
  const auto certificate = xades::Certificate::FromDer(key.certificate);
  if (!certificate.ok()) return nullptr;
  return {{"subject", certificate->Subject()},
          {"issuer", certificate->Issuer()},
          {"serial", certificate->SerialDecimal()},
          {"notBefore", TimeText(certificate->NotBefore())},
          {"notAfter", TimeText(certificate->NotAfter())},
          {"expired", now > certificate->NotAfter()},
          {"sha256", ToHex(certificate->DigestWith(DigestAlgorithm::kSha256))}};
}

// In the order of hsm::CertificateMatch.
constexpr std::string_view kMatches[] = {"ABSENT", "MATCHES", "DIFFERS", "UNKNOWN"};

std::string ValidityText(const xades::Certificate& certificate, absl::Time now, Lang lang) {
  const std::string until = Date(TimeText(certificate.NotAfter()).substr(0, 10), lang);
  if (now > certificate.NotAfter()) {
    return Concat(Text{"expiré depuis le ", "expired on "}.In(lang), until);
  }
  if (now < certificate.NotBefore()) {
    return Concat(Text{"valable seulement à partir du ", "valid only from "}.In(lang),
                  Date(TimeText(certificate.NotBefore()).substr(0, 10), lang));
  }
  return Concat(Text{"valable jusqu'au ", "valid until "}.In(lang), until);
}

}  // namespace

Json KeyJson(const KeyDescription& key, absl::Time now) {
  return {{"uri", key.uri},
          {"token", {{"label", key.token_label}, {"serial", key.token_serial}}},
          {"id", ToHex(key.id)},
          {"label", key.label},
          {"type", TypeOf(key)},
          {"bits", key.bits},
          {"alwaysAuthenticate", key.always_authenticate},
          {"purpose", NameOf(PurposeOf(key.certificate))},
          {"match", kMatches[static_cast<size_t>(key.match)]},
          {"certificate", CertificateJson(key, now)}};
}

void WriteKeysJson(const std::vector<KeyDescription>& keys, absl::Time now, const TextSink& sink) {
  JsonStream json(sink);
  json.BeginArray("keys");
  for (const KeyDescription& key : keys) json.Element(KeyJson(key, now));
  json.EndArray();
  json.Finish();
}

std::string KeyText(const KeyDescription& key, absl::Time now, Lang lang) {
  std::string text = Concat(key.uri, "\n  ", TypeOf(key), " ", key.bits, ", ",
                            Text{"jeton ", "token "}.In(lang), Printable(key.token_label), "\n");
  if (key.match == hsm::CertificateMatch::kDiffers) {
    AppendTo(text, Text{"  le certificat de même CKA_ID n'est pas celui de cette clé\n",
                        "  the certificate with its CKA_ID is not this key's\n"}
                       .In(lang));
  }
  const auto certificate = xades::Certificate::FromDer(key.certificate);
  if (!certificate.ok()) {
    AppendTo(text, Text{"  sans certificat visible\n", "  no visible certificate\n"}.In(lang));
    return text;
  }
  AppendTo(text, "  ", Printable(certificate->Subject()), "\n  ",
           TextOf(PurposeOf(key.certificate)).In(lang), ", ", ValidityText(*certificate, now, lang),
           "\n");
  return text;
}

std::string KeysText(const std::vector<KeyDescription>& keys, absl::Time now, Lang lang) {
  std::string text;
  for (const KeyDescription& key : keys) text += KeyText(key, now, lang);
  if (keys.empty()) text = Text{"Aucune clé.\n", "No key.\n"}.In(lang);
  return text;
}

}  // namespace sceau::cli
