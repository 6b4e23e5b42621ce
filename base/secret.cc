#include "base/secret.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace sceau {
namespace {

constexpr size_t kPage = 4096;

char* NewPage() {
  void* page = mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) std::abort();
  // A small RLIMIT_MEMLOCK may refuse the lock; the page still stays out of core dumps.
  (void)mlock(page, kPage);
  (void)madvise(page, kPage, MADV_DONTDUMP);
  return static_cast<char*>(page);
}

void DropPage(char* page) {
  if (page == nullptr) return;
  OPENSSL_cleanse(page, kPage);
  munmap(page, kPage);
}

}  // namespace

Secret::Secret() : data_(NewPage()) {}

Secret::Secret(std::string_view bytes) : Secret() {
  size_ = std::min(bytes.size(), kMaxSize);
  std::memcpy(data_, bytes.data(), size_);
}

Secret::~Secret() { DropPage(data_); }

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    DropPage(data_);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

void Secret::Resize(size_t size) { size_ = std::min(size, kMaxSize); }

}  // namespace sceau
