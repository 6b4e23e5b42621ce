#include "verifier/service_extensions.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "base/strings.h"

namespace sceau::verifier {
namespace {

using xml::FragmentNode;

constexpr std::string_view kQualificationNamespace =
    "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#";
constexpr std::string_view kAdditionalTypesNamespace =
    "http://uri.etsi.org/02231/v2/additionaltypes#";
constexpr std::string_view kXadesNamespace = "http://uri.etsi.org/01903/v1.3.2#";
constexpr std::string_view kInformationMark = "SvcInfoExt/";
constexpr int kMaxDepth = 8;  // of criteria within criteria

std::string TextOf(const FragmentNode& node) {
  return std::string(absl::StripAsciiWhitespace(node.Text().value_or("")));
}

// "1.2.3" of "urn:oid:1.2.3".
std::string OidOf(std::string text) {
  constexpr std::string_view kUrn = "urn:oid:";
  return text.starts_with(kUrn) ? text.substr(kUrn.size()) : text;
}

// The texts of every Identifier below.
void CollectIdentifiers(const FragmentNode& node, std::vector<std::string>& oids) {
  for (const FragmentNode* child : node.Elements()) {
    if (child->Is(kXadesNamespace, "Identifier")) {
      oids.push_back(OidOf(TextOf(*child)));
    } else {
      CollectIdentifiers(*child, oids);
    }
  }
}

struct Assertion {
  std::string_view name;
  Criteria::Kind kind;
};
constexpr Assertion kAssertions[] = {
    {"all", Criteria::Kind::kAll},
    {"atLeastOne", Criteria::Kind::kAtLeastOne},
    {"none", Criteria::Kind::kNone},
};

// Criteria that name OIDs.
struct OidCriterion {
  std::string_view uri, name;
  Criteria::Kind kind;
};
constexpr OidCriterion kOidCriteria[] = {
    {kQualificationNamespace, "PolicySet", Criteria::Kind::kPolicies},
    {kAdditionalTypesNamespace, "ExtendedKeyUsage", Criteria::Kind::kExtendedKeyUsages},
    {kAdditionalTypesNamespace, "CertSubjectDNAttribute", Criteria::Kind::kSubject},
};

Criteria ReadKeyUsage(const FragmentNode& node) {
  Criteria out;
  out.kind = Criteria::Kind::kKeyUsage;
  for (const FragmentNode* bit : node.Elements()) {
    const std::string* name = bit->Attribute("name");
    const std::string value = TextOf(*bit);
    if (name != nullptr) out.usage.emplace_back(*name, value == "true" || value == "1");
  }
  return out;
}

std::optional<Criteria> ReadCriteria(const FragmentNode& list, int depth);

// One criterion of a list; nullopt when it is not known.
std::optional<Criteria> ReadCriterion(const FragmentNode& node, int depth) {
  if (node.Is(kQualificationNamespace, "KeyUsage")) return ReadKeyUsage(node);
  if (node.Is(kQualificationNamespace, "CriteriaList")) return ReadCriteria(node, depth + 1);
  for (const OidCriterion& known : kOidCriteria) {
    if (!node.Is(known.uri, known.name)) continue;
    Criteria out;
    out.kind = known.kind;
    CollectIdentifiers(node, out.oids);
    return out;
  }
  return std::nullopt;
}

std::optional<Criteria> ReadCriteria(const FragmentNode& list, int depth) {
  const std::string* assertion = list.Attribute("assert");
  const auto* known = std::find_if(
      std::begin(kAssertions), std::end(kAssertions),
      [&](const Assertion& it) { return assertion != nullptr && it.name == *assertion; });
  if (depth > kMaxDepth || known == std::end(kAssertions)) return std::nullopt;
  Criteria out;
  out.kind = known->kind;
  for (const FragmentNode* child : list.Elements()) {
    if (child->Is(kQualificationNamespace, "Description")) continue;
    // otherCriteriaList only wraps criteria of other vocabularies.
    const bool wraps = child->Is(kQualificationNamespace, "otherCriteriaList");
    for (const FragmentNode* one : wraps ? child->Elements() : std::vector{child}) {
      auto criterion = ReadCriterion(*one, depth);
      if (!criterion) return std::nullopt;
      out.children.push_back(*std::move(criterion));
    }
  }
  return out;
}

void ReadQualifications(const FragmentNode& node, ServicePeriod& period) {
  for (const FragmentNode* element : node.Elements()) {
    const FragmentNode* qualifiers = element->Only(kQualificationNamespace, "Qualifiers");
    const FragmentNode* list = element->Only(kQualificationNamespace, "CriteriaList");
    auto criteria = list == nullptr ? std::nullopt : ReadCriteria(*list, 0);
    if (qualifiers == nullptr || !criteria) {
      period.understood = false;
      continue;
    }
    QualificationElement out;
    out.criteria = *std::move(criteria);
    for (const FragmentNode* qualifier : qualifiers->Elements()) {
      const std::string* uri = qualifier->Attribute("uri");
      if (uri != nullptr) out.qualifiers.push_back(AfterMark(*uri, kInformationMark));
    }
    period.qualifications.push_back(std::move(out));
  }
}

// Those that change nothing of what is asked here.
bool SaysNothingHere(const FragmentNode& node) {
  return node.local == "TakenOverBy" || node.local == "ExpiredCertsRevocationInfo";
}

}  // namespace

std::string AfterMark(std::string_view uri, std::string_view mark) {
  const size_t at = uri.find(mark);
  return at == std::string_view::npos ? "" : std::string(uri.substr(at + mark.size()));
}

void ReadServiceExtensions(const FragmentNode& extensions, ServicePeriod& period) {
  for (const FragmentNode* extension : extensions.Elements()) {
    const std::string* flag = extension->Attribute("Critical");
    const bool critical = flag != nullptr && (*flag == "true" || *flag == "1");
    for (const FragmentNode* node : extension->Elements()) {
      if (node->Is(kTrustedListNamespace, "AdditionalServiceInformation")) {
        const FragmentNode* uri = node->Only(kTrustedListNamespace, "URI");
        if (uri != nullptr) period.additional.push_back(AfterMark(TextOf(*uri), kInformationMark));
      } else if (node->Is(kQualificationNamespace, "Qualifications")) {
        ReadQualifications(*node, period);
      } else if (critical && !SaysNothingHere(*node)) {
        period.understood = false;
      }
    }
  }
}

}  // namespace sceau::verifier
