#include "xml/canonical.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/ascii.h"
#include "base/strings.h"
#include "xml/escape.h"
#include "xml/uri_reference.h"

namespace sceau::xml {
namespace {

constexpr size_t kDigestBuffer = 64 * 1024;

// An absolute URI by RFC 3986 §3, without IP literals: what a namespace name has to be for a
// document to have a canonical form (c14n §1.3).
bool IsAbsoluteUri(std::string_view uri) {
  const size_t colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0 || !absl::ascii_isalpha(uri[0])) return false;
  const bool scheme = std::all_of(
      uri.begin(), uri.begin() + static_cast<std::ptrdiff_t>(colon),
      [](char c) { return absl::ascii_isalnum(c) || c == '+' || c == '-' || c == '.'; });
  if (!scheme || std::count(uri.begin(), uri.end(), '#') > 1) return false;
  for (size_t i = colon + 1; i < uri.size(); ++i) {
    constexpr std::string_view kMarks = "-._~:/?#@!$&'()*+,;=";
    if (uri[i] == '%') {
      const bool hex = i + 2 < uri.size() && absl::ascii_isxdigit(uri[i + 1]) &&
                       absl::ascii_isxdigit(uri[i + 2]);
      if (!hex) return false;
    } else if (!absl::ascii_isalnum(uri[i]) && kMarks.find(uri[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

void AppendAttribute(std::string_view qname, std::string_view value, std::string& out) {
  AppendTo(out, " ", qname, "=\"");
  AppendEscapedAttribute(value, out);
  out.push_back('"');
}

// Attributes by namespace URI, then local name; those in no namespace first (c14n §2.2).
bool CanonicalOrder(const Attribute* a, const Attribute* b) {
  return std::tie(a->uri, a->local) < std::tie(b->uri, b->local);
}

const Attribute* FindXmlAttribute(absl::Span<const Attribute> attributes, std::string_view local) {
  for (const Attribute& attribute : attributes) {
    if (attribute.prefix == "xml" && attribute.local == local) return &attribute;
  }
  return nullptr;
}

}  // namespace

void DigestSink::Write(std::string_view octets) {
  octets_ += static_cast<int64_t>(octets.size());
  if (buffer_.size() + octets.size() > kDigestBuffer) {
    digest_.Update(buffer_);
    buffer_.clear();
    if (octets.size() > kDigestBuffer) {
      digest_.Update(octets);
      return;
    }
  }
  buffer_.append(octets);
}

std::string DigestSink::Finish() {
  digest_.Update(buffer_);
  buffer_.clear();
  return digest_.Finish();
}

const std::string* CanonicalForm::RenderedUri(std::string_view prefix) const {
  for (auto rendered = rendered_.rbegin(); rendered != rendered_.rend(); ++rendered) {
    if (rendered->prefix == prefix) return &rendered->uri;
  }
  return nullptr;
}

bool CanonicalForm::WantsInclusive(std::string_view prefix) const {
  return options_.method != CanonicalMethod::kExclusive ||
         std::find(options_.inclusive_prefixes.begin(), options_.inclusive_prefixes.end(),
                   prefix) != options_.inclusive_prefixes.end();
}

// exc-c14n §3: the prefixes visibly utilised by the element and its attributes, and those of the
// PrefixList that are in scope.
void CanonicalForm::CollectExclusive(const StartElement& element,
                                     std::vector<NamespaceDeclaration>& out) const {
  if (!element.prefix.empty()) {
    out.push_back({element.prefix, element.uri});
  } else if (!element.uri.empty() || default_rendered_) {
    out.push_back({"", element.uri});
  }
  for (const Attribute& attribute : element.attributes) {
    if (!attribute.prefix.empty() && attribute.prefix != "xml") {
      out.push_back({attribute.prefix, attribute.uri});
    }
  }
  for (const std::string& prefix : options_.inclusive_prefixes) {
    const std::string* uri = element.scope->Find(prefix);
    if (uri != nullptr && prefix != "xml") out.push_back({prefix, *uri});
  }
}

// c14n §2.3: every namespace in scope at the apex, every declaration below it.
void CanonicalForm::CollectInclusive(const StartElement& element,
                                     std::vector<NamespaceDeclaration>& out) const {
  if (element.depth != apex_depth_) {
    out.assign(element.declarations.begin(), element.declarations.end());
    return;
  }
  const auto& bindings = element.scope->bindings();
  for (auto binding = bindings.rbegin(); binding != bindings.rend(); ++binding) {
    const bool hidden = std::any_of(out.begin(), out.end(),
                                    [&](const auto& d) { return d.prefix == binding->prefix; });
    if (!hidden) out.push_back({binding->prefix, binding->uri});
  }
}

void CanonicalForm::AppendNamespaces(const StartElement& element, std::string& out) {
  const bool exclusive = options_.method == CanonicalMethod::kExclusive;
  // The common case: nothing in a namespace, nothing to write.
  if (exclusive && element.prefix.empty() && element.uri.empty() && !default_rendered_ &&
      options_.inclusive_prefixes.empty() &&
      std::all_of(element.attributes.begin(), element.attributes.end(),
                  [](const Attribute& a) { return a.prefix.empty(); })) {
    return;
  }
  std::vector<NamespaceDeclaration> wanted;
  exclusive ? CollectExclusive(element, wanted) : CollectInclusive(element, wanted);
  std::sort(wanted.begin(), wanted.end(),
            [](const auto& a, const auto& b) { return a.prefix < b.prefix; });
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto& [prefix, uri] = wanted[i];
    if (prefix == "xml" || (i > 0 && wanted[i - 1].prefix == prefix)) continue;
    const std::string* rendered = RenderedUri(prefix);
    if (rendered == nullptr ? uri.empty() : *rendered == uri) continue;
    AppendAttribute(prefix.empty() ? "xmlns" : Concat("xmlns:", prefix), uri, out);
    rendered_.push_back({std::string(prefix), std::string(uri), element.depth});
    if (prefix.empty()) default_rendered_ = !uri.empty();
  }
}

void Canonicaliser::Open(CanonicalForm& form) { opening_.push_back(&form); }

void Canonicaliser::OpenDocument(CanonicalForm& form) {
  form.document_ = true;
  form.apex_depth_ = 1;
  forms_.push_back(&form);
}

void Canonicaliser::Drop(const CanonicalForm& form) {
  std::erase(forms_, &form);
  std::erase(opening_, &form);
}

void Canonicaliser::RememberXmlAttributes(const StartElement& element) {
  for (const Attribute& attribute : element.attributes) {
    if (attribute.prefix != "xml") continue;
    inherited_.push_back({element.depth, std::string(attribute.qname), std::string(attribute.local),
                          std::string(attribute.value)});
  }
}

// The xml:base of an apex some of whose ancestors have one: all of them joined, the innermost first
// (c14n11 §2.4).
std::optional<std::string> Canonicaliser::JoinedBase(const StartElement& element) const {
  std::optional<std::string> joined;
  bool inherited = false;
  if (const Attribute* own = FindXmlAttribute(element.attributes, "base")) joined = own->value;
  for (auto outer = inherited_.rbegin(); outer != inherited_.rend(); ++outer) {
    if (outer->local != "base") continue;
    joined = joined ? JoinUriReferences(outer->value, *joined) : outer->value;
    inherited = true;
  }
  return inherited ? joined : std::nullopt;
}

// The attributes of an apex under inclusive canonicalisation: its own and, of each name, the
// nearest xml: attribute of its ancestors that it does not set itself (c14n §2.4). Version 1.1
// inherits xml:lang and xml:space that way, joins xml:base, and leaves all others alone (c14n11
// §2.4).
void Canonicaliser::AppendApexAttributes(const CanonicalForm& form, const StartElement& element,
                                         std::string& out) const {
  std::vector<Attribute> all(element.attributes.begin(), element.attributes.end());
  const bool version11 = form.options().method == CanonicalMethod::kInclusive11;
  for (auto outer = inherited_.rbegin(); outer != inherited_.rend(); ++outer) {
    if (version11 && outer->local != "lang" && outer->local != "space") continue;
    if (FindXmlAttribute(all, outer->local) != nullptr) continue;
    all.push_back({outer->qname, "xml", outer->local, kXmlNamespace, outer->value});
  }
  const std::optional<std::string> base = version11 ? JoinedBase(element) : std::nullopt;
  if (base) {
    std::erase_if(all, [](const Attribute& a) { return a.prefix == "xml" && a.local == "base"; });
    if (!base->empty()) all.push_back({"xml:base", "xml", "base", kXmlNamespace, *base});
  }
  std::vector<const Attribute*> sorted;
  for (const Attribute& attribute : all) sorted.push_back(&attribute);
  std::sort(sorted.begin(), sorted.end(), CanonicalOrder);
  for (const Attribute* a : sorted) AppendAttribute(a->qname, a->value, out);
}

Status Canonicaliser::Start(const StartElement& element) {
  depth_ = element.depth;
  element_seen_ = true;
  for (CanonicalForm* form : opening_) {
    form->apex_depth_ = element.depth;
    forms_.push_back(form);
  }
  for (const NamespaceDeclaration& declaration : element.declarations) {
    if (!declaration.uri.empty() && !IsAbsoluteUri(declaration.uri)) {
      return Error(Reason::kNotXml, Concat("xmlns=\"", declaration.uri, "\""),
                   {element.line, element.column, std::string(element.qname)});
    }
  }
  if (!forms_.empty()) {
    sorted_.clear();
    for (const Attribute& attribute : element.attributes) sorted_.push_back(&attribute);
    if (sorted_.size() > 1) std::sort(sorted_.begin(), sorted_.end(), CanonicalOrder);
    head_.assign("<");
    head_.append(element.qname);
    tail_.clear();
    for (const Attribute* a : sorted_) AppendAttribute(a->qname, a->value, tail_);
    tail_.push_back('>');

    for (CanonicalForm* form : forms_) {
      if (form->skip_next_) {
        form->skip_next_ = false;
        if (form->skip_depth_ == 0) form->skip_depth_ = element.depth;
      }
      if (!form->Active()) continue;
      scratch_.assign(head_);
      form->AppendNamespaces(element, scratch_);
      const bool apex = form->apex_depth_ == element.depth;
      if (apex && form->options_.method != CanonicalMethod::kExclusive && !inherited_.empty()) {
        AppendApexAttributes(*form, element, scratch_);
        scratch_.push_back('>');
      } else {
        scratch_.append(tail_);
      }
      form->sink_->Write(scratch_);
    }
  }
  opening_.clear();
  RememberXmlAttributes(element);
  return OkStatus();
}

Status Canonicaliser::End(const EndElement& element) {
  depth_ = element.depth - 1;
  while (!inherited_.empty() && inherited_.back().depth >= element.depth) inherited_.pop_back();
  if (forms_.empty()) return OkStatus();
  scratch_.assign("</");
  scratch_.append(element.qname);
  scratch_.push_back('>');
  for (CanonicalForm* form : forms_) {
    if (form->skip_depth_ == element.depth) {
      form->skip_depth_ = 0;
      continue;
    }
    if (!form->Active()) continue;
    form->sink_->Write(scratch_);
    bool default_changed = false;
    while (!form->rendered_.empty() && form->rendered_.back().depth >= element.depth) {
      default_changed |= form->rendered_.back().prefix.empty();
      form->rendered_.pop_back();
    }
    if (default_changed) {
      const std::string* uri = form->RenderedUri("");
      form->default_rendered_ = uri != nullptr && !uri->empty();
    }
  }
  std::erase_if(forms_, [&](const CanonicalForm* f) { return f->EndsWith(element.depth); });
  return OkStatus();
}

void Canonicaliser::Text(std::string_view text) {
  if (forms_.empty()) return;
  scratch_.clear();
  AppendEscapedText(text, scratch_);
  for (CanonicalForm* form : forms_) {
    if (form->Active()) form->sink_->Write(scratch_);
  }
}

// An instruction or a comment. Outside the document element it takes a line of its own (c14n §2.3).
void Canonicaliser::WriteMarkup(std::string_view octets, bool comment) {
  for (CanonicalForm* form : forms_) {
    if (!form->Active() || (comment && !form->options_.with_comments)) continue;
    if (depth_ == 0 && element_seen_) form->sink_->Write("\n");
    form->sink_->Write(octets);
    if (depth_ == 0 && !element_seen_) form->sink_->Write("\n");
  }
}

void Canonicaliser::Instruction(std::string_view target, std::string_view data) {
  if (forms_.empty()) return;
  WriteMarkup(Concat("<?", target, data.empty() ? "" : " ", data, "?>"), false);
}

void Canonicaliser::Comment(std::string_view text) {
  if (forms_.empty()) return;
  WriteMarkup(Concat("<!--", text, "-->"), true);
}

}  // namespace sceau::xml
