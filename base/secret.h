// A secret (a PIN): in locked memory, wiped at the end, never copied, printed or logged.
#pragma once

#include <cstddef>
#include <string_view>

namespace sceau {

class Secret {
 public:
  static constexpr size_t kMaxSize = 256;  // bytes

  Secret();
  // Takes at most kMaxSize bytes; the caller wipes its own copy.
  explicit Secret(std::string_view bytes);
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  // The bytes themselves, for the call that needs them and nothing else.
  std::string_view Reveal() const { return {data_, size_}; }

  // A writable buffer of kMaxSize bytes to read the secret into, then Resize.
  char* Buffer() { return data_; }
  void Resize(size_t size);

 private:
  char* data_ = nullptr;  // one page of its own, mlock'ed, left out of core dumps
  size_t size_ = 0;
};

}  // namespace sceau
