// The identifiers of a document: which are taken, which are taken twice.
//
// Whatever any implementation may take for an identifier counts: Id, ID, id (in no namespace) and
// xml:id. Memory: 16 bytes an identifier.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/status.h"
#include "xml/events.h"

namespace sceau::xml {

class IdSet {
 public:
  static constexpr size_t kMaxIds = 4'000'000;
  static constexpr size_t kMaxDuplicates = 100;  // remembered with their place

  struct Duplicate {
    std::string id;
    int64_t line, column;
  };

  // Error: kXmlLimitExceeded.
  Status Collect(const StartElement& element);
  bool Contains(std::string_view id) const { return ids_.contains(KeyOf(id)); }
  void Insert(std::string_view id) { ids_.insert(KeyOf(id)); }
  bool IsDuplicate(std::string_view id) const { return duplicates_.contains(KeyOf(id)); }
  // The first ones, in document order.
  const std::vector<Duplicate>& duplicates() const { return places_; }

 private:
  using Key = std::array<uint64_t, 2>;  // of SHA-256: no one can make two collide
  static Key KeyOf(std::string_view id);

  absl::flat_hash_set<Key> ids_;
  absl::flat_hash_set<Key> duplicates_;
  std::vector<Duplicate> places_;
};

bool IsIdName(std::string_view namespace_uri, std::string_view local);

// An Id that xs:ID admits (an NCName); only its ASCII part is looked at closely.
bool IsNcName(std::string_view text);

}  // namespace sceau::xml
