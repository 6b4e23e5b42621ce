#include "xades/builder.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/random.h"
#include "base/strings.h"
#include "schemas/pes.h"
#include "xades/file_name.h"
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

// `signature_id` is escaped already.
std::string IdAttribute(std::string_view signature_id, std::string_view suffix) {
  return suffix.empty() ? "" : Concat(" Id=\"", signature_id, suffix, "\"");
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
  builder.signed_properties_ = builder.SignedProperties();
  SCEAU_RETURN_IF_ERROR(builder.MakePatterns());
  return builder;
}

// The canonical forms, with marks no one can guess where the values will stand.
Status SignatureBuilder::MakePatterns() {
  std::vector<std::string> marks;
  for (int i = 0; i < 4; ++i) marks.push_back(Concat("mark", RandomHex(16)));
  const auto properties = CanonicalText(
      InSignature(Element("ds:Object", QualifyingProperties(marks[0]))), profile_.canonicalization,
      {"Object", "QualifyingProperties", "SignedProperties"});
  // A text that is not UTF-8 or has characters XML forbids shows here, before any signature.
  if (!properties.ok()) return Error(Reason::kUsage, "role, city, postal-code, country");
  properties_pattern_.emplace(*properties, std::vector<std::string>{marks[0]});
  SCEAU_ASSIGN_OR_RETURN(
      const std::string info,
      CanonicalText(InSignature(SignedInfo({marks[0], marks[1], marks[2], marks[3]})),
                    profile_.canonicalization, {"SignedInfo"}));
  info_pattern_.emplace(info, marks);
  return OkStatus();
}

std::string SignatureBuilder::DigestElements(std::string_view digest_uri,
                                             std::string_view raw) const {
  const std::string_view prefix = profile_.cert_digest_in_ds ? "ds:" : "xad:";
  return Concat("<", prefix, "DigestMethod Algorithm=\"", digest_uri, "\"></", prefix,
                "DigestMethod>", Element(Concat(prefix, "DigestValue"), ToBase64(raw)));
}

std::string SignatureBuilder::SignedProperties() const {
  const std::string_view format =
      profile_.time_with_milliseconds ? "%Y-%m-%dT%H:%M:%E3SZ" : "%Y-%m-%dT%H:%M:%SZ";
  std::string body =
      Element("xad:SigningTime",
              absl::FormatTime(Absl(format), statement_.signing_time, absl::UTCTimeZone()));
  const DigestMethod& digest = *FindDigestMethod(profile_.digest_method);
  std::string cert =
      Element("xad:CertDigest", DigestElements(digest.uri, certificate_.DigestWith(digest.digest)));
  if (!profile_.properties_v2) {
    cert += Element("xad:IssuerSerial",
                    Concat(Element("ds:X509IssuerName", Text(certificate_.IssuerForSignature())),
                           Element("ds:X509SerialNumber", certificate_.SerialDecimal())));
  }
  const std::string_view v2 = profile_.properties_v2 ? "V2" : "";
  body += Element(Concat("xad:SigningCertificate", v2), Element("xad:Cert", cert));
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
    body += Element(Concat("xad:SignatureProductionPlace", v2),
                    Concat(Element("xad:City", Text(statement_.city)),
                           Element("xad:PostalCode", Text(statement_.postal_code)),
                           Element("xad:CountryName", Text(statement_.country))));
  }
  if (!statement_.role.empty()) {
    body += Element(Concat("xad:SignerRole", v2),
                    Element("xad:ClaimedRoles", Element("xad:ClaimedRole", Text(statement_.role))));
  }
  return Element("xad:SignedSignatureProperties", body);
}

std::string SignatureBuilder::QualifyingProperties(std::string_view signature_id) const {
  return Concat(
      "<xad:QualifyingProperties xmlns:xad=\"", profile_.xades_namespace, "\"",
      profile_.default_namespace ? Concat(" xmlns=\"", profile_.xades_namespace, "\"")
                                 : std::string(),
      " Target=\"", profile_.target_with_hash ? "#" : "", signature_id, "\"><xad:SignedProperties",
      IdAttribute(signature_id, profile_.signed_properties_suffix), ">", signed_properties_,
      DataObjectProperties(signature_id), "</xad:SignedProperties></xad:QualifyingProperties>");
}

