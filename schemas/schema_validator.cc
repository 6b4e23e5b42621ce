#include "schemas/schema_validator.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "schemas/schema_errors.h"

namespace sceau::schemas {
namespace {

const xmlChar* Octets(const std::string* text) {
  return text == nullptr ? nullptr : reinterpret_cast<const xmlChar*>(text->c_str());
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

constexpr std::array<bool, 256> kBase64Text = [] {
  std::array<bool, 256> out{};
  for (const unsigned char c : std::string_view(
           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\n\r")) {
    out[c] = true;
  }
  return out;
}();

bool IsBase64Text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return kBase64Text[c]; });
}

}  // namespace

SchemaValidator::SchemaValidator(std::shared_ptr<const CompiledSchema> schema)
    : schema_(std::move(schema)), context_(xmlSchemaNewValidCtxt(schema_->get())) {
  if (context_ == nullptr) return;
  xmlSchemaSetValidStructuredErrors(context_.get(), &SchemaValidator::OnError, this);
  plug_.reset(xmlSchemaSAXPlug(context_.get(), &sax_, &sax_data_));
}

// libxml2 gives back what it keeps for uniqueness only when the elements end: a document that was
// given up is ended here, and nobody is told of what that makes wrong.
SchemaValidator::~SchemaValidator() {
  if (plug_ == nullptr || depth_ == 0) return;
  xmlSchemaSetValidStructuredErrors(
      context_.get(), [](void*, xmlErrorPtr) {}, nullptr);
  for (; depth_ > 0; --depth_) {
    const Frame& frame = frames_[depth_ - 1];
    sax_->endElementNs(sax_data_, Octets(frame.local), Octets(frame.prefix), Octets(frame.uri));
  }
}

const std::string* SchemaValidator::Intern(std::string_view text) {
  const auto found = names_.find(Absl(text));
  if (found != names_.end()) return &*found;
  return &*names_.emplace(text).first;
}

Status SchemaValidator::OnStart(const xml::StartElement& element) {
  if (plug_ == nullptr) return Error(Reason::kInternal, "xmlSchemaSAXPlug");
  if (names_.size() >= kMaxNames) {
    return Error(Reason::kXmlLimitExceeded, "names", {element.line, element.column, ""});
  }
  if (depth_ == frames_.size()) frames_.emplace_back();
  Frame& frame = frames_[depth_];
  frame.qname = Intern(element.qname);
  frame.local = Intern(element.local);
  frame.prefix = element.prefix.empty() ? nullptr : Intern(element.prefix);
  frame.uri = element.uri.empty() ? nullptr : Intern(element.uri);
  frame.line = element.line;
  frame.column = element.column;
  frame.index = 1;
  frame.has_children = false;
  frame.text.clear();
  frame.held_back = false;
  frame.base64 = true;
  frame.children.clear();
  if (depth_ > 0) {
    Frame& parent = frames_[depth_ - 1];
    // Blanks between elements mean nothing, and libxml2 would join them all.
    if (!IsBlank(parent.text)) FeedText(parent);
    parent.text.clear();
    parent.has_children = true;
    frame.index = ++parent.children[frame.qname];
  }
  ++depth_;
  starting_ = &element;
  FeedStart(element, frame);
  starting_ = nullptr;
  return internal_ ? Error(Reason::kInternal, "libxml2") : OkStatus();
}

void SchemaValidator::FeedStart(const xml::StartElement& element, const Frame& frame) {
  std::vector<const xmlChar*> namespaces;
  for (const xml::NamespaceDeclaration& declaration : element.declarations) {
    namespaces.push_back(declaration.prefix.empty() ? nullptr : Octets(Intern(declaration.prefix)));
    namespaces.push_back(Octets(Intern(declaration.uri)));
  }
  std::vector<std::string> values;
  values.reserve(element.attributes.size());
  std::vector<const xmlChar*> attributes;
  for (const xml::Attribute& attribute : element.attributes) {
    // libxml2's handler expects an ampersand as the reference its own parser leaves there.
    std::string& value = values.emplace_back();
    for (char c : attribute.value) c == '&' ? value += "&#38;" : value += c;
    attributes.push_back(Octets(Intern(attribute.local)));
    attributes.push_back(attribute.prefix.empty() ? nullptr : Octets(Intern(attribute.prefix)));
    attributes.push_back(attribute.uri.empty() ? nullptr : Octets(Intern(attribute.uri)));
    attributes.push_back(Octets(&value));
    attributes.push_back(Octets(&value) + value.size());
  }
  sax_->startElementNs(sax_data_, Octets(frame.local), Octets(frame.prefix), Octets(frame.uri),
                       static_cast<int>(element.declarations.size()), namespaces.data(),
                       static_cast<int>(element.attributes.size()), 0, attributes.data());
}

