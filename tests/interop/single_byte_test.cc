// No single changed byte may pass unnoticed: either the verdict is not INTACT any more, or libxml2
// finds everything that is signed exactly as it was.
#include <gtest/gtest.h>
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>

#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "base/c_handle.h"
#include "tests/signer/signing_support.h"

namespace sceau::test {
namespace {

using DocHandle = CHandle<xmlDoc, xmlFreeDoc>;

// What the signatures of a document cover, by libxml2: canonical forms and signature values.
class SignedParts {
 public:
  // NOENT: else libxml2 keeps &amp; in a namespace name as a reference, which is no URI.
  explicit SignedParts(const std::string& document) {
    doc_.reset(xmlReadMemory(document.data(), static_cast<int>(document.size()), nullptr, nullptr,
                             XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR |
                                 XML_PARSE_NOWARNING));
    if (doc_ == nullptr) return;
    Walk(xmlDocGetRootElement(doc_.get()));
  }
  bool operator==(const SignedParts& other) const { return parts_ == other.parts_; }
  size_t size() const { return parts_.size(); }

 private:
  static bool Is(const xmlNode* node, const char* local) {
    return node->type == XML_ELEMENT_NODE &&
           std::string(reinterpret_cast<const char*>(node->name)) == local;
  }

  void Walk(xmlNode* node) {
    if (Is(node, "SignedInfo") || Is(node, "SignedProperties")) Keep(node, nullptr);
    if (Is(node, "SignatureValue")) {
      xmlChar* text = xmlNodeGetContent(node);
      const auto value = FromBase64(reinterpret_cast<const char*>(text));
      xmlFree(text);
      parts_.push_back(value.value_or("not base64"));
    }
    if (Is(node, "Signature")) Keep(node->parent, node);
    for (xmlNode* child = node->children; child != nullptr; child = child->next) {
      if (child->type == XML_ELEMENT_NODE) Walk(child);
    }
  }

  struct Scope {
    const xmlNode* apex;
    const xmlNode* skip;
  };
  static int Visible(void* data, xmlNode* node, xmlNode* parent) {
    const auto* scope = static_cast<const Scope*>(data);
    // Namespace nodes come with their parent.
    for (const xmlNode* at = node->type == XML_NAMESPACE_DECL ? parent : node; at != nullptr;
         at = at->parent) {
      if (at == scope->skip) return 0;
      if (at == scope->apex) return 1;
    }
    return 0;
  }

  void Keep(const xmlNode* apex, const xmlNode* skip) {
    Scope scope{apex, skip};
    xmlOutputBuffer* buffer = xmlAllocOutputBuffer(nullptr);
    const int result =
        xmlC14NExecute(doc_.get(), &Visible, &scope, XML_C14N_EXCLUSIVE_1_0, nullptr, 0, buffer);
    parts_.push_back(
        result < 0 ? "no canonical form"
                   : std::string(reinterpret_cast<const char*>(xmlOutputBufferGetContent(buffer)),
                                 xmlOutputBufferGetSize(buffer)));
    xmlOutputBufferClose(buffer);
  }

  DocHandle doc_;
  std::vector<std::string> parts_;
};

class SingleByte : public testing::TestWithParam<std::string> {
 protected:
  SingleByte() {
    gen::PesSpec spec;
    spec.recette = 0;
    spec.pieces = 1;
    spec.lines = 1;
    spec.layout.oddities = true;
    auto parameters = signing_.Parameters(GetParam());
    if (GetParam() == "helios-v3-strict") {
      parameters.selection.what = signer::Selection::What::kWhole;
    }
    document_ = *signing_.Sign(Generate(spec), parameters);
  }
  Signing signing_;
  std::string document_;
};

// How many of the 255 other values each byte takes: few here, all with SCEAU_ALL_BYTES=1.
std::vector<int> Masks(size_t position) {
  std::vector<int> out;
  if (std::getenv("SCEAU_ALL_BYTES") != nullptr) {
    for (int mask = 1; mask < 256; ++mask) out.push_back(mask);
    return out;
  }
  const int walking = 1 << (position % 8);
  for (const int mask : {1, 0x20, walking}) {
    if (std::find(out.begin(), out.end(), mask) == out.end()) out.push_back(mask);
  }
  return out;
}

TEST_P(SingleByte, ChangedAnywhereIsNoticedOrChangesNothingSigned) {
  const SignedParts original(document_);
  ASSERT_GE(original.size(), 4u);
  ASSERT_EQ(signing_.Verify(document_).signatures[0].integrity, verifier::Integrity::kIntact);
  size_t intact = 0;
  size_t noticed = 0;
  for (size_t position = 0; position < document_.size(); ++position) {
    for (const int mask : Masks(position)) {
      std::string changed = document_;
      changed[position] = static_cast<char>(changed[position] ^ mask);
      const auto report = signing_.Verify(changed);
      const bool is_intact = report.signatures.size() == 1 &&
                             report.signatures[0].integrity == verifier::Integrity::kIntact;
      if (!is_intact) {
        ++noticed;
        continue;
      }
      ++intact;
      ASSERT_TRUE(SignedParts(changed) == original)
          << "byte " << position << " ^ " << mask << " near "
          << document_.substr(position < 40 ? 0 : position - 40, 80);
    }
  }
  // Both outcomes occur: the header is not signed by a bordereau's signature, the bordereau is.
  RecordProperty("noticed", static_cast<int>(noticed));
  RecordProperty("intact", static_cast<int>(intact));
  std::printf("%zu changes noticed, %zu change nothing that is signed\n", noticed, intact);
  EXPECT_GT(noticed, document_.size());
  EXPECT_GT(intact, 0u);
}

INSTANTIATE_TEST_SUITE_P(Profiles, SingleByte,
                         testing::Values("helios-v3", "helios-v3-strict", "helios-v3-xades111"),
                         [](const auto& tested) {
                           return tested.param == "helios-v3"          ? "bordereau"
                                  : tested.param == "helios-v3-strict" ? "whole"
                                                                       : "xades111";
                         });

}  // namespace
}  // namespace sceau::test
