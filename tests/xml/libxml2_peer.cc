#include "tests/xml/libxml2_peer.h"

#include <libxml/c14n.h>
#include <libxml/parser.h>

namespace sceau::test {
namespace {

using ContextHandle = CHandle<xmlParserCtxt, xmlFreeParserCtxt>;

int ModeOf(xml::CanonicalMethod method) {
  switch (method) {
    case xml::CanonicalMethod::kExclusive:
      return XML_C14N_EXCLUSIVE_1_0;
    case xml::CanonicalMethod::kInclusive10:
      return XML_C14N_1_0;
    case xml::CanonicalMethod::kInclusive11:
      return XML_C14N_1_1;
  }
  return -1;
}

// The next node in document order.
const xmlNode* Next(const xmlNode* node) {
  if (node->children != nullptr) return node->children;
  while (node != nullptr && node->next == nullptr) {
    node = node->parent;
    if (node != nullptr && node->type == XML_DOCUMENT_NODE) return nullptr;
  }
  return node == nullptr ? nullptr : node->next;
}

void Silence(void*, const char*, ...) {}

}  // namespace

Libxml2::Libxml2(std::string_view document) {
  // Without XML_PARSE_NOENT libxml2 leaves &amp; in a namespace name as "&#38;".
  xmlSetGenericErrorFunc(nullptr, &Silence);
  ContextHandle context(xmlNewParserCtxt());
  doc_.reset(xmlCtxtReadMemory(context.get(), document.data(), static_cast<int>(document.size()),
                               nullptr, nullptr,
                               XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_NOERROR |
                                   XML_PARSE_NOWARNING | XML_PARSE_HUGE));
  parsed_ = doc_ != nullptr && context->wellFormed == 1 && context->nsWellFormed == 1;
  const xmlError* error = xmlCtxtGetLastError(context.get());
  if (error != nullptr && error->message != nullptr) error_ = error->message;
  if (!parsed_) return;
  for (const xmlNode* at = xmlDocGetRootElement(doc_.get()); at != nullptr; at = Next(at)) {
    if (at->type == XML_ELEMENT_NODE) elements_.push_back(at);
  }
}

const xmlNode* Libxml2::Element(int index) const {
  return index < 0 ? nullptr : elements_.at(static_cast<size_t>(index));
}

int Libxml2::Visible(void* data, xmlNode* node, xmlNode* parent) {
  const auto* self = static_cast<const Libxml2*>(data);
  const xmlNode* at = node->type == XML_NAMESPACE_DECL ? parent : node;
  for (; at != nullptr; at = at->parent) {
    if (at == self->skip_) return 0;
    if (at == self->apex_) return 1;
  }
  return 0;
}

std::optional<std::string> Libxml2::Form(const FormOrder& order) {
  apex_ = order.apex < 0 ? reinterpret_cast<const xmlNode*>(doc_.get()) : Element(order.apex);
  skip_ = Element(order.skip);
  std::vector<xmlChar*> prefixes;
  for (const std::string& prefix : order.options.inclusive_prefixes) {
    const char* name = prefix.empty() ? "#default" : prefix.c_str();
    prefixes.push_back(reinterpret_cast<xmlChar*>(const_cast<char*>(name)));
  }
  prefixes.push_back(nullptr);
  const bool exclusive = order.options.method == xml::CanonicalMethod::kExclusive;
  const bool all = order.apex < 0 && order.skip < 0;
  xmlOutputBuffer* buffer = xmlAllocOutputBuffer(nullptr);
  const int result = xmlC14NExecute(
      doc_.get(), all ? nullptr : &Visible, this, ModeOf(order.options.method),
      exclusive ? prefixes.data() : nullptr, order.options.with_comments ? 1 : 0, buffer);
  std::optional<std::string> out;
  if (result >= 0) {
    out.emplace(reinterpret_cast<const char*>(xmlOutputBufferGetContent(buffer)),
                xmlOutputBufferGetSize(buffer));
  }
  xmlOutputBufferClose(buffer);
  return out;
}

}  // namespace sceau::test
