#include "hsm/uri.h"

#include <stdlib.h>

#include <algorithm>
#include <cstring>

#include "base/strings.h"

namespace sceau::hsm {
namespace {

using UriHandle = CHandle<P11KitUri, p11_kit_uri_free>;
using CString = CHandle<char, ::free>;

constexpr std::string_view kFaults[] = {"unexpected", "scheme", "encoding", "syntax", "version"};

std::string_view FaultOf(int result) {
  const auto index = static_cast<size_t>(-result - 1);
  return index < std::size(kFaults) ? kFaults[index] : "syntax";
}

std::string Format(P11KitUri* uri, P11KitUriType type) {
  char* text = nullptr;
  if (p11_kit_uri_format(uri, type, &text) != P11_KIT_URI_OK) return "pkcs11:";
  return CString(text).get();
}

// RFC 7512 §2.3 has no empty attribute, and p11-kit stops reading at one: what stands behind it
// would not narrow the choice.
bool HasEmptyAttribute(std::string_view text) {
  const auto in = [](std::string_view list, char separator) {
    return !list.empty() && (list.front() == separator || list.back() == separator ||
                             list.find(std::string(2, separator)) != std::string_view::npos);
  };
  text.remove_prefix(std::min(text.find(':') + 1, text.size()));
  const size_t query = std::min(text.find('?'), text.size());
  return in(text.substr(0, query), ';') || in(text.substr(std::min(query + 1, text.size())), '&');
}

void SetAttribute(P11KitUri* uri, CK_ATTRIBUTE_TYPE type, std::string_view value) {
  CK_ATTRIBUTE attribute{type, Bytes(value), value.size()};
  p11_kit_uri_set_attribute(uri, &attribute);
}

}  // namespace

StatusOr<Uri> Uri::Parse(const std::string& text) {
  // A zero byte would hide the rest of the text from a C library.
  if (text.find('\0') != std::string::npos) return Error(Reason::kKeyUriInvalid, "syntax");
  if (HasEmptyAttribute(text)) return Error(Reason::kKeyUriInvalid, "empty attribute");
  Uri uri((Handle(p11_kit_uri_new())));
  const int result = p11_kit_uri_parse(text.c_str(), P11_KIT_URI_FOR_ANY, uri.handle_.get());
  if (result != P11_KIT_URI_OK) return Error(Reason::kKeyUriInvalid, FaultOf(result));
  SCEAU_RETURN_IF_ERROR(uri.Refuse());
  SCEAU_RETURN_IF_ERROR(uri.ReadPinSource());
  return uri;
}

Status Uri::Refuse() const {
  struct Refused {
    std::string_view attribute;
    const char* value;
  };
  for (const auto& [attribute, value] : {
           Refused{"module-path", p11_kit_uri_get_module_path(handle_.get())},
           Refused{"module-name", p11_kit_uri_get_module_name(handle_.get())},
           Refused{"pin-value", p11_kit_uri_get_pin_value(handle_.get())},
       }) {
    if (value != nullptr) return Error(Reason::kKeyUriInvalid, attribute);
  }
  if (p11_kit_uri_any_unrecognized(handle_.get()) != 0) {
    return Error(Reason::kKeyUriInvalid, "unknown attribute");
  }
  // `type` may name any part of the pair: the private key is what is used.
  if (const CK_ATTRIBUTE* type = p11_kit_uri_get_attribute(handle_.get(), CKA_CLASS)) {
    CK_OBJECT_CLASS value = 0;
    if (type->ulValueLen == sizeof value) std::memcpy(&value, type->pValue, sizeof value);
    if (value != CKO_PRIVATE_KEY && value != CKO_PUBLIC_KEY && value != CKO_CERTIFICATE) {
      return Error(Reason::kKeyUriInvalid, "type");
    }
  }
  return OkStatus();
}

Status Uri::ReadPinSource() {
  const char* value = p11_kit_uri_get_pin_source(handle_.get());
  if (value == nullptr) return OkStatus();
  std::string_view path = value;
  for (const std::string_view prefix : {"file://localhost/", "file:///", "file:/"}) {
    if (!path.starts_with(prefix)) continue;
    path.remove_prefix(prefix.size() - 1);
    break;
  }
  // RFC 7512 §2.4 leaves room for commands ("|prog"), hosts and other schemes: only a file of this
  // machine is taken.
  if (!path.starts_with('/') || path.starts_with("//"))
    return Error(Reason::kKeyUriInvalid, "pin-source");
  pin_source_ = path;
  return OkStatus();
}

bool Uri::MatchesToken(const PresentToken& token) const {
  const P11KitUri* uri = handle_.get();
  const CK_SLOT_ID slot = p11_kit_uri_get_slot_id(handle_.get());
  return p11_kit_uri_match_module_info(uri, &token.module_info) != 0 &&
         p11_kit_uri_match_slot_info(uri, &token.slot_info) != 0 &&
         p11_kit_uri_match_token_info(uri, &token.info) != 0 &&
         (slot == CK_UNAVAILABLE_INFORMATION || slot == token.slot.id);
}

std::optional<std::string> Uri::Attribute(CK_ATTRIBUTE_TYPE type) const {
  const CK_ATTRIBUTE* attribute = p11_kit_uri_get_attribute(handle_.get(), type);
  if (attribute == nullptr) return std::nullopt;
  return std::string(static_cast<const char*>(attribute->pValue), attribute->ulValueLen);
}

bool Uri::MatchesKey(std::string_view id, std::span<const std::string> labels) const {
  const std::optional<std::string> wanted_id = Attribute(CKA_ID);
  if (wanted_id && *wanted_id != id) return false;
  const std::optional<std::string> wanted_label = Attribute(CKA_LABEL);
  return !wanted_label || std::find(labels.begin(), labels.end(), *wanted_label) != labels.end();
}

std::string Uri::token_label() const {
  const CK_TOKEN_INFO* info = p11_kit_uri_get_token_info(handle_.get());
  // p11-kit leaves zero bytes where the URI says nothing.
  if (info->label[0] == 0) return "";
  return FixedText(info->label);
}

std::string TokenUri(const CK_TOKEN_INFO& token) {
  const UriHandle uri(p11_kit_uri_new());
  *p11_kit_uri_get_token_info(uri.get()) = token;
  return Format(uri.get(), P11_KIT_URI_FOR_TOKEN);
}

std::string KeyUri(const CK_TOKEN_INFO& token, std::string_view id, std::string_view label) {
  const UriHandle uri(p11_kit_uri_new());
  *p11_kit_uri_get_token_info(uri.get()) = token;
  const CK_OBJECT_CLASS type = CKO_PRIVATE_KEY;
  SetAttribute(uri.get(), CKA_CLASS, {reinterpret_cast<const char*>(&type), sizeof type});
  if (!id.empty()) SetAttribute(uri.get(), CKA_ID, id);
  if (!label.empty()) SetAttribute(uri.get(), CKA_LABEL, label);
  return Format(uri.get(), P11_KIT_URI_FOR_OBJECT_ON_TOKEN);
}

}  // namespace sceau::hsm
