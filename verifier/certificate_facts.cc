#include "verifier/certificate_facts.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <string_view>

#include "base/strings.h"
#include "xades/certificate.h"

namespace sceau::verifier {
namespace {

constexpr std::string_view kCompliance = "0.4.0.1862.1.1";
constexpr std::string_view kDevice = "0.4.0.1862.1.4";
constexpr std::string_view kType = "0.4.0.1862.1.6";
constexpr std::string_view kLegislation = "0.4.0.1862.1.7";  // of another country than the Union's

struct TypeFlag {
  std::string_view oid;
  bool CertificateFacts::*flag;
};
constexpr TypeFlag kTypes[] = {
    {"0.4.0.1862.1.6.1", &CertificateFacts::for_signature},
    {"0.4.0.1862.1.6.2", &CertificateFacts::for_seal},
    {"0.4.0.1862.1.6.3", &CertificateFacts::for_web},
};

// Certificates of the Directive's time said it with their policy (ETSI TS 101 456 §5.2).
constexpr std::string_view kOldPolicy = "0.4.0.1456.1.2";
constexpr std::string_view kOldPolicyWithDevice = "0.4.0.1456.1.1";

struct UsageName {
  uint32_t bit;
  std::string_view name;
};
constexpr UsageName kUsages[] = {
    {KU_DIGITAL_SIGNATURE, "digitalSignature"},
    {KU_NON_REPUDIATION, "nonRepudiation"},
    {KU_KEY_ENCIPHERMENT, "keyEncipherment"},
    {KU_DATA_ENCIPHERMENT, "dataEncipherment"},
    {KU_KEY_AGREEMENT, "keyAgreement"},
    {KU_KEY_CERT_SIGN, "keyCertSign"},
    {KU_CRL_SIGN, "crlSign"},
    {KU_ENCIPHER_ONLY, "encipherOnly"},
    {KU_DECIPHER_ONLY, "decipherOnly"},
};

void FreeTypes(STACK_OF(ASN1_TYPE) * types) { sk_ASN1_TYPE_pop_free(types, ASN1_TYPE_free); }
using TypesHandle = CHandle<STACK_OF(ASN1_TYPE), FreeTypes>;
using PoliciesHandle = CHandle<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free>;
using UsagesHandle = CHandle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;

std::string OidText(const ASN1_OBJECT* object) {
  constexpr int kLongest = 128;
  char text[kLongest];
  const int size = OBJ_obj2txt(text, kLongest, object, 1);
  return size > 0 && size < kLongest ? std::string(text, text + size) : std::string();
}

TypesHandle Sequence(const ASN1_STRING* der) {
  const unsigned char* at = ASN1_STRING_get0_data(der);
  TypesHandle out(d2i_ASN1_SEQUENCE_ANY(nullptr, &at, ASN1_STRING_length(der)));
  ERR_clear_error();
  return out;
}

// The members of a SEQUENCE that stands in another.
TypesHandle Inner(const ASN1_TYPE* type) {
  return type->type == V_ASN1_SEQUENCE ? Sequence(type->value.sequence) : nullptr;
}

void ReadStatement(const STACK_OF(ASN1_TYPE) * statement, CertificateFacts& facts,
                   bool& elsewhere) {
  if (sk_ASN1_TYPE_num(statement) < 1) return;
  const ASN1_TYPE* first = sk_ASN1_TYPE_value(statement, 0);
  if (first->type != V_ASN1_OBJECT) return;
  const std::string oid = OidText(first->value.object);
  facts.qualified |= oid == kCompliance;
  facts.device |= oid == kDevice;
  elsewhere |= oid == kLegislation;
  if (oid != kType || sk_ASN1_TYPE_num(statement) < 2) return;
  const TypesHandle types = Inner(sk_ASN1_TYPE_value(statement, 1));
  for (int i = 0; types != nullptr && i < sk_ASN1_TYPE_num(types.get()); ++i) {
    const ASN1_TYPE* type = sk_ASN1_TYPE_value(types.get(), i);
    if (type->type != V_ASN1_OBJECT) continue;
    for (const TypeFlag& known : kTypes) {
      if (OidText(type->value.object) == known.oid) facts.*known.flag = true;
    }
  }
}

void ReadStatements(const X509* certificate, CertificateFacts& facts) {
  const int index = X509_get_ext_by_NID(certificate, NID_qcStatements, -1);
  if (index < 0) return;
  const TypesHandle statements =
      Sequence(X509_EXTENSION_get_data(X509_get_ext(certificate, index)));
  bool elsewhere = false;
  for (int i = 0; statements != nullptr && i < sk_ASN1_TYPE_num(statements.get()); ++i) {
    const TypesHandle statement = Inner(sk_ASN1_TYPE_value(statements.get(), i));
    if (statement != nullptr) ReadStatement(statement.get(), facts, elsewhere);
  }
  if (elsewhere) facts.qualified = false;
}

void ReadPolicies(const X509* certificate, CertificateFacts& facts) {
  const PoliciesHandle policies(static_cast<CERTIFICATEPOLICIES*>(
      X509_get_ext_d2i(certificate, NID_certificate_policies, nullptr, nullptr)));
  for (int i = 0; policies != nullptr && i < sk_POLICYINFO_num(policies.get()); ++i) {
    facts.policies.insert(OidText(sk_POLICYINFO_value(policies.get(), i)->policyid));
  }
}

void ReadUsages(X509* certificate, CertificateFacts& facts) {
  const UsagesHandle usages(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr)));
  for (int i = 0; usages != nullptr && i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    facts.extended_key_usages.insert(OidText(sk_ASN1_OBJECT_value(usages.get(), i)));
  }
  if ((X509_get_extension_flags(certificate) & EXFLAG_KUSAGE) == 0) return;
  const uint32_t bits = X509_get_key_usage(certificate);
  for (const UsageName& known : kUsages) {
    if ((bits & known.bit) != 0) facts.key_usage.emplace(known.name);
  }
}

