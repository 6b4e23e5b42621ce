// The register of competences: an immutable snapshot of its records, indexed for decisions.
//
// Every look-up is for an instant `at` and for what was recorded until `known_at`.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "policy/record.h"

namespace sceau::policy {

// The instant that is judged, and the instant of knowledge.
struct When {
  absl::Time at;
  absl::Time known_at;
};

// How a record stands.
enum class Standing { kHolds, kUnknown, kNotYet, kEnded, kRevoked };
std::string_view NameOf(Standing standing);  // "HOLDS", ...

template <typename T>
struct Entry {
  const Record* record;
  const T* body;
};

class Register {
 public:
  // DELEGATION_INVALID when an id stands twice, or a record names another that is not there or is
  // of another type.
  static StatusOr<std::shared_ptr<const Register>> Make(std::vector<Record> records);

  const std::vector<Record>& records() const { return records_; }
  const Record* Find(std::string_view id) const;
  template <typename T>
  const T* Get(std::string_view id) const {
    const Record* record = Find(id);
    return record == nullptr ? nullptr : std::get_if<T>(&record->body);
  }

  Standing StandingOf(const Record& record, const When& when) const;
  bool Holds(const Record& record, const When& when) const {
    return StandingOf(record, when) == Standing::kHolds;
  }

  // Every record of the type whose key (a budget's SIRET, a certificate's serial, a mandate's
  // person and its office, a delegation's delegate, an absence's office, a validation's
  // certificate, a rule's collectivité) is this, in the order they were added.
  template <typename T>
  std::vector<Entry<T>> By(std::string_view key) const {
    std::vector<Entry<T>> found;
    const auto all = by_key_.find(std::string(key));
    if (all == by_key_.end()) return found;
    for (const size_t index : all->second) {
      const Record& record = records_[index];
      if (const T* body = std::get_if<T>(&record.body)) found.push_back({&record, body});
    }
    return found;
  }

 private:
  explicit Register(std::vector<Record> records) : records_(std::move(records)) {}
  Status Index();

  std::vector<Record> records_;
  std::unordered_map<std::string, size_t> by_id_;
  std::unordered_map<std::string, std::vector<size_t>> by_key_;
};

}  // namespace sceau::policy
