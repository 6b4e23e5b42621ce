// Abseil's string functions for std::string_view.
//
// Debian builds Abseil with its own absl::string_view, which std::string_view does not convert to.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace sceau {

inline absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

template <typename T>
decltype(auto) AbslPiece(const T& piece) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return Absl(piece);
  } else {
    return (piece);
  }
}

// absl::StrCat: strings, views, numbers, one after the other.
template <typename... T>
std::string Concat(const T&... pieces) {
  return absl::StrCat(AbslPiece(pieces)...);
}

template <typename... T>
void AppendTo(std::string& out, const T&... pieces) {
  absl::StrAppend(&out, AbslPiece(pieces)...);
}

}  // namespace sceau