Status SchemaValidator::OnText(std::string_view text) {
  if (depth_ == 0) return OkStatus();
  Frame& frame = frames_[depth_ - 1];
  if (!frame.held_back && frame.text.size() + text.size() <= kMaxText) {
    frame.text += text;
    return OkStatus();
  }
  if (!frame.held_back) {
    frame.held_back = true;
    frame.base64 = IsBase64Text(frame.text);
    frame.text.clear();
  }
  frame.base64 = frame.base64 && IsBase64Text(text);
  return OkStatus();
}

void SchemaValidator::FeedText(Frame& frame) {
  if (frame.text.empty()) return;
  sax_->characters(sax_data_, reinterpret_cast<const xmlChar*>(frame.text.data()),
                   static_cast<int>(frame.text.size()));
}

Status SchemaValidator::OnEnd(const xml::EndElement&) {
  Frame& frame = frames_[depth_ - 1];
  if (!frame.has_children || !IsBlank(frame.text)) FeedText(frame);
  if (frame.held_back && !frame.base64) Add("SCHEMA_TEXT_TOO_LONG", "", Concat(kMaxText));
  sax_->endElementNs(sax_data_, Octets(frame.local), Octets(frame.prefix), Octets(frame.uri));
  --depth_;
  return internal_ ? Error(Reason::kInternal, "libxml2") : OkStatus();
}

std::string SchemaValidator::PathOfOpen() const {
  std::string path;
  for (size_t i = 0; i < depth_; ++i) {
    AppendTo(path, "/", *frames_[i].qname);
    // The root and the parts below it stand once.
    if (i >= 2 || frames_[i].index > 1) AppendTo(path, "[", frames_[i].index, "]");
  }
  return path;
}

void SchemaValidator::OnError(void* self, xmlErrorPtr error) {
  static_cast<SchemaValidator*>(self)->Take(*error);
}

void SchemaValidator::Take(const xmlError& error) {
  if (error.code == XML_SCHEMAV_INTERNAL || error.domain != XML_FROM_SCHEMASV) {
    internal_ = true;
    return;
  }
  if (error.level < XML_ERR_ERROR || depth_ == 0) return;
  const Frame& frame = frames_[depth_ - 1];
  SchemaFault fault = FaultOf(error.code, error.message == nullptr ? "" : error.message);
  // A value that breaks a facet is told again as not of the type.
  const std::string place = Concat(frame.line, ":", frame.column, ":", fault.attribute);
  if (fault.of_value && place == last_place_) return;
  last_place_ = fault.of_value ? place : "";
  std::string value;
  if (!fault.attribute.empty()) {
    if (starting_ != nullptr) {
      for (const xml::Attribute& attribute : starting_->attributes) {
        if (attribute.qname == fault.attribute) value = attribute.value;
      }
    }
  } else if (fault.of_value) {
    value = frame.text;
  }
  Add(fault.rule, std::move(value), std::move(fault.constraint));
  if (!findings_.empty() && errors_ <= static_cast<int64_t>(kMaxFindings) &&
      !fault.attribute.empty()) {
    AppendTo(findings_.back().place.element, "/@", fault.attribute);
  }
}

void SchemaValidator::Add(std::string_view rule, std::string value, std::string constraint) {
  if (++errors_ > static_cast<int64_t>(kMaxFindings)) return;
  const Frame& frame = frames_[depth_ - 1];
  Finding finding{Severity::kError,
                  std::string(rule),
                  {frame.line, frame.column, PathOfOpen()},
                  ShortValue(constraint)};
  finding.value = ShortValue(value);
  findings_.push_back(std::move(finding));
}

}  // namespace sceau::schemas
