#include "tests/xml/forms.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/strings.h"
#include "tests/support/require.h"
#include "xml/fragment.h"
#include "xml/parser.h"

namespace sceau::test {
namespace {

class OutlineReader final : public xml::Handler {
 public:
  Outline outline;

  Status OnStart(const xml::StartElement& element) override {
    open_.resize(static_cast<size_t>(element.depth - 1));
    Outline::Element& noted = outline.elements.emplace_back();
    noted.depth = element.depth;
    noted.parent = open_.empty() ? -1 : open_.back();
    open_.push_back(static_cast<int>(outline.elements.size()) - 1);
    for (const xml::Attribute& a : element.attributes) {
      if (a.qname == "xml:base") noted.base = a.value;
    }
    for (const xml::NamespaceDeclaration& d : element.declarations) {
      outline.ampersand_in_namespace |= d.uri.find('&') != std::string_view::npos;
      auto& prefixes = outline.prefixes;
      if (std::find(prefixes.begin(), prefixes.end(), d.prefix) == prefixes.end()) {
        prefixes.emplace_back(d.prefix);
      }
    }
    return OkStatus();
  }
  Status OnEnd(const xml::EndElement&) override { return OkStatus(); }

 private:
  std::vector<int> open_;
};

class FormsReader final : public xml::CanonicalHandler {
 public:
  explicit FormsReader(absl::Span<const FormOrder> orders) {
    for (const FormOrder& order : orders) {
      runs_.push_back(std::make_unique<Run>(order));
      if (order.apex < 0) canonicaliser_.OpenDocument(runs_.back()->form);
    }
  }

  Status OnStart(const xml::StartElement& element) override {
    for (auto& run : runs_) {
      if (run->order.apex == count_) canonicaliser_.Open(run->form);
      if (run->order.skip == count_) run->form.SkipNextElement();
    }
    ++count_;
    return canonicaliser_.Start(element);
  }

  std::vector<std::string> Texts() const {
    std::vector<std::string> out;
    for (const auto& run : runs_) out.push_back(run->sink.text());
    return out;
  }

 private:
  struct Run {
    explicit Run(const FormOrder& o) : order(o), form(o.options, sink) {}
    const FormOrder& order;
    xml::StringSink sink;
    xml::CanonicalForm form;
  };
  std::vector<std::unique_ptr<Run>> runs_;
  int count_ = 0;
};

// Captures one element as a fragment.
class FragmentReader final : public xml::Handler {
 public:
  explicit FragmentReader(int root) : root_(root) {}
  xml::Fragment Take() { return builder_.Take(); }

  Status OnStart(const xml::StartElement& element) override {
    const int index = count_++;
    if (builder_.Active()) return builder_.Start(element);
    if (index == root_) {
      std::vector<xml::FragmentNode::Attr> around;
      for (const auto& [depth, attribute] : xml_attributes_) around.push_back(attribute);
      builder_.Begin(element, std::move(around));
      return OkStatus();
    }
    for (const xml::Attribute& a : element.attributes) {
      if (a.prefix != "xml") continue;
      xml_attributes_.push_back({element.depth,
                                 {std::string(a.qname), "xml", std::string(a.local),
                                  std::string(a.uri), std::string(a.value)}});
    }
    return OkStatus();
  }
  Status OnEnd(const xml::EndElement& element) override {
    if (builder_.Active()) builder_.End();
    while (!xml_attributes_.empty() && xml_attributes_.back().first >= element.depth) {
      xml_attributes_.pop_back();
    }
    return OkStatus();
  }
  Status OnText(std::string_view text) override {
    return builder_.Active() ? builder_.Text(text) : OkStatus();
  }
  Status OnInstruction(std::string_view target, std::string_view data) override {
    return builder_.Active() ? builder_.Instruction(target, data) : OkStatus();
  }
  Status OnComment(std::string_view text) override {
    return builder_.Active() ? builder_.Comment(text) : OkStatus();
  }

 private:
  const int root_;
  int count_ = 0;
  xml::FragmentBuilder builder_;
  std::vector<std::pair<int, xml::FragmentNode::Attr>> xml_attributes_;
};

const xml::FragmentNode* Nth(const xml::FragmentNode& node, int& countdown) {
  if (countdown-- == 0) return &node;
  for (const xml::FragmentNode* child : node.Elements()) {
    if (const xml::FragmentNode* found = Nth(*child, countdown)) return found;
  }
  return nullptr;
}

}  // namespace

std::string Describe(const FormOrder& order) {
  static constexpr const char* kMethods[] = {"exclusive", "inclusive 1.0", "inclusive 1.1"};
  std::string out = kMethods[static_cast<int>(order.options.method)];
  if (order.options.with_comments) out += " with comments";
  for (const std::string& prefix : order.options.inclusive_prefixes) {
    AppendTo(out, " [", prefix, "]");
  }
  AppendTo(out, ", apex ", order.apex, ", without ", order.skip);
  return out;
}

InputFile FileOf(std::string_view text) {
  FileDescriptor descriptor(memfd_create("document", MFD_CLOEXEC));
  Require(descriptor.get() >= 0, "memfd_create");
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t written = write(descriptor.get(), rest.data(), rest.size());
    Require(written > 0, "write");
    rest.remove_prefix(static_cast<size_t>(written));
  }
  auto file = InputFile::FromDescriptor(std::move(descriptor));
  Require(file.ok(), "file in memory");
  return *std::move(file);
}

int Outline::EndOf(int element) const {
  const int count = static_cast<int>(elements.size());
  if (element < 0) return count;
  const int depth = elements[static_cast<size_t>(element)].depth;
  int end = element + 1;
  while (end < count && elements[static_cast<size_t>(end)].depth > depth) ++end;
  return end;
}

StatusOr<Outline> OutlineOf(const InputFile& file) {
  OutlineReader reader;
  SCEAU_RETURN_IF_ERROR(xml::Parse(file, reader).status());
  return std::move(reader.outline);
}

StatusOr<std::vector<std::string>> FormsOf(const InputFile& file,
                                           absl::Span<const FormOrder> orders) {
  FormsReader reader(orders);
  SCEAU_RETURN_IF_ERROR(xml::Parse(file, reader).status());
  return reader.Texts();
}

StatusOr<std::string> FormOfFragment(const InputFile& file, int root, const FormOrder& order) {
  FragmentReader reader(root);
  SCEAU_RETURN_IF_ERROR(xml::Parse(file, reader).status());
  const xml::Fragment fragment = reader.Take();
  int to_apex = order.apex - root;
  int to_skip = order.skip - root;
  const xml::FragmentNode* apex = Nth(fragment.root(), to_apex);
  const xml::FragmentNode* skip = order.skip < 0 ? nullptr : Nth(fragment.root(), to_skip);
  Require(apex != nullptr, "the apex lies in the fragment");
  xml::StringSink sink;
  SCEAU_RETURN_IF_ERROR(fragment.Canonicalise(*apex, order.options, sink, skip));
  return sink.text();
}

}  // namespace sceau::test
