#include "xades/builder.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/strings.h"
#include "schemas/pes.h"
#include "xml/escape.h"
#include "xml/fragment.h"

namespace sceau::xades {
namespace {

using schemas::kDsNamespace;

std::string Text(std::string_view text) {
  std::string out;
  xml::AppendEscapedText(text, out);
  return out;
}

std::string Value(std::string_view text) {
  std::string out;
  xml::AppendEscapedAttribute(text, out);
  return out;
}

std::string Element(std::string_view name, std::string_view body) {
  return Concat("<", name, ">", body, "</", name, ">");
}

std::string IdAttribute(std::string_view signature_id, std::string_view suffix) {
  return suffix.empty() ? "" : Concat(" Id=\"", Value(signature_id), suffix, "\"");
}

// A line of text: no control characters.
bool IsLine(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::string InSignature(std::string_view body) {
  return Concat("<ds:Signature xmlns:ds=\"", kDsNamespace, "\">", body, "</ds:Signature>");
}

const SignatureMethod* MethodFor(const Profile& profile, const Certificate& certificate) {
  for (const std::string& uri : profile.signature_methods) {
    const SignatureMethod* method = FindSignatureMethod(uri);
    if (method != nullptr && certificate.HasFamily(method->family)) return method;
  }
  return nullptr;
}

StatusOr<std::string> CanonicalText(std::string_view text, std::string_view canonicalization,
                                    const std::vector<std::string_view>& path) {
  SCEAU_ASSIGN_OR_RETURN(const xml::Fragment fragment, xml::Fragment::FromText(text));
  const xml::FragmentNode* node = &fragment.root();
  for (const std::string_view local : path) {
    const auto children = node->Elements();
    const auto child = std::find_if(children.begin(), children.end(),
                                    [&](const auto* c) { return c->local == local; });
    if (child == children.end()) return Error(Reason::kInternal, local);
    node = *child;
  }
  xml::StringSink sink;
  xml::CanonicalOptions options;
  options.method = FindCanonicalization(canonicalization)->method;
  SCEAU_RETURN_IF_ERROR(fragment.Canonicalise(*node, options, sink));
  return sink.text();
}

}  // namespace

StatusOr<SignatureBuilder> SignatureBuilder::Create(
    const Profile& profile, SignerStatement statement,
    const std::vector<std::string>& certificates_der) {
  if (certificates_der.empty()) return Error(Reason::kCertificateMissing);
  SCEAU_ASSIGN_OR_RETURN(Certificate certificate, Certificate::FromDer(certificates_der.front()));
  const SignatureMethod* method = MethodFor(profile, certificate);
  if (method == nullptr) return Error(Reason::kAlgorithmRefused, profile.name);
  for (const std::string* text :
       {&statement.role, &statement.city, &statement.postal_code, &statement.country}) {
    if (!IsLine(*text)) return Error(Reason::kUsage, *text);
  }
  SignatureBuilder builder(profile, std::move(statement), std::move(certificate), method);

  std::string data;
  for (const std::string& der : certificates_der) {
    SCEAU_ASSIGN_OR_RETURN(const Certificate issuer, Certificate::FromDer(der));
    // A root proves nothing by being there; the verifier has it or not.
    if (&der != &certificates_der.front() && issuer.Subject() == issuer.Issuer()) continue;
    const std::string text = profile.certificate_lines ? ToBase64Lines(der) : ToBase64(der);
    data += Element("ds:X509Certificate", text);
  }
  builder.key_info_body_ = Element("ds:X509Data", data);
  // A text that is not UTF-8 or has characters XML forbids shows here, before any signature.
  if (!builder.SignedPropertiesOctets({"", "x", ""}).ok()) {
    return Error(Reason::kUsage, "role, city, postal-code, country");
  }
  return builder;
}

std::string SignatureBuilder::DigestElements(std::string_view digest_uri,
                                             std::string_view raw) const {
  const std::string_view prefix = profile_.cert_digest_in_ds ? "ds:" : "xad:";
  return Concat("<", prefix, "DigestMethod Algorithm=\"", digest_uri, "\"></", prefix,
                "DigestMethod>", Element(Concat(prefix, "DigestValue"), ToBase64(raw)));
}

std::string SignatureBuilder::SignedProperties(const SignedElement& element) const {
  const std::string_view format =
      profile_.time_with_milliseconds ? "%Y-%m-%dT%H:%M:%E3SZ" : "%Y-%m-%dT%H:%M:%SZ";
  std::string body =
      Element("xad:SigningTime",
              absl::FormatTime(Absl(format), statement_.signing_time, absl::UTCTimeZone()));
  const DigestMethod& digest = *FindDigestMethod(profile_.digest_method);
  const std::string issuer_serial =
      Concat(Element("ds:X509IssuerName", Text(certificate_.IssuerForSignature())),
             Element("ds:X509SerialNumber", certificate_.SerialDecimal()));
  const std::string cert = Concat(
      Element("xad:CertDigest", DigestElements(digest.uri, certificate_.DigestWith(digest.digest))),
      Element("xad:IssuerSerial", issuer_serial));
  body += Element("xad:SigningCertificate", Element("xad:Cert", cert));
  if (profile_.policy) {
    const PolicyReference& policy = *profile_.policy;
    std::string id = Element("xad:Identifier", Text(policy.id));
    if (!policy.description.empty()) id += Element("xad:Description", Text(policy.description));
    const std::string qualifier =
        Element("xad:SigPolicyQualifier", Element("xad:SPURI", Text(policy.spuri)));
    body += Element("xad:SignaturePolicyIdentifier",
                    Element("xad:SignaturePolicyId",
                            Concat(Element("xad:SigPolicyId", id),
                                   Element("xad:SigPolicyHash",
                                           DigestElements(UriOf(policy.digest), policy.hash)),
                                   Element("xad:SigPolicyQualifiers", qualifier))));
  }
  if (!statement_.city.empty() || !statement_.postal_code.empty() || !statement_.country.empty()) {
    body += Element("xad:SignatureProductionPlace",
                    Concat(Element("xad:City", Text(statement_.city)),
                           Element("xad:PostalCode", Text(statement_.postal_code)),
                           Element("xad:CountryName", Text(statement_.country))));
  }
  if (!statement_.role.empty()) {
    body += Element("xad:SignerRole",
                    Element("xad:ClaimedRoles", Element("xad:ClaimedRole", Text(statement_.role))));
  }
  return Concat("<xad:SignedProperties",
                IdAttribute(element.signature_id, profile_.signed_properties_suffix), ">",
                Element("xad:SignedSignatureProperties", body), "</xad:SignedProperties>");
}

std::string SignatureBuilder::QualifyingProperties(const SignedElement& element) const {
  return Concat("<xad:QualifyingProperties xmlns:xad=\"", profile_.xades_namespace, "\"",
                profile_.default_namespace ? Concat(" xmlns=\"", profile_.xades_namespace, "\"")
                                           : std::string(),
                " Target=\"", profile_.target_with_hash ? "#" : "", Value(element.signature_id),
                "\">", SignedProperties(element), "</xad:QualifyingProperties>");
}

StatusOr<std::string> SignatureBuilder::SignedPropertiesOctets(const SignedElement& element) const {
  return CanonicalText(InSignature(Element("ds:Object", QualifyingProperties(element))),
                       profile_.canonicalization,
                       {"Object", "QualifyingProperties", "SignedProperties"});
}

StatusOr<std::string> SignatureBuilder::SignedInfo(const SignedElement& element) const {
  SCEAU_ASSIGN_OR_RETURN(const std::string properties, SignedPropertiesOctets(element));
  const DigestMethod& digest = *FindDigestMethod(profile_.digest_method);
  const auto algorithm = [](std::string_view name, std::string_view uri) {
    return Concat("<ds:", name, " Algorithm=\"", uri, "\"></ds:", name, ">");
  };
  const auto reference = [&](std::string_view attributes, std::string_view transforms,
                             std::string_view raw) {
    return Concat("<ds:Reference", attributes, ">", Element("ds:Transforms", transforms),
                  algorithm("DigestMethod", digest.uri), Element("ds:DigestValue", ToBase64(raw)),
                  "</ds:Reference>");
  };
  const std::string canonical = algorithm("Transform", profile_.canonicalization);
  const std::string uri =
      element.reference_id.empty() ? "" : Concat("#", Value(element.reference_id));
  const std::string type =
      profile_.properties_type.empty() ? "" : Concat(" Type=\"", profile_.properties_type, "\"");
  return Element("ds:SignedInfo",
                 Concat(algorithm("CanonicalizationMethod", profile_.canonicalization),
                        algorithm("SignatureMethod", method_->uri),
                        reference(Concat(" URI=\"", uri, "\""),
                                  Concat(algorithm("Transform", kEnveloped), canonical),
                                  element.element_digest),
                        reference(Concat(type, " URI=\"#", Value(element.signature_id),
                                         profile_.signed_properties_suffix, "\""),
                                  canonical, DigestOf(digest.digest, properties))));
}

StatusOr<std::string> SignatureBuilder::SignedInfoOctets(const SignedElement& element) const {
  SCEAU_ASSIGN_OR_RETURN(const std::string signed_info, SignedInfo(element));
  return CanonicalText(InSignature(signed_info), profile_.canonicalization, {"SignedInfo"});
}

std::string SignatureBuilder::KeyInfo(const SignedElement& element) const {
  return Concat("<ds:KeyInfo", IdAttribute(element.signature_id, profile_.key_info_suffix), ">",
                key_info_body_, "</ds:KeyInfo>");
}

StatusOr<std::string> SignatureBuilder::Signature(const SignedElement& element,
                                                  std::string_view value) const {
  SCEAU_ASSIGN_OR_RETURN(const std::string signed_info, SignedInfo(element));
  return Concat("<ds:Signature xmlns:ds=\"", kDsNamespace, "\" Id=\"", Value(element.signature_id),
                "\">", signed_info, "<ds:SignatureValue",
                IdAttribute(element.signature_id, profile_.signature_value_suffix), ">",
                ToBase64Lines(value), "</ds:SignatureValue>", KeyInfo(element), "<ds:Object",
                IdAttribute(element.signature_id, profile_.object_suffix), ">",
                QualifyingProperties(element), "</ds:Object></ds:Signature>");
}

}  // namespace sceau::xades
