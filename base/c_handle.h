// Ownership of a C library's object: freed once, by the library's own function.
#pragma once

#include <memory>

namespace sceau {

template <auto Free>
struct CFree {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

// CHandle<X509, X509_free> cert(...);
template <typename T, auto Free>
using CHandle = std::unique_ptr<T, CFree<Free>>;

}  // namespace sceau
