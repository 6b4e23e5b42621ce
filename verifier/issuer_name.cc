#include "verifier/issuer_name.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "base/openssl.h"
#include "base/strings.h"

namespace sceau::verifier {
namespace {

using Attribute = std::pair<std::string, std::string>;  // dotted OID, folded value

std::string Folded(std::string_view value) {
  std::string out;
  for (char c : value) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// Nothing of a value that is no text: two of them are not the same for that.
std::optional<std::string> Utf8Of(const ASN1_STRING* value) {
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, value);
  const OpenSslBytes owned(utf8);
  if (size < 0) return std::nullopt;
  return std::string(utf8, utf8 + size);
}

std::string OidOf(const ASN1_OBJECT* object) {
  char text[128];
  OBJ_obj2txt(text, sizeof text, object, 1);
  return text;
}

// "CN", "2.5.4.3", "OID.2.5.4.3", "EMAILADDRESS", "E" -> dotted OID; empty when unknown.
std::string OidOfKeyword(std::string keyword) {
  constexpr size_t kMaxKeyword = 128;  // OpenSSL is quadratic in an OID's digits
  keyword = std::string(absl::StripAsciiWhitespace(keyword));
  if (keyword.size() > kMaxKeyword) return {};
  std::string upper = absl::AsciiStrToUpper(keyword);
  if (upper.starts_with("OID.")) keyword = upper = upper.substr(4);
  static constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
      {"E", "emailAddress"},
      {"EMAIL", "emailAddress"},
      {"EMAILADDRESS", "emailAddress"},
      {"S", "ST"},
      {"SERIALNUMBER", "serialNumber"},
      {"ORGANIZATIONIDENTIFIER", "organizationIdentifier"}};
  for (const auto& [alias, name] : kAliases) {
    if (upper == alias) keyword = std::string(name);
  }
  CHandle<ASN1_OBJECT, ASN1_OBJECT_free> object(OBJ_txt2obj(keyword.c_str(), 0));
  if (object == nullptr) object.reset(OBJ_txt2obj(upper.c_str(), 0));
  return object == nullptr ? "" : OidOf(object.get());
}

// The value that "#" and hexadecimal digits stand for (RFC 4514 §2.4): one value in DER, to the last
// byte, of a type that holds text.
std::optional<std::string> EncodedValue(std::string_view digits) {
  const auto is_digit = [](unsigned char c) { return absl::ascii_isxdigit(c); };
  if (digits.size() % 2 != 0 || !std::all_of(digits.begin(), digits.end(), is_digit)) return {};
  const std::string der = absl::HexStringToBytes(Absl(digits));
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = at + der.size();
  const CHandle<ASN1_TYPE, ASN1_TYPE_free> type(
      d2i_ASN1_TYPE(nullptr, &at, static_cast<long>(der.size())));
  if (type == nullptr || at != end) return {};
  const int kind = ASN1_TYPE_get(type.get());
  if (kind == V_ASN1_BOOLEAN || kind == V_ASN1_NULL || kind == V_ASN1_OBJECT) return {};
  return Utf8Of(type->value.asn1_string);
}

// Empty when it cannot be read, and so names nothing.
std::optional<std::string> ValueOf(std::string_view raw) {
  const std::string text(absl::StripAsciiWhitespace(Absl(raw)));
  if (text.starts_with("#")) {
    const auto value = EncodedValue(std::string_view(text).substr(1));
    return value ? std::optional(Folded(*value)) : std::nullopt;
  }
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      const bool hex = i + 2 < text.size() && absl::ascii_isxdigit(text[i + 1]) &&
                       absl::ascii_isxdigit(text[i + 2]);
      if (hex) {
        out += absl::HexStringToBytes(text.substr(i + 1, 2));
        i += 2;
      } else {
        out.push_back(text[++i]);
      }
    } else if (text[i] != '"') {
      out.push_back(text[i]);
    }
  }
  return Folded(out);
}

// Splits at unescaped, unquoted commas, semicolons and pluses.
std::vector<Attribute> Parse(std::string_view text) {
  std::vector<Attribute> out;
  std::string part;
  bool quoted = false;
  const auto take = [&] {
    const size_t equals = part.find('=');
    const bool has_value = equals != std::string::npos;
    const auto value = has_value ? ValueOf(std::string_view(part).substr(equals + 1)) : std::nullopt;
    // No attribute of a certificate is without an OID: what cannot be read is no issuer's.
    out.emplace_back(value ? OidOfKeyword(part.substr(0, equals)) : "", value.value_or(""));
    part.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      part.push_back(c);
      part.push_back(text[++i]);
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == ',' || c == ';' || c == '+')) {
      take();
    } else {
      part.push_back(c);
    }
  }
  take();
  return out;
}

void FreeElements(ASN1_SEQUENCE_ANY* elements) { sk_ASN1_TYPE_pop_free(elements, ASN1_TYPE_free); }
using Elements = CHandle<ASN1_SEQUENCE_ANY, FreeElements>;

// Of a SEQUENCE in DER, to the last byte; nullptr when it is none.
Elements ElementsOf(std::string_view der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = at + der.size();
  Elements out(d2i_ASN1_SEQUENCE_ANY(nullptr, &at, static_cast<long>(der.size())));
  return at == end ? std::move(out) : nullptr;
}

// Whether these GeneralNames are one directory name, and this one.
bool NamesOnly(const ASN1_STRING* encoded, const X509_NAME* name) {
  const unsigned char* at = ASN1_STRING_get0_data(encoded);
  const CHandle<GENERAL_NAMES, GENERAL_NAMES_free> names(
      d2i_GENERAL_NAMES(nullptr, &at, ASN1_STRING_length(encoded)));
  ERR_clear_error();
  if (names == nullptr || sk_GENERAL_NAME_num(names.get()) != 1) return false;
  const GENERAL_NAME* only = sk_GENERAL_NAME_value(names.get(), 0);
  return only->type == GEN_DIRNAME && X509_NAME_cmp(only->d.directoryName, name) == 0;
}

}  // namespace

bool NamesIssuer(std::string_view text, const xades::Certificate& certificate) {
  std::vector<Attribute> issuer;
  const X509_NAME* name = X509_get_issuer_name(certificate.x509());
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const auto value = Utf8Of(X509_NAME_ENTRY_get_data(entry));
    if (!value) return false;
    issuer.emplace_back(OidOf(X509_NAME_ENTRY_get_object(entry)), Folded(*value));
  }
  std::vector<Attribute> given = Parse(text);
  if (given == issuer) return true;
  std::reverse(given.begin(), given.end());
  return given == issuer;
}

bool NamesCertificate(std::string_view issuer_serial_der, const xades::Certificate& certificate) {
  const Elements parts = ElementsOf(issuer_serial_der);
  ERR_clear_error();
  if (parts == nullptr || sk_ASN1_TYPE_num(parts.get()) != 2) return false;
  const ASN1_TYPE* names = sk_ASN1_TYPE_value(parts.get(), 0);
  const ASN1_TYPE* serial = sk_ASN1_TYPE_value(parts.get(), 1);
  if (ASN1_TYPE_get(names) != V_ASN1_SEQUENCE || ASN1_TYPE_get(serial) != V_ASN1_INTEGER) {
    return false;
  }
  X509* x509 = certificate.x509();
  return NamesOnly(names->value.sequence, X509_get_issuer_name(x509)) &&
         ASN1_INTEGER_cmp(serial->value.integer, X509_get0_serialNumber(x509)) == 0;
}

}  // namespace sceau::verifier