std::string CountryOf(const X509_NAME* name) {
  const int index = X509_NAME_get_index_by_NID(name, NID_countryName, -1);
  if (index < 0) return {};
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index));
  const unsigned char* text = ASN1_STRING_get0_data(value);
  return std::string(text, text + ASN1_STRING_length(value));
}

bool HoldsAll(const std::set<std::string>& held, const std::vector<std::string>& wanted) {
  return !wanted.empty() && std::all_of(wanted.begin(), wanted.end(),
                                        [&](const std::string& it) { return held.contains(it); });
}

}  // namespace

CertificateFacts FactsOf(X509* certificate) {
  CertificateFacts facts;
  facts.not_before = xades::TimeOf(X509_get0_notBefore(certificate));
  facts.issuer_country = CountryOf(X509_get_issuer_name(certificate));
  ReadPolicies(certificate, facts);
  ReadUsages(certificate, facts);
  const X509_NAME* subject = X509_get_subject_name(certificate);
  for (int i = 0; i < X509_NAME_entry_count(subject); ++i) {
    facts.subject_attributes.insert(
        OidText(X509_NAME_ENTRY_get_object(X509_NAME_get_entry(subject, i))));
  }
  ReadStatements(certificate, facts);
  const bool with_device = facts.policies.contains(std::string(kOldPolicyWithDevice));
  facts.qualified |= with_device || facts.policies.contains(std::string(kOldPolicy));
  facts.device |= with_device;
  // Without a type a qualified certificate is one for signatures (EN 319 412-5 §4.2.3).
  if (!facts.for_seal && !facts.for_web) facts.for_signature |= facts.qualified;
  return facts;
}

bool Meets(const CertificateFacts& facts, const Criteria& criteria) {
  const auto meets = [&](const Criteria& child) { return Meets(facts, child); };
  const auto& children = criteria.children;
  switch (criteria.kind) {
    case Criteria::Kind::kAll:
      return std::all_of(children.begin(), children.end(), meets);
    case Criteria::Kind::kAtLeastOne:
      return std::any_of(children.begin(), children.end(), meets);
    case Criteria::Kind::kNone:
      return std::none_of(children.begin(), children.end(), meets);
    case Criteria::Kind::kKeyUsage:
      return std::all_of(criteria.usage.begin(), criteria.usage.end(), [&](const auto& bit) {
        return facts.key_usage.contains(bit.first) == bit.second;
      });
    case Criteria::Kind::kPolicies:
      return HoldsAll(facts.policies, criteria.oids);
    case Criteria::Kind::kExtendedKeyUsages:
      return HoldsAll(facts.extended_key_usages, criteria.oids);
    case Criteria::Kind::kSubject:
      return HoldsAll(facts.subject_attributes, criteria.oids);
  }
  return false;
}

}  // namespace sceau::verifier
