#include "xades/reader.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "schemas/pes.h"

namespace sceau::xades {
namespace {

using schemas::kDsNamespace;
using xml::FragmentNode;

constexpr std::string_view kExcNamespace = "http://www.w3.org/2001/10/xml-exc-c14n#";
constexpr std::array<std::string_view, 3> kXadesNamespaces = {"http://uri.etsi.org/01903/v1.1.1#",
                                                              "http://uri.etsi.org/01903/v1.2.2#",
                                                              "http://uri.etsi.org/01903/v1.3.2#"};

// What may stand in a signature outside its signed properties.
constexpr std::array<std::string_view, 7> kVocabularies = {kDsNamespace,
                                                           "http://www.w3.org/2009/xmldsig11#",
                                                           kExcNamespace,
                                                           kXadesNamespaces[0],
                                                           kXadesNamespaces[1],
                                                           kXadesNamespaces[2],
                                                           "http://uri.etsi.org/01903/v1.4.1#"};

bool IsXades(std::string_view uri) {
  return std::find(kXadesNamespaces.begin(), kXadesNamespaces.end(), uri) != kXadesNamespaces.end();
}

std::string Trimmed(std::string_view text) {
  return std::string(absl::StripAsciiWhitespace(Absl(text)));
}

class Reader {
 public:
  Reader(const xml::Fragment& fragment, const ReadRules& rules)
      : fragment_(fragment), rules_(rules) {}

  SignatureModel Read() {
    const FragmentNode& root = fragment_.root();
    if (const std::string* id = root.Attribute("Id")) model_.id = *id;
    model_.place = root.At();
    if (!Children(root)) return std::move(model_);
    ReadSignedInfo(*model_.signed_info);
    ReadValue(*value_);
    if (key_info_ != nullptr) ReadKeyInfo(*key_info_);
    for (const FragmentNode* object : objects_) ReadObject(*object);
    CheckVocabulary(root);
    return std::move(model_);
  }

  ManifestModel ReadList(const FragmentNode& manifest) {
    ReadReferences(manifest.Elements());
    return {std::move(model_.references), std::move(model_.faults)};
  }

 private:
  void Fail(std::string_view code, std::string_view detail) {
    model_.faults.push_back({std::string(code), std::string(detail)});
  }
  void Remark(std::string_view code, std::string_view detail) {
    model_.remarks.push_back({std::string(code), std::string(detail)});
  }

  // SignedInfo, SignatureValue, KeyInfo?, Object*, in this order and nothing else.
  bool Children(const FragmentNode& root) {
    static constexpr std::array<std::string_view, 4> kOrder = {"SignedInfo", "SignatureValue",
                                                               "KeyInfo", "Object"};
    size_t next = 0;  // the earliest position the next child may have
    for (const FragmentNode* child : root.Elements()) {
      size_t position = 0;
      while (position < kOrder.size() && !child->Is(kDsNamespace, kOrder[position])) ++position;
      if (position == kOrder.size() || position < next) {
        Fail("SIGNATURE_STRUCTURE", child->qname);
        return false;
      }
      if (position == 0) model_.signed_info = child;
      if (position == 1) value_ = child;
      if (position == 2) key_info_ = child;
      if (position == 3) objects_.push_back(child);
      next = position == 3 ? 3 : position + 1;
    }
    if (model_.signed_info == nullptr || value_ == nullptr) {
      Fail("SIGNATURE_STRUCTURE", "SignedInfo, SignatureValue");
      return false;
    }
    return true;
  }

  // An enveloped signature does not cover itself: whatever else stood in it would pass for a part
  // of the document it signs. Only its own vocabularies are admitted, but in what it signs.
  void CheckVocabulary(const FragmentNode& node) {
    if (model_.statement && &node == model_.statement->node) return;
    const bool known =
        std::find(kVocabularies.begin(), kVocabularies.end(), node.uri) != kVocabularies.end();
    if (!known && !rules_.any_document) return Fail("SIGNATURE_STRUCTURE", node.qname);
    if (!known) return model_.foreign.push_back(&node);
    if (node.local == "CounterSignature" && IsXades(node.uri)) Remark("COUNTER_SIGNATURE", "");
    for (const FragmentNode* child : node.Elements()) CheckVocabulary(*child);
  }

  // The text of a leaf, trimmed; a fault when it holds anything else than text.
  std::string Leaf(const FragmentNode& node) {
    auto text = node.Text();
    if (!text.ok()) {
      Fail("SIGNATURE_STRUCTURE", node.qname);
      return {};
    }
    return Trimmed(*text);
  }
  std::string Leaf(const FragmentNode* node) { return node == nullptr ? "" : Leaf(*node); }

  std::string Base64(const FragmentNode& node) {
    auto bytes = FromBase64(Leaf(node));
    if (!bytes) Fail("SIGNATURE_STRUCTURE", node.qname);
    return bytes.value_or("");
  }

