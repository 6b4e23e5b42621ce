#include "tools/sceau/key_verbs.h"

#include <nlohmann/json.hpp>

#include "absl/time/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/strings.h"
#include "tools/sceau/console.h"
#include "tools/sceau/key_list.h"
#include "tools/sceau/local_key.h"

namespace sceau::cli {
namespace {

constexpr size_t kIdSize = 16;  // bytes of a CKA_ID

}  // namespace

void AddKeyPlace(CLI::App* verb, const Command& command, const std::string& option,
                 KeyPlace& place) {
  place.option = option;
  const bool token = option == "--token";
  AddValue(verb, command, option, place.uri, {"URI", "URI"},
           token ? Text{"Jeton, URI PKCS#11 (RFC 7512) ; sinon le seul présent",
                        "Token, PKCS#11 URI (RFC 7512); else the only one present"}
                 : Text{"Clé, URI PKCS#11 (RFC 7512)", "Key, PKCS#11 URI (RFC 7512)"});
  AddValue(verb, command, "--pin-source", place.pin_source, {"FICHIER", "FILE"},
           {"Fichier dont la première ligne est le code PIN (sinon demandé dans le terminal)",
            "File whose first line is the PIN (else asked on the terminal)"});
}

std::string UriOf(const KeyPlace& place, const Config& config) {
  const std::string otherwise = place.option == "--key" ? config.key : "";
  const std::string uri = place.uri.value_or(otherwise);
  return uri.empty() ? "pkcs11:" : uri;
}

StatusOr<OpenStore> OpenStoreOf(const KeyPlace& place, const Config& config, Lang lang) {
  KeepMemoryPrivate();
  const std::string uri = UriOf(place, config);
  OpenStore open;
  SCEAU_ASSIGN_OR_RETURN(open.pin,
                         PinSourceFor(uri, place.pin_source.value_or(config.pin_source), lang));
  SCEAU_ASSIGN_OR_RETURN(open.store, hsm::KeyStore::Open(TokensOf(config), uri, open.pin.get()));
  return open;
}

StatusOr<hsm::NewKey> NameNewKey(hsm::KeyStore& store, const std::string& label) {
  hsm::NewKey key;
  key.id = RandomBytes(kIdSize);
  key.label = label;
  if (label.empty()) {
    key.label = absl::FormatTime("sceau-%Y%m%d", absl::Now(), absl::LocalTimeZone());
  }
  SCEAU_ASSIGN_OR_RETURN(const auto keys, store.Keys());
  for (const hsm::KeyDescription& other : keys) {
    if (other.label == key.label) return Error(Reason::kUsage, Concat("--label ", key.label));
  }
  return key;
}

Status PrintKey(const hsm::KeyDescription& key, const Command& command) {
  const absl::Time now = absl::Now();
  return Print([&](const TextSink& sink) {
    if (!command.json) return sink(KeyText(key, now, command.lang));
    JsonStream json(sink);
    json.Field("key", KeyJson(key, now));
    json.Finish();
  });
}

}  // namespace sceau::cli
