// PKCS#11's own types (from p11-kit) and the passage between its bytes and ours.
#pragma once

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>

#include <string>
#include <string_view>

namespace sceau::hsm {

// PKCS#11 asks for pointers to mutable bytes even for what it only reads.
inline CK_BYTE_PTR Bytes(std::string_view bytes) {
  return reinterpret_cast<CK_BYTE_PTR>(const_cast<char*>(bytes.data()));
}
inline CK_BYTE_PTR Bytes(std::string& bytes) { return reinterpret_cast<CK_BYTE_PTR>(bytes.data()); }

// A text of fixed size, padded with blanks (PKCS#11 v2.40 §3.2: CK_TOKEN_INFO and the like).
template <size_t N>
std::string FixedText(const unsigned char (&text)[N]) {
  const size_t length = p11_kit_space_strlen(text, N);
  return {reinterpret_cast<const char*>(text), length};
}

}  // namespace sceau::hsm
