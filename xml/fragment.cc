#include "xml/fragment.h"

#include "xml/ids.h"
#include "xml/namespaces.h"
#include "xml/parser.h"

namespace sceau::xml {
namespace {

std::unique_ptr<FragmentNode> NodeOf(const StartElement& element) {
  auto node = std::make_unique<FragmentNode>();
  node->qname = element.qname;
  node->prefix = element.prefix;
  node->local = element.local;
  node->uri = element.uri;
  node->line = element.line;
  node->column = element.column;
  for (const Attribute& a : element.attributes) {
    node->attributes.push_back({std::string(a.qname), std::string(a.prefix), std::string(a.local),
                                std::string(a.uri), std::string(a.value)});
  }
  for (const NamespaceDeclaration& d : element.declarations) {
    node->declarations.push_back({std::string(d.prefix), std::string(d.uri)});
  }
  return node;
}

// Feeds a subtree to a canonicaliser as the parser would.
class Replay {
 public:
  Replay(Canonicaliser& canonicaliser, CanonicalForm& form, const FragmentNode* apex,
         const FragmentNode* skip)
      : canonicaliser_(canonicaliser), form_(form), apex_(apex), skip_(skip) {}

  NamespaceScope& scope() { return scope_; }

  // Only the path to the apex matters outside it.
  Status Element(const FragmentNode& node, int depth, bool inside) {
    if (&node == apex_) {
      canonicaliser_.Open(form_);
      inside = true;
    }
    if (&node == skip_) form_.SkipNextElement();
    attributes_.clear();
    declarations_.clear();
    for (const auto& a : node.attributes) {
      attributes_.push_back({a.qname, a.prefix, a.local, a.uri, a.value});
    }
    for (const auto& d : node.declarations) {
      declarations_.push_back({d.prefix, d.uri});
      if (d.prefix != "xml") scope_.Declare(d.prefix, d.uri, depth);
    }
    StartElement start{node.qname, node.prefix, node.local, node.uri};
    start.attributes = attributes_;
    start.declarations = declarations_;
    start.scope = &scope_;
    start.depth = depth;
    start.line = node.line;
    start.column = node.column;
    SCEAU_RETURN_IF_ERROR(canonicaliser_.Start(start));
    for (const auto& child : node.children) {
      SCEAU_RETURN_IF_ERROR(Child(*child, depth, inside));
    }
    SCEAU_RETURN_IF_ERROR(canonicaliser_.End({node.qname, depth, {}}));
    scope_.Leave(depth);
    return OkStatus();
  }

 private:
  Status Child(const FragmentNode& child, int depth, bool inside) {
    switch (child.kind) {
      case FragmentNode::Kind::kElement:
        return Element(child, depth + 1, inside);
      case FragmentNode::Kind::kText:
        canonicaliser_.Text(child.text);
        break;
      case FragmentNode::Kind::kInstruction:
        canonicaliser_.Instruction(child.qname, child.text);
        break;
      case FragmentNode::Kind::kComment:
        canonicaliser_.Comment(child.text);
        break;
    }
    return OkStatus();
  }

  Canonicaliser& canonicaliser_;
  CanonicalForm& form_;
  const FragmentNode* apex_;
  const FragmentNode* skip_;
  NamespaceScope scope_;
  std::vector<Attribute> attributes_;
  std::vector<NamespaceDeclaration> declarations_;
};

void CollectById(const FragmentNode& node, std::string_view id,
                 std::vector<const FragmentNode*>& out) {
  if (node.kind != FragmentNode::Kind::kElement) return;
  for (const auto& a : node.attributes) {
    if (IsIdName(a.uri, a.local) && a.value == id) out.push_back(&node);
  }
  for (const auto& child : node.children) CollectById(*child, id, out);
}

class TextReader final : public Handler {
 public:
  FragmentBuilder builder;
  bool begun = false;

