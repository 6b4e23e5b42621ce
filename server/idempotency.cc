#include "server/idempotency.h"

#include <iterator>
#include <utility>

namespace sceau::server {

StatusOr<std::shared_ptr<const Answer>> IdempotencyTable::Find(const std::string& key,
                                                               std::string_view fingerprint) {
  const std::lock_guard lock(mutex_);
  DropOld();
  return FindLocked(key, fingerprint);
}

StatusOr<std::shared_ptr<const Answer>> IdempotencyTable::Claim(const std::string& key,
                                                                std::string_view fingerprint) {
  const std::lock_guard lock(mutex_);
  DropOld();
  SCEAU_ASSIGN_OR_RETURN(std::shared_ptr<const Answer> found, FindLocked(key, fingerprint));
  if (found == nullptr) entries_[key].fingerprint = fingerprint;
  return found;
}

StatusOr<std::shared_ptr<const Answer>> IdempotencyTable::FindLocked(const std::string& key,
                                                                     std::string_view fingerprint) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::shared_ptr<const Answer>();
  // The key itself is not repeated: it is the client's to keep.
  if (found->second.fingerprint != fingerprint) return Error(Reason::kIdempotencyConflict);
  if (found->second.answer == nullptr) return Error(Reason::kIdempotencyInProgress);
  return found->second.answer;
}

void IdempotencyTable::Store(const std::string& key, std::shared_ptr<const Answer> answer) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  bytes_ += answer->size();
  found->second.answer = std::move(answer);
  found->second.stored = clock_->Now();
  found->second.age = ages_.insert(ages_.end(), key);
  // The newest stays even when it alone is over the limit: its client is about to read it.
  while (ages_.size() > 1 &&
         (ages_.size() > static_cast<size_t>(limits_.entries) || bytes_ > limits_.bytes)) {
    DropOldest();
  }
}

void IdempotencyTable::Release(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found != entries_.end() && found->second.answer == nullptr) entries_.erase(found);
}

void IdempotencyTable::DropExpired() {
  const std::lock_guard lock(mutex_);
  DropOld();
}

StatusOr<std::shared_ptr<const Answer>> IdempotencyTable::ResultOf(const std::string& key) {
  const std::lock_guard lock(mutex_);
  DropOld();
  const auto found = entries_.find(key);
  if (found == entries_.end()) return Error(Reason::kResultUnknown);
  if (found->second.answer == nullptr) return Error(Reason::kIdempotencyInProgress);
  return found->second.answer;
}

StatusOr<std::shared_ptr<const Answer>> IdempotencyTable::ResultOfRequest(
    const std::string& caller, const std::string& request_id) {
  const std::lock_guard lock(mutex_);
  DropOld();
  for (const std::string& key : ages_) {
    if (!key.starts_with(NameOfRequest(caller, ""))) continue;
    const std::shared_ptr<const Answer>& answer = entries_.at(key).answer;
    if (answer->audit_id == request_id) return answer;
  }
  return Error(Reason::kResultUnknown);
}

void IdempotencyTable::DropOld() {
  const absl::Time limit = clock_->Now() - limits_.expiry;
  while (!ages_.empty() && entries_.at(ages_.front()).stored <= limit) DropOldest();
}

void IdempotencyTable::DropOldest() {
  const auto oldest = entries_.find(ages_.front());
  bytes_ -= oldest->second.answer->size();
  entries_.erase(oldest);
  ages_.pop_front();
}

}  // namespace sceau::server
