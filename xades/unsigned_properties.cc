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

constexpr std::string_view kXades141 = "http://uri.etsi.org/01903/v1.4.1#";
constexpr std::string_view kDer = "http://uri.etsi.org/01903/v1.2.2#DER";

class Reader {
 public:
  explicit Reader(const xml::Fragment& fragment) : fragment_(fragment) {}

  UnsignedProperties Read() {
    for (const FragmentNode* qualifying : QualifyingProperties(fragment_)) {
      ns_ = qualifying->uri;
      for (const FragmentNode* child : Body(*qualifying)) {
        ReadProperty(*child);
        ++properties_;
      }
    }
    return std::move(out_);
  }

  static std::vector<const FragmentNode*> QualifyingProperties(const xml::Fragment& fragment) {
    std::vector<const FragmentNode*> out;
    for (const FragmentNode* object : fragment.root().Elements()) {
      if (!object->Is(kDsNamespace, "Object")) continue;
      for (const FragmentNode* child : object->Elements()) {
        if (child->local == "QualifyingProperties") out.push_back(child);
      }
    }
    return out;
  }

  static std::vector<const FragmentNode*> Body(const FragmentNode& qualifying) {
    const std::string& ns = qualifying.uri;
    const FragmentNode* properties = qualifying.Only(ns, "UnsignedProperties");
    const FragmentNode* body =
        properties == nullptr ? nullptr : properties->Only(ns, "UnsignedSignatureProperties");
    return body == nullptr ? std::vector<const FragmentNode*>() : body->Elements();
  }

 private:
  void ReadProperty(const FragmentNode& node) {
    if (node.Is(ns_, "SignatureTimeStamp")) {
      ReadSignatureTimeStamp(node);
    } else if (node.Is(kXades141, "ArchiveTimeStamp") || node.Is(ns_, "ArchiveTimeStamp")) {
      ReadArchiveTimeStamp(node);
    } else if (node.Is(kXades141, "TimeStampValidationData")) {
      for (const FragmentNode* child : node.Elements()) ReadValidationData(*child);
    } else {
      ReadValidationData(node);
    }
  }

  void ReadValidationData(const FragmentNode& node) {
    if (node.Is(ns_, "CertificateValues")) {
      ReadValues(node, "EncapsulatedX509Certificate", out_.certificates);
    } else if (node.Is(ns_, "RevocationValues")) {
      ReadRevocation(node);
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

  void ReadSignatureTimeStamp(const FragmentNode& node) {
    auto stamp = ReadTimeStamp(node, true);
    if (!stamp || out_.time_stamps.size() >= kMaxUnsignedValues) {
      out_.unreadable.emplace_back(node.local);
      return;
    }
    out_.time_stamps.push_back(*std::move(stamp));
  }

  void ReadArchiveTimeStamp(const FragmentNode& node) {
    auto stamp = ReadTimeStamp(node, false);
    if (!stamp || out_.archive_time_stamps.size() >= kMaxArchiveTimeStamps) {
      out_.unreadable.emplace_back(node.local);
      return;
    }
    const UnsignedExtent before = {properties_, out_.time_stamps.size(), out_.crls.size(),
                                   out_.ocsp_responses.size()};
    out_.archive_time_stamps.push_back(
        {std::move(stamp->token), std::move(stamp->canonical), node.uri == ns_, before});
  }

  // By the implicit mechanism. A description (Include, HashDataInfo) is admitted where it says the
  // same of a time stamp on the value: the SignatureValue element, whole.
  std::optional<SignatureTimeStamp> ReadTimeStamp(const FragmentNode& node, bool on_value) {
    SignatureTimeStamp stamp;
    stamp.canonical.method = xml::CanonicalMethod::kInclusive10;
    const FragmentNode* encapsulated = node.Only(ns_, "EncapsulatedTimeStamp");
    auto token = encapsulated == nullptr ? std::nullopt : Der(*encapsulated);
    bool sound = token.has_value();
    for (const FragmentNode* child : node.Elements()) {
      if (child == encapsulated) continue;
      if (child->Is(kDsNamespace, "CanonicalizationMethod")) {
        sound &= ReadCanonicalization(*child, stamp.canonical);
      } else {
        sound &= on_value && NamesSignatureValue(*child);
      }
    }
    if (!sound) return std::nullopt;
    stamp.token = *std::move(token);
    return stamp;
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
  size_t properties_ = 0;  // read so far
  UnsignedProperties out_;
};

}  // namespace

std::vector<const FragmentNode*> UnsignedPropertyNodes(const xml::Fragment& fragment) {
  std::vector<const FragmentNode*> out;
  for (const FragmentNode* qualifying : Reader::QualifyingProperties(fragment)) {
    for (const FragmentNode* child : Reader::Body(*qualifying)) out.push_back(child);
  }
  return out;
}

UnsignedProperties ReadUnsignedProperties(const xml::Fragment& fragment) {
  return Reader(fragment).Read();
}

}  // namespace sceau::xades