  std::string Algorithm(const FragmentNode& node) {
    const std::string* uri = node.Attribute("Algorithm");
    return uri == nullptr ? "" : *uri;
  }

  void ReadSignedInfo(const FragmentNode& info) {
    const auto children = info.Elements();
    if (children.size() < 3 || !children[0]->Is(kDsNamespace, "CanonicalizationMethod") ||
        !children[1]->Is(kDsNamespace, "SignatureMethod")) {
      Fail("SIGNATURE_STRUCTURE", "SignedInfo");
      return;
    }
    model_.signed_info_canonical = Canonicalization(*children[0]);
    const std::string method = Algorithm(*children[1]);
    model_.method = FindSignatureMethod(method);
    if (model_.method == nullptr || !children[1]->Elements().empty()) {
      Fail("ALGORITHM_REFUSED", method);
    }
    ReadReferences({children.begin() + 2, children.end()});
  }

  void ReadReferences(const std::vector<const FragmentNode*>& nodes) {
    if (nodes.size() > rules_.max_references) {
      Fail("TOO_MANY_REFERENCES", Concat(nodes.size()));
      return;
    }
    for (const FragmentNode* node : nodes) {
      if (!node->Is(kDsNamespace, "Reference")) {
        Fail("SIGNATURE_STRUCTURE", node->qname);
        return;
      }
      ReadReference(*node);
    }
  }

  // A canonicalisation with its InclusiveNamespaces; a fault when it is not one.
  xml::CanonicalOptions Canonicalization(const FragmentNode& node) {
    xml::CanonicalOptions options;
    const CanonicalizationMethod* method = FindCanonicalization(Algorithm(node));
    if (method == nullptr) {
      Fail("ALGORITHM_REFUSED", Algorithm(node));
      return options;
    }
    options.method = method->method;
    options.with_comments = method->with_comments;
    for (const FragmentNode* child : node.Elements()) {
      const std::string* list = child->Attribute("PrefixList");
      if (method->method != xml::CanonicalMethod::kExclusive ||
          !child->Is(kExcNamespace, "InclusiveNamespaces") || list == nullptr) {
        Fail("SIGNATURE_STRUCTURE", child->qname);
        continue;
      }
      for (absl::string_view prefix :
           absl::StrSplit(*list, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty())) {
        options.inclusive_prefixes.emplace_back(prefix == "#default" ? "" : prefix);
      }
      if (options.inclusive_prefixes.size() > kMaxPrefixes) {
        Fail("SIGNATURE_STRUCTURE", child->qname);
        options.inclusive_prefixes.clear();
      }
    }
    return options;
  }

  void ReadReference(const FragmentNode& node) {
    Reference reference;
    if (const std::string* uri = node.Attribute("URI")) {
      reference.has_uri = true;
      reference.uri = *uri;
    }
    if (const std::string* type = node.Attribute("Type")) reference.type = *type;
    reference.canonical.method = xml::CanonicalMethod::kInclusive10;
    std::vector<const FragmentNode*> children = node.Elements();
    if (!children.empty() && children[0]->Is(kDsNamespace, "Transforms")) {
      reference.transformed = true;
      ReadTransforms(*children[0], reference);
      children.erase(children.begin());
    }
    if (children.size() != 2 || !children[0]->Is(kDsNamespace, "DigestMethod") ||
        !children[1]->Is(kDsNamespace, "DigestValue")) {
      Fail("SIGNATURE_STRUCTURE", "Reference");
      return;
    }
    reference.digest = FindDigestMethod(Algorithm(*children[0]));
    if (reference.digest == nullptr) Fail("ALGORITHM_REFUSED", Algorithm(*children[0]));
    reference.digest_value = Base64(*children[1]);
    model_.references.push_back(std::move(reference));
  }

  // enveloped-signature at most once and first, then at most one canonicalisation.
  void ReadTransforms(const FragmentNode& node, Reference& reference) {
    const auto transforms = node.Elements();
    if (transforms.empty() || transforms.size() > kMaxTransforms) {
      Fail("TRANSFORM_REFUSED", Concat(transforms.size()));
      return;
    }
    size_t canonicalisations = 0;
    for (size_t i = 0; i < transforms.size(); ++i) {
      const FragmentNode& transform = *transforms[i];
      const std::string uri = Algorithm(transform);
      if (!transform.Is(kDsNamespace, "Transform")) {
        Fail("SIGNATURE_STRUCTURE", transform.qname);
      } else if (uri == kEnveloped) {
        if (reference.enveloped || i != 0 || !transform.Elements().empty()) {
          Fail("TRANSFORM_REFUSED", uri);
        }
        reference.enveloped = true;
      } else if (rules_.any_document && uri == kBase64 && transforms.size() == 1) {
        reference.base64 = true;
      } else if (FindCanonicalization(uri) != nullptr && ++canonicalisations == 1) {
        reference.canonicalised = true;
        reference.canonical = Canonicalization(transform);
      } else {
        Fail("TRANSFORM_REFUSED", uri);
      }
    }
  }

