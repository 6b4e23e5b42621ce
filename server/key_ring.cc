#include "server/key_ring.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "server/key_uri.h"
#include "server/log.h"

namespace sceau::server {
namespace {

// Another login would be another try.
bool IsPinRefusal(const Status& status) {
  constexpr Reason kRefusals[] = {Reason::kPinIncorrect, Reason::kPinFinalTry, Reason::kPinLocked};
  const auto reason = ReasonOf(status);
  return reason &&
         std::find(std::begin(kRefusals), std::end(kRefusals), *reason) != std::end(kRefusals);
}

std::string NameOfReason(const Status& status) {
  return status.ok() ? "OK" : std::string(InfoOf(*ReasonOf(status)).name);
}

}  // namespace

KeyRing::KeyRing(const std::vector<ConfiguredKey>& keys, hsm::Tokens* tokens,
                 PinFromFile pin_from_file)
    : tokens_(tokens), pin_from_file_(std::move(pin_from_file)) {
  for (const ConfiguredKey& key : keys) {
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->configured = key;
  }
}

StatusOr<size_t> KeyRing::Find(const std::string& asked) const {
  std::vector<size_t> found;
  const bool is_uri = asked.rfind("pkcs11:", 0) == 0;
  for (size_t at = 0; at < slots_.size(); ++at) {
    const ConfiguredKey& key = slots_[at]->configured;
    if (is_uri) {
      SCEAU_ASSIGN_OR_RETURN(const bool names, ClientUriNames(asked, key.uri));
      if (names) found.push_back(at);
    } else if (asked.empty() || asked == key.name) {
      found.push_back(at);
    }
  }
  if (found.empty()) return Error(Reason::kKeyNotFound, is_uri ? "" : asked);
  if (found.size() == 1) return found[0];
  std::string names;
  for (size_t at : found) AppendTo(names, names.empty() ? "" : ", ", NameOf(at));
  return Error(Reason::kKeyAmbiguous, names);
}

StatusOr<std::shared_ptr<hsm::SigningKey>> KeyRing::Open(size_t key) {
  Slot& slot = *slots_[key];
  const std::lock_guard lock(slot.mutex);
  return OpenLocked(slot);
}

StatusOr<std::shared_ptr<hsm::SigningKey>> KeyRing::OpenLocked(Slot& slot) {
  if (slot.key != nullptr) return slot.key;
  if (slot.final_refusal) return *slot.final_refusal;
  if (tokens_ == nullptr) return Error(Reason::kTokenUnavailable, slot.configured.name);
  std::unique_ptr<hsm::PinSource> pin;
  if (!slot.configured.pin_source.empty()) pin = pin_from_file_(slot.configured.pin_source);
  auto opened = tokens_->OpenKey(slot.configured.uri, pin.get());
  if (IsPinRefusal(opened.status())) slot.final_refusal = opened.status();
  if (const std::string reason = NameOfReason(opened.status()); reason != slot.last_reason) {
    slot.last_reason = reason;
    Log(opened.ok() ? LogLevel::kInfo : LogLevel::kError, "key",
        {{"key", slot.configured.name},
         {"outcome", reason},
         {"detail", DetailOf(opened.status())}});
  }
  if (opened.ok()) slot.key = *opened;
  return opened;
}

void KeyRing::Forget(size_t key, const std::shared_ptr<hsm::SigningKey>& failed) {
  Slot& slot = *slots_[key];
  const std::lock_guard lock(slot.mutex);
  if (slot.key != failed) return;
  slot.key.reset();
  slot.last_reason = "TOKEN_UNAVAILABLE";
}

bool KeyRing::OpenAll() {
  bool all = !slots_.empty();
  for (const auto& slot : slots_) {
    const std::lock_guard lock(slot->mutex);
    all = OpenLocked(*slot).ok() && all;
  }
  return all;
}

bool KeyRing::AllOpen() const {
  return !slots_.empty() && std::all_of(slots_.begin(), slots_.end(), [](const auto& slot) {
    const std::lock_guard lock(slot->mutex);
    return slot->key != nullptr;
  });
}

}  // namespace sceau::server
