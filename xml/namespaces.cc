#include "xml/namespaces.h"

namespace sceau::xml {

void NamespaceScope::Declare(std::string_view prefix, std::string_view uri, int depth) {
  bindings_.push_back({std::string(prefix), std::string(uri), depth});
  if (prefix.empty()) default_uri_ = bindings_.back().uri;
}

void NamespaceScope::Leave(int depth) {
  bool default_changed = false;
  while (!bindings_.empty() && bindings_.back().depth >= depth) {
    default_changed |= bindings_.back().prefix.empty();
    bindings_.pop_back();
  }
  if (!default_changed) return;
  default_uri_ = {};
  for (const Binding& binding : bindings_) {
    if (binding.prefix.empty()) default_uri_ = binding.uri;
  }
}

const std::string* NamespaceScope::Find(std::string_view prefix) const {
  static const std::string kNone;
  static const std::string kXml(kXmlNamespace);
  for (auto binding = bindings_.rbegin(); binding != bindings_.rend(); ++binding) {
    if (binding->prefix == prefix) return &binding->uri;
  }
  if (prefix.empty()) return &kNone;
  return prefix == "xml" ? &kXml : nullptr;
}

}  // namespace sceau::xml
