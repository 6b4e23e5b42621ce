// The signatures of a file, packed: tens of thousands in one file are made by one person at one
// time, so what they have in common is kept once. About 150 bytes for each further one.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "verifier/signature_report.h"

namespace sceau::verifier {

class SignatureList {
 public:
  SignatureList() = default;
  SignatureList(std::initializer_list<SignatureReport> reports) {
    for (const SignatureReport& report : reports) push_back(report);
  }

  void push_back(const SignatureReport& report);
  size_t size() const { return records_.size(); }
  bool empty() const { return records_.empty(); }
  // Unpacked: a copy.
  SignatureReport operator[](size_t index) const;
  // How many different sets of traits are kept.
  size_t traits() const { return traits_.size(); }

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = SignatureReport;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = SignatureReport;

    Iterator(const SignatureList* list, size_t index) : list_(list), index_(index) {}
    SignatureReport operator*() const { return (*list_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const SignatureList* list_;
    size_t index_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  struct Record {
    size_t texts;  // where its own texts begin in texts_
    int64_t line, column;
    uint32_t traits;  // index
    uint32_t covers;  // how many
    schemas::Scope scope;
    Integrity integrity;
  };
  uint32_t IndexOf(const SignatureTraits& traits);
  void AppendText(std::string_view text);
  std::string TakeText(size_t& at) const;

  std::vector<Record> records_;
  std::string texts_;  // each with its length before it: id, of, covers...
  std::vector<SignatureTraits> traits_;
  absl::flat_hash_map<size_t, uint32_t> by_hash_;  // the last with this hash
};

}  // namespace sceau::verifier
