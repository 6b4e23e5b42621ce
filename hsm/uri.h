// PKCS#11 URIs (RFC 7512): which token and which key are meant.
//
// What could make a URI dangerous is refused: module-path and module-name (a library to load),
// pin-value (a PIN in clear text), unknown attributes (they would not narrow the choice).
#pragma once

#include <p11-kit/uri.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/c_handle.h"
#include "base/status.h"
#include "hsm/cryptoki.h"
#include "hsm/module.h"

namespace sceau::hsm {

class Uri {
 public:
  // Error kKeyUriInvalid; its detail is an attribute's name or the fault, never the text itself.
  static StatusOr<Uri> Parse(const std::string& text);

  // By library, slot and token attributes.
  bool MatchesToken(const PresentToken& token) const;
  // By `id` and `object`. A key bears several labels: its own, those of its public key and of its
  // certificate.
  bool MatchesKey(std::string_view id, std::span<const std::string> labels) const;
  // The `token` attribute, for messages; empty when absent.
  std::string token_label() const;
  // A file's path; empty: none.
  const std::string& pin_source() const { return pin_source_; }

 private:
  using Handle = CHandle<P11KitUri, p11_kit_uri_free>;
  explicit Uri(Handle handle) : handle_(std::move(handle)) {}
  Status Refuse() const;
  Status ReadPinSource();
  std::optional<std::string> Attribute(CK_ATTRIBUTE_TYPE type) const;

  Handle handle_;
  std::string pin_source_;
};

// The URI of a token.
std::string TokenUri(const CK_TOKEN_INFO& token);
// The URI of the private key with this CKA_ID; with its label as well when `label` is not empty.
std::string KeyUri(const CK_TOKEN_INFO& token, std::string_view id, std::string_view label);

}  // namespace sceau::hsm
