#include "verifier/path_rules.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "base/strings.h"

namespace sceau::verifier {
namespace {

using NamesHandle = CHandle<GENERAL_NAMES, GENERAL_NAMES_free>;

bool HasExtension(const X509* certificate, int nid) {
  return X509_get_ext_by_NID(certificate, nid, -1) >= 0;
}

bool IsCritical(const X509* certificate, int nid) {
  const int at = X509_get_ext_by_NID(certificate, nid, -1);
  return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(certificate, at)) == 1;
}

bool IsAuthority(X509* certificate) {
  return (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0;
}

std::string_view TextOf(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

// RFC 1034 §3.5 as RFC 1123 §2.1 widens it: labels of letters, digits and hyphens.
bool IsHostName(std::string_view name) {
  constexpr size_t kMaxName = 253;
  constexpr size_t kMaxLabel = 63;
  if (name.empty() || name.size() > kMaxName) return false;
  for (const absl::string_view label : absl::StrSplit(Absl(name), '.')) {
    if (label.empty() || label.size() > kMaxLabel) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    const bool sound = std::all_of(label.begin(), label.end(), [](unsigned char c) {
      return absl::ascii_isalnum(c) || c == '-';
    });
    if (!sound) return false;
  }
  return true;
}

// A first label "*" stands for a host (RFC 6125 §6.4.3).
bool IsDnsName(std::string_view name) {
  return IsHostName(name.starts_with("*.") ? name.substr(2) : name);
}

// Local part, one '@', host (RFC 5280 §4.2.1.6, RFC 2821 §4.1.2); quoted local parts are not used.
bool IsMailbox(std::string_view name) {
  const size_t at = name.find('@');
  if (at == 0 || at == std::string_view::npos || !IsHostName(name.substr(at + 1))) return false;
  const std::string_view local = name.substr(0, at);
  return std::all_of(local.begin(), local.end(), [](unsigned char c) {
    return absl::ascii_isgraph(c) && c != ' ' && c != '"' && c != '(' && c != ')' && c != ',' &&
           c != ':' && c != ';' && c != '<' && c != '>' && c != '[' && c != '\\' && c != ']';
  });
}

bool IsSound(const GENERAL_NAME* name) {
  constexpr int kIpv4 = 4;
  constexpr int kIpv6 = 16;
  switch (name->type) {
    case GEN_DNS:
      return IsDnsName(TextOf(name->d.dNSName));
    case GEN_EMAIL:
      return IsMailbox(TextOf(name->d.rfc822Name));
    case GEN_URI:  // absolute, RFC 5280 §4.2.1.6
      return TextOf(name->d.uniformResourceIdentifier).find(':') != std::string_view::npos;
    case GEN_IPADD: {
      const int size = ASN1_STRING_length(name->d.iPAddress);
      return size == kIpv4 || size == kIpv6;
    }
    default:
      return true;
  }
}

// The rules, each true when the certificate keeps it. `anchor`: it ends the path.

bool SerialIsPositive(X509* certificate, bool) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
  if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER) return false;
  const std::string_view octets = TextOf(serial);
  return std::any_of(octets.begin(), octets.end(), [](char c) { return c != 0; });
}

bool SerialIsShort(X509* certificate, bool) {
  constexpr int kMaxOctets = 20;
  return ASN1_STRING_length(X509_get0_serialNumber(certificate)) <= kMaxOctets;
}

bool AlternativeNamesAreSound(X509* certificate, bool) {
  if (!HasExtension(certificate, NID_subject_alt_name)) return true;
  const NamesHandle names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (names == nullptr) return false;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    if (!IsSound(sk_GENERAL_NAME_value(names.get(), i))) return false;
  }
  return true;
}

bool OnlyAuthoritiesConstrainNames(X509* certificate, bool) {
  return IsAuthority(certificate) || !HasExtension(certificate, NID_name_constraints);
}

// Where the certificate asserts policies its constraints are honoured, critical or not (NIST PKITS
// §4.10 has them so). Constraints on policies beside none could be kept by nothing that stands
// below, and OpenSSL 3.0 loses their memory (pcy_cache.c, openssl#31678).
bool PolicyConstraintsStandBesidePolicies(X509* certificate, bool) {
  return !HasExtension(certificate, NID_policy_constraints) ||
         HasExtension(certificate, NID_certificate_policies);
}

bool InhibitAnyPolicyIsCritical(X509* certificate, bool) {
  return !HasExtension(certificate, NID_inhibit_any_policy) ||
         IsCritical(certificate, NID_inhibit_any_policy);
}

// Only a self-signed certificate may be without. OpenSSL does not look at the anchor's.
bool AnchorNamesItsIssuersKey(X509* certificate, bool anchor) {
  if (!anchor || !IsAuthority(certificate)) return true;
  return X509_get0_authority_key_id(certificate) != nullptr ||
         X509_self_signed(certificate, 0) == 1;
}

struct Rule {
  std::string_view name;
  bool (*kept)(X509* certificate, bool anchor);
};

constexpr std::array<Rule, 7> kRules = {{
    {"SERIAL_NUMBER_NOT_POSITIVE", SerialIsPositive},                               // §4.1.2.2
    {"SERIAL_NUMBER_TOO_LONG", SerialIsShort},                                      // §4.1.2.2
    {"ALTERNATIVE_NAME_MALFORMED", AlternativeNamesAreSound},                       // §4.2.1.6
    {"NAME_CONSTRAINTS_OF_NO_AUTHORITY", OnlyAuthoritiesConstrainNames},            // §4.2.1.10
    {"POLICY_CONSTRAINTS_WITHOUT_POLICIES", PolicyConstraintsStandBesidePolicies},  // §4.2.1.11
    {"INHIBIT_ANY_POLICY_NOT_CRITICAL", InhibitAnyPolicyIsCritical},                // §4.2.1.14
    {"AUTHORITY_KEY_IDENTIFIER_MISSING", AnchorNamesItsIssuersKey},                 // §4.2.1.1
}};

}  // namespace

std::optional<RuleBreach> FindRuleBreach(const Path& path) {
  for (X509* certificate : path) {
    for (const Rule& rule : kRules) {
      if (rule.kept(certificate, certificate == path.back())) continue;
      return RuleBreach{std::string(rule.name), ShownSubject(certificate)};
    }
  }
  return std::nullopt;
}

}  // namespace sceau::verifier
