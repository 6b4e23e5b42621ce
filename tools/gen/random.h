// A reproducible sequence (SplitMix64): test data only, never a secret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>

namespace sceau::gen {

class Random {
 public:
  // One independent sequence for each list of numbers.
  explicit Random(std::initializer_list<uint64_t> keys) {
    for (const uint64_t key : keys) state_ = Mix(state_ ^ Mix(key));
  }

  uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15u;
    return Mix(state_);
  }
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

  template <typename T, size_t kSize>
  const T& Pick(const T (&table)[kSize]) {
    return table[Below(kSize)];
  }

  void Fill(char* bytes, size_t size) {
    for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
      const uint64_t word = Next();
      std::memcpy(bytes + at, &word, size - at < sizeof word ? size - at : sizeof word);
    }
  }

 private:
  static uint64_t Mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
  }

  uint64_t state_ = 0x5CEA05CEA05CEA05u;
};

}  // namespace sceau::gen