// `signature_id` is escaped already.
std::string SignatureBuilder::DataObjectProperties(std::string_view signature_id) const {
  if (profile_.mime_type.empty()) return "";
  return Element(
      "xad:SignedDataObjectProperties",
      Concat("<xad:DataObjectFormat ObjectReference=\"#", signature_id, profile_.reference_suffix,
             "\">", Element("xad:MimeType", Text(profile_.mime_type)), "</xad:DataObjectFormat>"));
}

std::string SignatureBuilder::SignedPropertiesOctets(const SignedElement& element) const {
  return properties_pattern_->Filled({Value(element.signature_id)});
}

SignatureBuilder::Named SignatureBuilder::NamedFor(const SignedElement& element) const {
  const DigestMethod& digest = *FindDigestMethod(profile_.digest_method);
  const std::string& named = element.reference_id;
  return {profile_.detached ? UriOfFileName(named)
          : named.empty()   ? ""
                            : Concat("#", Value(named)),
          Value(element.signature_id), ToBase64(element.element_digest),
          ToBase64(DigestOf(digest.digest, SignedPropertiesOctets(element)))};
}

std::string SignatureBuilder::SignedInfo(const Named& named) const {
  const DigestMethod& digest = *FindDigestMethod(profile_.digest_method);
  const auto algorithm = [](std::string_view name, std::string_view uri) {
    return Concat("<ds:", name, " Algorithm=\"", uri, "\"></ds:", name, ">");
  };
  const auto reference = [&](std::string_view attributes, std::string_view transforms,
                             std::string_view digest_value) {
    return Concat("<ds:Reference", attributes, ">",
                  transforms.empty() ? "" : Element("ds:Transforms", transforms),
                  algorithm("DigestMethod", digest.uri), Element("ds:DigestValue", digest_value),
                  "</ds:Reference>");
  };
  const std::string canonical = algorithm("Transform", profile_.canonicalization);
  const std::string type =
      profile_.properties_type.empty() ? "" : Concat(" Type=\"", profile_.properties_type, "\"");
  return Element(
      "ds:SignedInfo",
      Concat(
          algorithm("CanonicalizationMethod", profile_.canonicalization),
          algorithm("SignatureMethod", method_->uri),
          reference(Concat(IdAttribute(named.signature_id, profile_.reference_suffix), " URI=\"",
                           named.uri, "\""),
                    profile_.detached ? "" : Concat(algorithm("Transform", kEnveloped), canonical),
                    named.element_digest),
          reference(
              Concat(type, " URI=\"#", named.signature_id, profile_.signed_properties_suffix, "\""),
              canonical, named.properties_digest)));
}

std::string SignatureBuilder::SignedInfoOctets(const SignedElement& element) const {
  return info_pattern_->Filled(NamedFor(element).Values());
}

std::string SignatureBuilder::KeyInfo(std::string_view signature_id) const {
  return Concat("<ds:KeyInfo", IdAttribute(signature_id, profile_.key_info_suffix), ">",
                key_info_body_, "</ds:KeyInfo>");
}

std::string SignatureBuilder::Signature(const SignedElement& element,
                                        std::string_view value) const {
  const Named named = NamedFor(element);
  const std::string& id = named.signature_id;
  return Concat("<ds:Signature xmlns:ds=\"", kDsNamespace, "\" Id=\"", id, "\">", SignedInfo(named),
                "<ds:SignatureValue", IdAttribute(id, profile_.signature_value_suffix), ">",
                ToBase64Lines(value), "</ds:SignatureValue>", KeyInfo(id), "<ds:Object",
                IdAttribute(id, profile_.object_suffix), ">", QualifyingProperties(id),
                "</ds:Object></ds:Signature>");
}

CanonicalPattern::CanonicalPattern(std::string_view canonical,
                                   const std::vector<std::string>& marks) {
  while (true) {
    size_t at = std::string_view::npos, mark = 0;
    for (size_t i = 0; i < marks.size(); ++i) {
      const size_t found = canonical.find(marks[i]);
      if (found < at) at = found, mark = i;
    }
    pieces_.emplace_back(canonical.substr(0, at));
    if (at == std::string_view::npos) return;
    gaps_.push_back(mark);
    canonical.remove_prefix(at + marks[mark].size());
  }
}

std::string CanonicalPattern::Filled(const std::vector<std::string_view>& values) const {
  std::string out = pieces_.front();
  for (size_t i = 0; i < gaps_.size(); ++i) AppendTo(out, values[gaps_[i]], pieces_[i + 1]);
  return out;
}

}  // namespace sceau::xades
