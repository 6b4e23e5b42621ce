#include "tests/verifier/forgery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>

#include <algorithm>

#include "absl/strings/str_replace.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "tests/support/require.h"
#include "xades/algorithms.h"
#include "xml/fragment.h"

namespace sceau::test {
namespace {

using schemas::kDsNamespace;
using verifier::Integrity;
using verifier::Verdict;
using xml::FragmentNode;

struct Found {
  const FragmentNode* parent = nullptr;
  const FragmentNode* signature = nullptr;
};

bool FindSignature(const FragmentNode& node, Found& found) {
  for (const FragmentNode* child : node.Elements()) {
    if (child->Is(kDsNamespace, "Signature")) {
      found = {&node, child};
      return true;
    }
    if (FindSignature(*child, found)) return true;
  }
  return false;
}

xml::Fragment Read(const std::string& document) {
  auto fragment = xml::Fragment::FromText(document);
  Require(fragment.ok(), fragment.status().ToString());
  return *std::move(fragment);
}

const FragmentNode& Child(const FragmentNode& node, std::string_view name) {
  const auto children = node.Elements();
  const auto child = std::find_if(children.begin(), children.end(),
                                  [&](const auto* c) { return c->local == name; });
  Require(child != children.end(), std::string(name));
  return **child;
}

std::string AlgorithmOf(const FragmentNode& node) {
  const std::string* uri = node.Attribute("Algorithm");
  return uri == nullptr ? "" : *uri;
}

xml::CanonicalOptions OptionsOf(const FragmentNode& method) {
  xml::CanonicalOptions options;
  if (const auto* known = xades::FindCanonicalization(AlgorithmOf(method))) {
    options.method = known->method;
    options.with_comments = known->with_comments;
  }
  for (const FragmentNode* list : method.Elements()) {
    const std::string* prefixes = list->Attribute("PrefixList");
    if (prefixes == nullptr) continue;
    std::string prefix;
    for (const char c : *prefixes + " ") {
      if (c != ' ') {
        prefix.push_back(c);
      } else if (!prefix.empty()) {
        options.inclusive_prefixes.push_back(prefix == "#default" ? "" : prefix);
        prefix.clear();
      }
    }
  }
  return options;
}

xml::CanonicalOptions Inclusive() {
  xml::CanonicalOptions options;
  options.method = xml::CanonicalMethod::kInclusive10;
  return options;
}

std::string Canonical(const xml::Fragment& fragment, const FragmentNode& apex,
                      const xml::CanonicalOptions& options, const FragmentNode* skip = nullptr) {
  xml::StringSink sink;
  Require(fragment.Canonicalise(apex, options, sink, skip).ok(), "canonical form");
  return sink.text();
}

// What the reference signs; `options` where no transform says how it is written.
std::string ReferencedOctets(const xml::Fragment& fragment, const Found& found,
                             const FragmentNode& reference, xml::CanonicalOptions options) {
  const std::string* uri = reference.Attribute("URI");
  if (uri == nullptr) return {};
  for (const FragmentNode* part : reference.Elements()) {
    if (part->local != "Transforms") continue;
    for (const FragmentNode* transform : part->Elements()) {
      if (xades::FindCanonicalization(AlgorithmOf(*transform)) != nullptr) {
        options = OptionsOf(*transform);
      }
    }
  }
  options.with_comments = false;
  const std::string* parent_id = found.parent->Attribute("Id");
  const FragmentNode* apex = nullptr;
  const FragmentNode* skip = found.signature;
  if (uri->empty()) {
    apex = &fragment.root();
  } else if (parent_id != nullptr && *uri == "#" + *parent_id) {
    apex = found.parent;
  } else {
    skip = nullptr;
    for (const FragmentNode* node : fragment.WithId(uri->substr(1))) {
      if (apex == nullptr) apex = node;
    }
  }
  return apex == nullptr ? "" : Canonical(fragment, *apex, options, skip);
}

std::string DigestFor(const xml::Fragment& fragment, const Found& found,
                      const FragmentNode& reference) {
  const auto* digest = xades::FindDigestMethod(AlgorithmOf(Child(reference, "DigestMethod")));
  if (digest == nullptr) return {};
  const std::string octets = ReferencedOctets(fragment, found, reference, Inclusive());
  return octets.empty() ? "" : DigestOf(digest->digest, octets);
}

bool HoldsProperties(const FragmentNode& object) {
  const auto children = object.Elements();
  return std::any_of(children.begin(), children.end(),
                     [](const auto* it) { return it->local == "QualifyingProperties"; });
}

const EVP_MD* DigestOfMethod(const std::string& uri) {
  const auto* method = xades::FindSignatureMethod(uri);
  return method == nullptr ? EVP_sha256() : EvpOf(method->scheme.digest);
}

}  // namespace

gen::PesSpec SmallSpec() {
  gen::PesSpec spec;
  spec.depense = 1;
  spec.recette = 0;
  spec.pieces = 1;
  spec.lines = 1;
  spec.attachments = 1;
  spec.attachment_size = gen::kMinAttachmentSize;
  spec.layout.encoding = gen::Encoding::kUtf8;
  spec.layout.xml_declaration = false;
  return spec;
}

std::string Between(std::string_view text, std::string_view from, std::string_view to) {
  const size_t begin = text.find(from);
  Require(begin != std::string_view::npos, std::string(from));
  const size_t end = text.find(to, begin + from.size());
  Require(end != std::string_view::npos, std::string(to));
  return std::string(text.substr(begin, end + to.size() - begin));
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  Require(at != std::string::npos, std::string(from));
  return text.replace(at, from.size(), to);
}

std::string ReplacedAll(std::string text, std::string_view from, std::string_view to) {
  Require(text.find(from) != std::string::npos, std::string(from));
  return absl::StrReplaceAll(Absl(text), {{Absl(from), Absl(to)}});
}

std::string InsertedBefore(std::string text, std::string_view mark, std::string_view inserted) {
  return Replaced(std::move(text), mark, Concat(inserted, mark));
}

std::string InsertedAfter(std::string text, std::string_view mark, std::string_view inserted) {
  return Replaced(std::move(text), mark, Concat(mark, inserted));
}

std::string InsertedBeforeLast(std::string text, std::string_view mark, std::string_view inserted) {
  const size_t at = text.rfind(mark);
  Require(at != std::string::npos, std::string(mark));
  return text.insert(at, inserted);
}

std::string SignRaw(EVP_PKEY* key, const EVP_MD* digest, std::string_view message) {
  EvpMdCtxHandle context(EVP_MD_CTX_new());
  size_t size = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(message.data());
  Require(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) == 1, "sign");
  Require(EVP_DigestSign(context.get(), nullptr, &size, data, message.size()) == 1, "sign");
  std::string value(size, '\0');
  Require(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(value.data()), &size, data,
                         message.size()) == 1,
          "sign");
  value.resize(size);
  return value;
}

