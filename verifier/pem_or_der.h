// Objects of a file that is PEM or DER (OpenSSL).
#pragma once

#include <openssl/err.h>
#include <openssl/pem.h>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/openssl.h"

namespace sceau::verifier {

// The object in DER (by its d2i function), when `der` is one and nothing else; else null.
template <typename Handle, typename Parse>
Handle WholeDer(std::string_view der, Parse parse) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = at + der.size();
  Handle object(parse(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (at != end) object.reset();
  return object;
}

// Every object of a PEM text, other blocks and text between them passed over; nullopt when a block
// cannot be read: a bundle is never taken in part.
template <typename Handle, typename Read>
std::optional<std::vector<Handle>> EveryPem(std::string_view text, Read read) {
  const BioHandle bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  std::vector<Handle> out;
  while (auto* object = read(bio.get(), nullptr, nullptr, nullptr)) out.emplace_back(object);
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) return std::nullopt;
  return out;
}

// The one in DER or every one in PEM.
template <typename Handle, typename Read, typename Parse>
std::optional<std::vector<Handle>> ReadPemOrDer(std::string_view bytes, Read read, Parse parse) {
  Handle single = WholeDer<Handle>(bytes, parse);
  if (single == nullptr) return EveryPem<Handle>(bytes, read);
  std::vector<Handle> out;
  out.push_back(std::move(single));
  return out;
}

}  // namespace sceau::verifier
