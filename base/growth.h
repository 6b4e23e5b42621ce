// How far a file that is being written has come: lets another thread read it meanwhile, and keeps
// the writer from running far ahead of that thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

namespace sceau {

class Growth {
 public:
  // Bytes [0, size) can be read from now on.
  void Extend(int64_t size);
  // No more come: the file is whole, or the writer gave up.
  void End(bool whole);
  // Waits until the reader has asked for all but `lead` of the bytes, has left or none of this
  // matters any more.
  void AwaitReader(int64_t lead) const;
  // The reader asks for no more.
  void Leave() const;
  // Waits until bytes [0, end) can be read or no more come; how many can. Unset: the writer gave
  // up.
  std::optional<int64_t> WaitFor(int64_t end) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  int64_t size_ = 0;
  mutable int64_t asked_ = 0;  // by the reader
  mutable bool left_ = false;
  enum class State { kGrowing, kWhole, kGivenUp } state_ = State::kGrowing;
};

}  // namespace sceau