  void ReadValue(const FragmentNode& node) {
    model_.value = Base64(node);
    if (model_.value.empty()) Fail("SIGNATURE_STRUCTURE", "SignatureValue");
  }

  // X509Data with certificates; KeyValue only as a repetition of the certificate's key.
  void ReadKeyInfo(const FragmentNode& key_info) {
    for (const FragmentNode* child : key_info.Elements()) {
      if (child->Is(kDsNamespace, "X509Data")) {
        for (const FragmentNode* item : child->Elements()) {
          if (item->Is(kDsNamespace, "X509Certificate")) {
            model_.certificates.push_back(Base64(*item));
          } else if (item->Is(kDsNamespace, "X509IssuerSerial")) {
            model_.issuer_serials.push_back(ReadIssuerSerial(*item));
          }
        }
      } else if (child->Is(kDsNamespace, "KeyValue")) {
        ReadKeyValue(*child);
      } else if (!child->Is(kDsNamespace, "KeyName")) {
        Fail("KEY_INFO_REFUSED", child->qname);
      }
    }
    if (model_.certificates.empty() && !rules_.any_document) {
      Fail("NO_CERTIFICATE_IN_SIGNATURE", "");
    }
    for (const size_t count : {model_.certificates.size(), model_.issuer_serials.size()}) {
      if (count > kMaxCertificates) Fail("KEY_INFO_REFUSED", Concat(count));
    }
  }

  IssuerSerial ReadIssuerSerial(const FragmentNode& node) {
    return {Leaf(node.Only(kDsNamespace, "X509IssuerName")),
            Leaf(node.Only(kDsNamespace, "X509SerialNumber"))};
  }

  void ReadKeyValue(const FragmentNode& node) {
    const FragmentNode* rsa = node.Only(kDsNamespace, "RSAKeyValue");
    const FragmentNode* modulus = rsa == nullptr ? nullptr : rsa->Only(kDsNamespace, "Modulus");
    const FragmentNode* exponent = rsa == nullptr ? nullptr : rsa->Only(kDsNamespace, "Exponent");
    if (modulus == nullptr || exponent == nullptr || model_.rsa_key_value) {
      Fail("KEY_INFO_REFUSED", "KeyValue");
      return;
    }
    model_.rsa_key_value = {Base64(*modulus), Base64(*exponent)};
  }

  void ReadObject(const FragmentNode& object) {
    for (const FragmentNode* child : object.Elements()) {
      if (child->local != "QualifyingProperties" || !IsXades(child->uri)) continue;
      if (model_.statement) {
        Fail("SIGNATURE_STRUCTURE", "QualifyingProperties");  // P-10: which one is meant?
        return;
      }
      ReadStatement(*child);
    }
  }

  void ReadStatement(const FragmentNode& qualifying) {
    SignedStatement statement;
    const std::string& ns = qualifying.uri;
    statement.xades_namespace = ns;
    if (const std::string* target = qualifying.Attribute("Target")) statement.target = *target;
    const FragmentNode* properties = qualifying.Only(ns, "SignedProperties");
    const FragmentNode* body =
        properties == nullptr ? nullptr : properties->Only(ns, "SignedSignatureProperties");
    if (body == nullptr) {
      Fail("SIGNATURE_STRUCTURE", "SignedProperties");
      return;
    }
    statement.node = properties;
    if (const std::string* id = properties->Attribute("Id")) statement.id = *id;
    const std::string_view target = statement.target;
    if (target != model_.id && target != Concat("#", model_.id)) {
      Fail("SIGNATURE_STRUCTURE", Concat("Target=", target));
    }
    for (const FragmentNode* child : body->Elements()) {
      if (child->uri != ns) continue;
      ReadProperty(*child, statement);
    }
    model_.statement = std::move(statement);
  }

