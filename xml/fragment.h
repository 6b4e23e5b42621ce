// A small part of a document held as a tree: one ds:Signature, never a document.
//
// It remembers the namespaces and xml: attributes around it, so that any of its elements can be
// canonicalised later as it stands in the document.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "xml/canonical.h"
#include "xml/events.h"

namespace sceau::xml {

struct FragmentNode {
  enum class Kind { kElement, kText, kInstruction, kComment };
  struct Attr {
    std::string qname, prefix, local, uri, value;
  };
  struct Decl {
    std::string prefix, uri;
  };

  Kind kind = Kind::kElement;
  std::string qname, prefix, local, uri;  // an instruction's target is its qname
  std::string text;                       // of text, comment, instruction
  std::vector<Attr> attributes;
  std::vector<Decl> declarations;
  std::vector<std::unique_ptr<FragmentNode>> children;
  int64_t line = 0, column = 0;

  bool Is(std::string_view namespace_uri, std::string_view name) const {
    return kind == Kind::kElement && local == name && uri == namespace_uri;
  }
  // The attribute's value (in no namespace), or nullptr.
  const std::string* Attribute(std::string_view name) const;
  // The child elements, in order.
  std::vector<const FragmentNode*> Elements() const;
  // The only child element of this name; nullptr when there is none or more than one.
  const FragmentNode* Only(std::string_view namespace_uri, std::string_view name) const;
  // The text of an element that holds nothing but text; kElementMalformed when it holds an element,
  // a comment or an instruction (P-12: a text may not be split to be read in part).
  StatusOr<std::string> Text() const;
  Place At() const { return {line, column, qname}; }
};

class Fragment {
 public:
  const FragmentNode& root() const { return *root_; }
  // Writes the canonical form of an element of the fragment, `skip` and its subtree left out.
  // Errors: those of Canonicaliser.
  Status Canonicalise(const FragmentNode& apex, const CanonicalOptions& options, OctetSink& sink,
                      const FragmentNode* skip = nullptr) const;
  // The elements with this value in an attribute named Id, ID, id or xml:id.
  std::vector<const FragmentNode*> WithId(std::string_view id) const;

  // Reads a text the program made itself. Errors: those of ParseText.
  static StatusOr<Fragment> FromText(std::string_view text);

 private:
  friend class FragmentBuilder;
  std::unique_ptr<FragmentNode> root_;
  std::vector<FragmentNode::Decl> context_;         // in scope around the root, outermost first
  std::vector<FragmentNode::Attr> xml_attributes_;  // of the ancestors, outermost first
};

// Collects a fragment from the events. The first start is its root; Done() turns true at its end.
class FragmentBuilder {
 public:
  static constexpr size_t kMaxBytes = 1 << 20;  // text, names and values together
  static constexpr size_t kMaxNodes = 50'000;

  // `root` is the first event; `xml_attributes` are all those of its ancestors, outermost first.
  void Begin(const StartElement& root, std::vector<FragmentNode::Attr> xml_attributes = {});
  // Errors: kXmlLimitExceeded.
  Status Start(const StartElement& element);
  void End();
  Status Text(std::string_view text);
  Status Instruction(std::string_view target, std::string_view data);
  Status Comment(std::string_view text);

  bool Active() const { return !open_.empty(); }
  Fragment Take();

 private:
  Status Count(size_t bytes);
  FragmentNode& Add(FragmentNode::Kind kind);

  Fragment fragment_;
  std::vector<FragmentNode*> open_;
  size_t bytes_ = 0;
  size_t nodes_ = 0;
};

}  // namespace sceau::xml
