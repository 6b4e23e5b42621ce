#include "server/key_ring.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "base/strings.h"
#include "server/key_uri.h"
#include "server/log.h"

namespace sceau::server {
namespace {

// How long a key that is open may take to show that it can sign.
constexpr absl::Duration kProbeWait = absl::Seconds(5);
// How long one that is not may take to open, when nobody waits for it.
constexpr absl::Duration kOpenWait = absl::Seconds(60);

constexpr const char* kFine = "OK";

std::string NameOfReason(const Status& status) {
  return status.ok() ? kFine : std::string(InfoOf(*ReasonOf(status)).name);
}

}  // namespace

KeyRing::KeyRing(const std::vector<ConfiguredKey>& keys, hsm::Tokens* tokens,
                 const PinFromFile& pin_from_file, const KeyRing* before)
    : tokens_(tokens) {
  for (const ConfiguredKey& key : keys) {
    if (before != nullptr) {
      const auto kept = std::find_if(before->slots_.begin(), before->slots_.end(),
                                     [&](const auto& it) { return it->configured == key; });
      if (kept != before->slots_.end()) {
        slots_.push_back(*kept);
        continue;
      }
    }
    Slot& slot = *slots_.emplace_back(std::make_shared<Slot>());
    slot.configured = key;
    if (!key.pin_source.empty()) slot.pin = pin_from_file(key.pin_source);
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

StatusOr<std::shared_ptr<hsm::SigningKey>> KeyRing::Open(size_t key, absl::Time deadline) {
  Slot& slot = *slots_[key];
  if (auto in_use = slot.InUse()) return in_use;
  const std::unique_lock opening(slot.opening, absl::ToChronoTime(deadline));
  if (!opening.owns_lock()) return Error(Reason::kTokenBusy, slot.configured.name);
  if (auto in_use = slot.InUse()) return in_use;
  if (tokens_ == nullptr) return Error(Reason::kTokenUnavailable, slot.configured.name);
  auto opened = tokens_->OpenKey(slot.configured.uri, slot.pin.get(), deadline);
  const std::lock_guard lock(slot.mutex);
  Tell(slot, opened.status());
  if (opened.ok()) slot.key = *opened;
  return opened;
}

std::shared_ptr<hsm::SigningKey> KeyRing::Slot::InUse() {
  const std::lock_guard lock(mutex);
  return key;
}

void KeyRing::Tell(Slot& slot, const Status& status) {
  std::string reason = NameOfReason(status);
  if (reason == slot.last_reason) return;
  slot.last_reason = std::move(reason);
  Log(status.ok() ? LogLevel::kInfo : LogLevel::kError, "key",
      {{"key", slot.configured.name}, {"outcome", slot.last_reason}, {"detail", DetailOf(status)}});
}

void KeyRing::Forget(size_t key, const std::shared_ptr<hsm::SigningKey>& failed) {
  Slot& slot = *slots_[key];
  const std::lock_guard lock(slot.mutex);
  if (slot.key != failed) return;
  slot.key.reset();
  slot.last_reason = "TOKEN_UNAVAILABLE";
}

Status KeyRing::Check(size_t key) {
  Slot& slot = *slots_[key];
  const std::shared_ptr<hsm::SigningKey> in_use = slot.InUse();
  if (in_use == nullptr) return Open(key, absl::Now() + kOpenWait).status();
  const Status status = in_use->Probe(absl::Now() + kProbeWait);
  if (status.ok() || ReasonOf(status) == Reason::kTokenBusy) return OkStatus();
  const std::lock_guard lock(slot.mutex);
  if (slot.key != in_use) return status;
  Tell(slot, status);
  slot.key.reset();
  return status;
}

std::vector<hsm::TokenHealth> KeyRing::Health() const {
  return tokens_ == nullptr ? std::vector<hsm::TokenHealth>() : tokens_->Health();
}

std::string KeyRing::FirstFault() const {
  for (const auto& slot : slots_) {
    const std::lock_guard lock(slot->mutex);
    if (slot->last_reason != kFine) return slot->last_reason;
  }
  return slots_.empty() ? "NO_KEY" : "";
}

bool KeyRing::CheckAll() {
  if (tokens_ != nullptr) tokens_->LookForChanges();
  bool all = !slots_.empty();
  for (size_t key = 0; key < slots_.size(); ++key) all = Check(key).ok() && all;
  return all;
}

}  // namespace sceau::server