  Status OnStart(const StartElement& element) override {
    if (begun) return builder.Start(element);
    begun = true;
    builder.Begin(element);
    return OkStatus();
  }
  Status OnEnd(const EndElement&) override {
    builder.End();
    return OkStatus();
  }
  Status OnText(std::string_view text) override { return builder.Text(text); }
  Status OnInstruction(std::string_view target, std::string_view data) override {
    return builder.Active() ? builder.Instruction(target, data) : OkStatus();
  }
  Status OnComment(std::string_view text) override {
    return builder.Active() ? builder.Comment(text) : OkStatus();
  }
};

}  // namespace

const std::string* FragmentNode::Attribute(std::string_view name) const {
  for (const Attr& a : attributes) {
    if (a.uri.empty() && a.local == name) return &a.value;
  }
  return nullptr;
}

std::vector<const FragmentNode*> FragmentNode::Elements() const {
  std::vector<const FragmentNode*> out;
  for (const auto& child : children) {
    if (child->kind == Kind::kElement) out.push_back(child.get());
  }
  return out;
}

const FragmentNode* FragmentNode::Only(std::string_view namespace_uri,
                                       std::string_view name) const {
  const FragmentNode* found = nullptr;
  for (const auto& child : children) {
    if (!child->Is(namespace_uri, name)) continue;
    if (found != nullptr) return nullptr;
    found = child.get();
  }
  return found;
}

StatusOr<std::string> FragmentNode::Text() const {
  std::string out;
  for (const auto& child : children) {
    if (child->kind != Kind::kText) return Error(Reason::kElementMalformed, qname, At());
    out += child->text;
  }
  return out;
}

Status Fragment::Canonicalise(const FragmentNode& apex, const CanonicalOptions& options,
                              OctetSink& sink, const FragmentNode* skip) const {
  Canonicaliser canonicaliser;
  CanonicalForm form(options, sink);
  Replay replay(canonicaliser, form, &apex, skip);
  for (const auto& d : context_) replay.scope().Declare(d.prefix, d.uri, 0);
  // For the ancestors stand as many elements as they have xml: attributes.
  int depth = 0;
  for (const auto& a : xml_attributes_) {
    const xml::Attribute attribute{a.qname, a.prefix, a.local, a.uri, a.value};
    StartElement around{"around", "", "around", ""};
    around.attributes = {&attribute, 1};
    around.scope = &replay.scope();
    around.depth = ++depth;
    SCEAU_RETURN_IF_ERROR(canonicaliser.Start(around));
  }
  return replay.Element(*root_, depth + 1, false);
}

std::vector<const FragmentNode*> Fragment::WithId(std::string_view id) const {
  std::vector<const FragmentNode*> out;
  CollectById(*root_, id, out);
  return out;
}

StatusOr<Fragment> Fragment::FromText(std::string_view text) {
  TextReader reader;
  SCEAU_RETURN_IF_ERROR(ParseText(text, reader));
  return reader.builder.Take();
}

void FragmentBuilder::Begin(const StartElement& root,
                            std::vector<FragmentNode::Attr> xml_attributes) {
  fragment_ = Fragment();
  bytes_ = nodes_ = 0;
  fragment_.xml_attributes_ = std::move(xml_attributes);
  for (const auto& binding : root.scope->bindings()) {
    if (binding.depth < root.depth) fragment_.context_.push_back({binding.prefix, binding.uri});
  }
  fragment_.root_ = NodeOf(root);
  open_ = {fragment_.root_.get()};
}

Status FragmentBuilder::Count(size_t bytes) {
  bytes_ += bytes;
  ++nodes_;
  if (bytes_ <= kMaxBytes && nodes_ <= kMaxNodes) return OkStatus();
  return Error(Reason::kXmlLimitExceeded, fragment_.root_->qname, fragment_.root_->At());
}

FragmentNode& FragmentBuilder::Add(FragmentNode::Kind kind) {
  auto node = std::make_unique<FragmentNode>();
  node->kind = kind;
  open_.back()->children.push_back(std::move(node));
  return *open_.back()->children.back();
}

Status FragmentBuilder::Start(const StartElement& element) {
  size_t bytes = element.qname.size() + element.uri.size();
  for (const Attribute& a : element.attributes) {
    bytes += a.qname.size() + a.uri.size() + a.value.size();
  }
  for (const NamespaceDeclaration& d : element.declarations)
    bytes += d.prefix.size() + d.uri.size();
  SCEAU_RETURN_IF_ERROR(Count(bytes));
  open_.back()->children.push_back(NodeOf(element));
  open_.push_back(open_.back()->children.back().get());
  return OkStatus();
}

void FragmentBuilder::End() { open_.pop_back(); }

Status FragmentBuilder::Text(std::string_view text) {
  SCEAU_RETURN_IF_ERROR(Count(text.size()));
  auto& children = open_.back()->children;
  const bool continues = !children.empty() && children.back()->kind == FragmentNode::Kind::kText;
  FragmentNode& node = continues ? *children.back() : Add(FragmentNode::Kind::kText);
  node.text.append(text);
  return OkStatus();
}

Status FragmentBuilder::Instruction(std::string_view target, std::string_view data) {
  SCEAU_RETURN_IF_ERROR(Count(target.size() + data.size()));
  FragmentNode& node = Add(FragmentNode::Kind::kInstruction);
  node.qname = target;
  node.text = data;
  return OkStatus();
}

Status FragmentBuilder::Comment(std::string_view text) {
  SCEAU_RETURN_IF_ERROR(Count(text.size()));
  Add(FragmentNode::Kind::kComment).text = text;
  return OkStatus();
}

Fragment FragmentBuilder::Take() {
  open_.clear();
  return std::move(fragment_);
}

}  // namespace sceau::xml
