#include "contents/program/memory_limit.h"

#include <malloc.h>

#include <cstdlib>
#include <new>

// The replaceable functions of [new.delete]: what libraries ask for comes here too.
namespace {

size_t held = 0;  // the program has one thread

void* Take(size_t size) {
  const size_t asked = size == 0 ? 1 : size;
  while (true) {
    const bool fits =
        asked <= sceau::contents::kMaxMemory && held <= sceau::contents::kMaxMemory - asked;
    if (void* const memory = fits ? std::malloc(asked) : nullptr; memory != nullptr) {
      held += ::malloc_usable_size(memory);
      return memory;
    }
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

void* TakeOrNull(size_t size) noexcept {
  try {
    return Take(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void Give(void* memory) noexcept {
  if (memory == nullptr) return;
  held -= ::malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(size_t size) { return Take(size); }
void* operator new[](size_t size) { return Take(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return TakeOrNull(size); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return TakeOrNull(size); }
void operator delete(void* memory) noexcept { Give(memory); }
void operator delete[](void* memory) noexcept { Give(memory); }
void operator delete(void* memory, size_t) noexcept { Give(memory); }
void operator delete[](void* memory, size_t) noexcept { Give(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { Give(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { Give(memory); }