std::string RawEcdsa(std::string_view der, size_t size) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const CHandle<ECDSA_SIG, ECDSA_SIG_free> signature(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  Require(signature != nullptr, "ECDSA");
  std::string raw(2 * size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  const int length = static_cast<int>(size);
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, length);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + size, length);
  return raw;
}

std::string SignedInfoOctets(const std::string& document) {
  const xml::Fragment fragment = Read(document);
  Found found;
  Require(FindSignature(fragment.root(), found), "no signature");
  const FragmentNode& info = Child(*found.signature, "SignedInfo");
  xml::StringSink sink;
  Require(fragment.Canonicalise(info, OptionsOf(Child(info, "CanonicalizationMethod")), sink).ok(),
          "canonical form");
  return sink.text();
}

std::string SignatureValueOctets(const std::string& document) {
  const xml::Fragment fragment = Read(document);
  Found found;
  Require(FindSignature(fragment.root(), found), "no signature");
  return Canonical(fragment, Child(*found.signature, "SignatureValue"), Inclusive());
}

std::string ArchiveOctets(const std::string& document, const xml::CanonicalOptions& canonical) {
  const xml::Fragment fragment = Read(document);
  Found found;
  Require(FindSignature(fragment.root(), found), "no signature");
  std::string octets, objects;
  for (const FragmentNode* it : Child(*found.signature, "SignedInfo").Elements()) {
    if (it->local == "Reference") octets += ReferencedOctets(fragment, found, *it, canonical);
  }
  for (const FragmentNode* it : found.signature->Elements()) {
    if (it->local != "Object") {
      octets += Canonical(fragment, *it, canonical);
    } else if (!HoldsProperties(*it)) {
      objects += Canonical(fragment, *it, canonical);
    } else {
      const FragmentNode& qualifying = Child(*it, "QualifyingProperties");
      if (qualifying.Elements().size() < 2) continue;
      const FragmentNode& all = Child(qualifying, "UnsignedProperties");
      for (const FragmentNode* property : Child(all, "UnsignedSignatureProperties").Elements()) {
        octets += Canonical(fragment, *property, canonical);
      }
    }
  }
  return octets + objects;
}

