#include "xades/unsigned_properties.h"

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/strings.h"
#include "schemas/pes.h"
#include "xades/algorithms.h"

namespace sceau::xades {
namespace {

using schemas::kDsNamespace;
using xml::FragmentNode;

constexpr std::string_view kDer = "http://uri.etsi.org/01903/v1.2.2#DER";

class Reader {
 public:
  explicit Reader(const xml::Fragment& fragment) : fragment_(fragment) {}

  UnsignedProperties Read() {
    for (const FragmentNode* object : fragment_.root().Elements()) {
      if (!object->Is(kDsNamespace, "Object")) continue;
      for (const FragmentNode* child : object->Elements()) {
        if (child->local == "QualifyingProperties") ReadQualifying(*child);
      }
    }
    return std::move(out_);
  }

 private:
  void ReadQualifying(const FragmentNode& node) {
    ns_ = node.uri;
    const FragmentNode* properties = node.Only(ns_, "UnsignedProperties");
    const FragmentNode* body =
        properties == nullptr ? nullptr : properties->Only(ns_, "UnsignedSignatureProperties");
    if (body == nullptr) return;
    for (const FragmentNode* child : body->Elements()) {
      if (child->Is(ns_, "SignatureTimeStamp")) {
        ReadTimeStamp(*child);
      } else if (child->Is(ns_, "CertificateValues")) {
        ReadValues(*child, "EncapsulatedX509Certificate", out_.certificates);
      } else if (child->Is(ns_, "RevocationValues")) {
        ReadRevocation(*child);
      }
    }
  }

  void ReadRevocation(const FragmentNode& node) {
    if (const FragmentNode* lists = node.Only(ns_, "CRLValues")) {
      ReadValues(*lists, "EncapsulatedCRLValue", out_.crls);
    }
    if (const FragmentNode* answers = node.Only(ns_, "OCSPValues")) {
      ReadValues(*answers, "EncapsulatedOCSPValue", out_.ocsp_responses);
    }
  }

  void ReadValues(const FragmentNode& node, std::string_view name, std::vector<std::string>& into) {
    for (const FragmentNode* child : node.Elements()) {
      if (!child->Is(ns_, name)) continue;
      auto bytes = Der(*child);
      if (bytes && into.size() < kMaxUnsignedValues) {
        into.push_back(*std::move(bytes));
      } else {
        out_.unreadable.emplace_back(name);
      }
    }
  }

  std::optional<std::string> Der(const FragmentNode& node) {
    const std::string* encoding = node.Attribute("Encoding");
    if (encoding != nullptr && *encoding != kDer) return std::nullopt;
    const auto text = node.Text();
    return text.ok() ? FromBase64(*text) : std::nullopt;
  }

  // The implicit mechanism, or a description (Include, HashDataInfo) that says the same: the
  // SignatureValue element, whole.
  void ReadTimeStamp(const FragmentNode& node) {
    SignatureTimeStamp stamp;
    stamp.canonical.method = xml::CanonicalMethod::kInclusive10;
    const FragmentNode* encapsulated = node.Only(ns_, "EncapsulatedTimeStamp");
    const auto token = encapsulated == nullptr ? std::nullopt : Der(*encapsulated);
    bool sound = token.has_value() && out_.time_stamps.size() < kMaxUnsignedValues;
    for (const FragmentNode* child : node.Elements()) {
      if (child == encapsulated) continue;
      if (child->Is(kDsNamespace, "CanonicalizationMethod")) {
        sound &= ReadCanonicalization(*child, stamp.canonical);
      } else {
        sound &= NamesSignatureValue(*child);
      }
    }
    if (!sound) {
      out_.unreadable.emplace_back("SignatureTimeStamp");
      return;
    }
    stamp.token = *token;
    out_.time_stamps.push_back(std::move(stamp));
  }

  static bool ReadCanonicalization(const FragmentNode& node, xml::CanonicalOptions& into) {
    const std::string* uri = node.Attribute("Algorithm");
    const CanonicalizationMethod* method = uri == nullptr ? nullptr : FindCanonicalization(*uri);
    if (method == nullptr || !node.Elements().empty()) return false;
    into.method = method->method;
    into.with_comments = method->with_comments;
    return true;
  }

  bool NamesSignatureValue(const FragmentNode& node) const {
    if (!node.Is(ns_, "Include") && !node.Is(ns_, "HashDataInfo")) return false;
    const std::string* upper = node.Attribute("URI");
    const std::string* uri = upper != nullptr ? upper : node.Attribute("uri");
    const FragmentNode* value = fragment_.root().Only(kDsNamespace, "SignatureValue");
    const std::string* id = value == nullptr ? nullptr : value->Attribute("Id");
    return uri != nullptr && id != nullptr && *uri == Concat("#", *id) && node.Elements().empty();
  }

  const xml::Fragment& fragment_;
  std::string ns_;
  UnsignedProperties out_;
};

}  // namespace

UnsignedProperties ReadUnsignedProperties(const xml::Fragment& fragment) {
  return Reader(fragment).Read();
}

}  // namespace sceau::xades