  void ReadProperty(const FragmentNode& node, SignedStatement& statement) {
    const std::string& ns = node.uri;
    if (!seen_.insert(node.local).second) {
      Fail("SIGNATURE_STRUCTURE", node.qname);
    } else if (node.local == "SigningTime") {
      statement.signing_time = Leaf(node);
    } else if (node.local == "SigningCertificate" || node.local == "SigningCertificateV2") {
      statement.v2 |= node.local == "SigningCertificateV2";
      for (const FragmentNode* cert : node.Elements()) ReadCert(*cert, statement);
    } else if (node.local == "SignaturePolicyIdentifier") {
      ReadPolicy(node, statement);
    } else if (node.local == "SignatureProductionPlace" ||
               node.local == "SignatureProductionPlaceV2") {
      statement.city = Leaf(node.Only(ns, "City"));
      statement.postal_code = Leaf(node.Only(ns, "PostalCode"));
      statement.country = Leaf(node.Only(ns, "CountryName"));
      const FragmentNode* code = node.Only(ns, "PostalCode");
      if (code != nullptr && code->Text().value_or("") != statement.postal_code) {
        Remark("BLANKS_AROUND_VALUE", "PostalCode");
      }
    } else if (node.local == "SignerRole" || node.local == "SignerRoleV2") {
      const FragmentNode* claimed = node.Only(ns, "ClaimedRoles");
      if (claimed == nullptr) return;
      for (const FragmentNode* role : claimed->Elements()) {
        if (role->Is(ns, "ClaimedRole")) statement.roles.push_back(Leaf(*role));
      }
    }
  }

  // Some producers write ds:DigestMethod and ds:DigestValue, some in XAdES's own namespace.
  const FragmentNode* DigestPart(const FragmentNode& node, std::string_view name) {
    const FragmentNode* in_ds = node.Only(kDsNamespace, name);
    return in_ds != nullptr ? in_ds : node.Only(node.uri, name);
  }

  void ReadCert(const FragmentNode& cert, SignedStatement& statement) {
    const std::string& ns = cert.uri;
    const FragmentNode* digest = cert.Only(ns, "CertDigest");
    const FragmentNode* method = digest == nullptr ? nullptr : DigestPart(*digest, "DigestMethod");
    const FragmentNode* value = digest == nullptr ? nullptr : DigestPart(*digest, "DigestValue");
    const FragmentNode* issuer = cert.Only(ns, "IssuerSerial");
    if (cert.local != "Cert" || method == nullptr || value == nullptr) {
      Fail("SIGNATURE_STRUCTURE", "SigningCertificate");
      return;
    }
    SigningCertificateReference reference;
    reference.digest = FindDigestMethod(Algorithm(*method));
    if (reference.digest == nullptr) {
      Fail("ALGORITHM_REFUSED", Algorithm(*method));
      return;
    }
    reference.value = Base64(*value);
    if (issuer != nullptr) reference.issuer_serial = ReadIssuerSerial(*issuer);
    const FragmentNode* v2 = cert.Only(ns, "IssuerSerialV2");
    // What is no base64 names no certificate, which leaves the signature as intact as it is.
    if (v2 != nullptr) reference.issuer_serial_v2 = FromBase64(Leaf(*v2)).value_or("");
    if (!reference.digest->sound) model_.sha1_certificate_digest = true;
    statement.certificates.push_back(std::move(reference));
  }

  void ReadPolicy(const FragmentNode& node, SignedStatement& statement) {
    const std::string& ns = node.uri;
    StatedPolicy policy;
    if (node.Only(ns, "SignaturePolicyImplied") != nullptr) {
      policy.implied = true;
      statement.policy = policy;
      return;
    }
    const FragmentNode* id = node.Only(ns, "SignaturePolicyId");
    const FragmentNode* sig_id = id == nullptr ? nullptr : id->Only(ns, "SigPolicyId");
    const FragmentNode* hash = id == nullptr ? nullptr : id->Only(ns, "SigPolicyHash");
    if (sig_id == nullptr) {
      Fail("SIGNATURE_STRUCTURE", "SignaturePolicyId");
      return;
    }
    policy.id = Leaf(sig_id->Only(ns, "Identifier"));
    if (hash != nullptr) {
      const FragmentNode* method = DigestPart(*hash, "DigestMethod");
      if (method != nullptr) policy.digest_uri = Algorithm(*method);
      policy.hash_text = Leaf(DigestPart(*hash, "DigestValue"));
    }
    if (const FragmentNode* qualifiers = id->Only(ns, "SigPolicyQualifiers")) {
      const FragmentNode* qualifier = qualifiers->Only(ns, "SigPolicyQualifier");
      if (qualifier != nullptr) policy.spuri = Leaf(qualifier->Only(ns, "SPURI"));
    }
    statement.policy = std::move(policy);
  }

  const xml::Fragment& fragment_;
  const ReadRules rules_;
  SignatureModel model_;
  const FragmentNode* value_ = nullptr;
  const FragmentNode* key_info_ = nullptr;
  std::vector<const FragmentNode*> objects_;
  std::set<std::string> seen_;
};

}  // namespace

SignatureModel ReadSignature(const xml::Fragment& fragment, const ReadRules& rules) {
  return Reader(fragment, rules).Read();
}

ManifestModel ReadManifest(const xml::Fragment& fragment, const FragmentNode& manifest,
                           const ReadRules& rules) {
  return Reader(fragment, rules).ReadList(manifest);
}

}  // namespace sceau::xades