std::string WithValue(std::string document, const std::string& value) {
  const size_t element = document.find("<ds:SignatureValue");
  Require(element != std::string::npos, "SignatureValue");
  const size_t begin = document.find('>', element) + 1;
  const size_t end = document.find("</ds:SignatureValue>", begin);
  return document.replace(begin, end - begin, ToBase64(value));
}

std::string Resealed(std::string document, EVP_PKEY* key) {
  constexpr std::string_view kOpen = "<ds:DigestValue>";
  // The digest of what a reference names does not depend on the other digests' text, so all may be
  // replaced one after the other.
  std::vector<std::string> digests;
  std::string method;
  {
    const xml::Fragment fragment = Read(document);
    Found found;
    Require(FindSignature(fragment.root(), found), "no signature");
    const FragmentNode& info = Child(*found.signature, "SignedInfo");
    method = AlgorithmOf(Child(info, "SignatureMethod"));
    for (const FragmentNode* child : info.Elements()) {
      if (child->local == "Reference") digests.push_back(DigestFor(fragment, found, *child));
    }
  }
  size_t at = document.find("<ds:SignedInfo");
  for (const std::string& digest : digests) {
    at = document.find(kOpen, at) + kOpen.size();
    if (digest.empty()) continue;
    document.replace(at, document.find('<', at) - at, ToBase64(digest));
  }
  std::string value = SignRaw(key, DigestOfMethod(method), SignedInfoOctets(document));
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
    value = RawEcdsa(value, (static_cast<size_t>(EVP_PKEY_get_bits(key)) + 7) / 8);
  }
  return WithValue(std::move(document), value);
}

std::string X509CertificateElement(const std::string& der) {
  return Concat("<ds:X509Certificate>", ToBase64(der), "</ds:X509Certificate>");
}

std::vector<std::string> Codes(const verifier::SignatureReport& signature) {
  std::vector<std::string> codes;
  for (const auto& reason : signature.reasons) codes.push_back(reason.code);
  return codes;
}

Attack::Attack() {
  bordereau_ = Signed(SmallSpec(), signer::Selection::What::kAll);
  whole_ = Signed(SmallSpec(), signer::Selection::What::kWhole);
  signature_ = Between(bordereau_, "<ds:Signature ", "</ds:Signature>");
  element_ = Between(bordereau_, "<Bordereau ", "</Bordereau>");
}

std::string Attack::Signed(const gen::PesSpec& spec, signer::Selection::What what,
                           const std::string& profile) {
  auto parameters = signing_.Parameters(profile);
  parameters.selection.what = what;
  auto document = signing_.Sign(Generate(spec), parameters);
  Require(document.ok(), document.status().ToString());
  Require(signing_.VerifyTrusted(*document).verdict == Verdict::kTotalPassed, "signed");
  return *document;
}

void Attack::ExpectNoneIntact(const std::string& document, std::string_view code) {
  const auto report = signing_.VerifyTrusted(document);
  EXPECT_NE(report.verdict, Verdict::kTotalPassed);
  EXPECT_NE(report.verdict, Verdict::kRefused) << report.refusal;
  std::vector<std::string> codes;
  for (const auto& signature : report.signatures) {
    EXPECT_NE(signature.integrity, Integrity::kIntact) << signature.id;
    EXPECT_NE(signature.indication, verifier::Indication::kTotalPassed) << signature.id;
    const auto more = Codes(signature);
    codes.insert(codes.end(), more.begin(), more.end());
  }
  if (!code.empty()) {
    EXPECT_THAT(codes, testing::Contains(std::string(code)));
  }
}

void Attack::ExpectRefused(const std::string& document, Reason reason) {
  const auto report = signing_.VerifyTrusted(document);
  EXPECT_EQ(report.verdict, Verdict::kRefused);
  EXPECT_EQ(ReasonOf(report.refusal), reason) << report.refusal;
}

void Attack::ExpectPassed(const std::string& document) {
  const auto report = signing_.VerifyTrusted(document);
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed) << report.refusal;
  for (const auto& signature : report.signatures) {
    EXPECT_EQ(signature.integrity, Integrity::kIntact) << testing::PrintToString(Codes(signature));
  }
}

}  // namespace sceau::test
