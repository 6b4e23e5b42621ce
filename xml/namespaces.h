// The namespace bindings in scope while a document passes (Namespaces in XML 1.0).
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "base/status.h"

namespace sceau::xml {

inline constexpr std::string_view kXmlNamespace = "http://www.w3.org/XML/1998/namespace";

class NamespaceScope {
 public:
  struct Binding {
    std::string prefix;
    std::string uri;
    int depth = 0;  // of the element that declares it; 0: context from outside
  };
  // More bindings in scope, and longer names, than any real document has: every element is looked
  // up in the bindings, and exclusive canonicalisation writes the name out again and again.
  static constexpr size_t kMaxBindings = 256;
  static constexpr size_t kMaxUri = 256;  // bytes

  void Declare(std::string_view prefix, std::string_view uri, int depth);
  // Forgets what elements at `depth` and below declared.
  void Leave(int depth);

  // The URI bound to the prefix, or nullptr; the empty prefix without binding gives an empty URI.
  const std::string* Find(std::string_view prefix) const;
  std::string_view DefaultUri() const { return default_uri_; }
  // All declarations in scope, outermost first; an inner one hides an outer one of its prefix.
  const std::deque<Binding>& bindings() const { return bindings_; }

 private:
  std::deque<Binding> bindings_;  // stable addresses: views into them live while in scope
  std::string_view default_uri_;
};

}  // namespace sceau::xml
