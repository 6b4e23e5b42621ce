// Canonical XML, written while the events pass: Exclusive C14N 1.0 and Canonical XML 1.0 and 1.1.
//
// A CanonicalForm is the canonical octet stream of one apex element (with its subtree), in the
// making. The Canonicaliser feeds all open forms from one stream of events: what they have in
// common (names, attributes, text) is written once, only the namespaces differ. A subtree may be
// left out of a form (the enveloped signature).
//
// Documents with a DOCTYPE never come here, so every attribute is CDATA and has no default.
// Sections: exc-c14n = W3C REC-xml-exc-c14n-20020718, c14n = REC-xml-c14n-20010315,
// c14n11 = REC-xml-c14n11-20080502.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/status.h"
#include "xml/events.h"
#include "xml/namespaces.h"

namespace sceau::xml {

enum class CanonicalMethod { kExclusive, kInclusive10, kInclusive11 };

struct CanonicalOptions {
  CanonicalMethod method = CanonicalMethod::kExclusive;
  bool with_comments = false;
  // The PrefixList of InclusiveNamespaces (exc-c14n §3); "" stands for #default.
  std::vector<std::string> inclusive_prefixes;

  bool operator==(const CanonicalOptions&) const = default;
};

// Where the octets go.
class OctetSink {
 public:
  virtual ~OctetSink() = default;
  virtual void Write(std::string_view octets) = 0;
};

class DigestSink final : public OctetSink {
 public:
  explicit DigestSink(DigestAlgorithm algorithm);
  void Write(std::string_view octets) override;
  // The digest of everything written.
  std::string Finish();
  int64_t octets() const { return octets_; }

 private:
  static constexpr size_t kBufferSize = 16 * 1024;
  void Flush();

  Digest digest_;
  std::unique_ptr<char[]> buffer_;  // small pieces are gathered before they are hashed
  size_t buffered_ = 0;
  int64_t octets_ = 0;
};

class StringSink final : public OctetSink {
 public:
  void Write(std::string_view octets) override { text_.append(octets); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class CanonicalForm {
 public:
  CanonicalForm(CanonicalOptions options, OctetSink& sink)
      : options_(std::move(options)), sink_(&sink) {}

  const CanonicalOptions& options() const { return options_; }
  // Leaves out the element whose start comes next, with everything in it.
  void SkipNextElement() { skip_next_ = true; }

 private:
  friend class Canonicaliser;
  struct Rendered {
    std::string prefix;
    std::string uri;
    int depth;
  };

  bool Active() const { return apex_depth_ > 0 && skip_depth_ == 0; }
  bool EndsWith(int depth) const { return !document_ && apex_depth_ == depth; }
  const std::string* RenderedUri(std::string_view prefix) const;
  bool WantsInclusive(std::string_view prefix) const;
  void AppendNamespaces(const StartElement& element, std::string& out);
  void CollectExclusive(const StartElement& element, std::vector<NamespaceDeclaration>& out) const;
  void CollectInclusive(const StartElement& element, std::vector<NamespaceDeclaration>& out) const;

  CanonicalOptions options_;
  OctetSink* sink_;
  int apex_depth_ = 0;
  bool document_ = false;  // the whole document: also what stands before and after its element
  int skip_depth_ = 0;     // depth of the element being left out; 0: none
  bool skip_next_ = false;
  std::vector<Rendered> rendered_;            // declarations written, by the output's open elements
  std::vector<NamespaceDeclaration> wanted_;  // of the element at hand
  bool default_rendered_ = false;  // a non-empty default namespace is in force in the output
};

class Canonicaliser {
 public:
  // The form's apex is the element whose start comes next. The form must outlive its end.
  void Open(CanonicalForm& form);
  // The form is the whole document: its element, and the instructions (and comments) around it.
  // Called before the first event.
  void OpenDocument(CanonicalForm& form);
  // Ends a form early; it is not fed any more.
  void Drop(const CanonicalForm& form);

  // Events in document order, all of the document's: a namespace URI that is not absolute anywhere
  // in it is kNotXml, with its place (c14n §1.3). After an error no form that was open may be used.
  Status Start(const StartElement& element);
  Status End(const EndElement& element);
  void Text(std::string_view text);
  void Instruction(std::string_view target, std::string_view data);
  void Comment(std::string_view text);

 private:
  struct InheritedAttribute {  // an xml: attribute of an open element
    int depth;
    std::string qname;
    std::string local;
    std::string value;
  };
  std::optional<std::string> JoinedBase(const StartElement& element) const;
  void AppendApexAttributes(const CanonicalForm& form, const StartElement& element,
                            std::string& out) const;
  void RememberXmlAttributes(const StartElement& element);
  void WriteStartTags(const StartElement& element);
  void WriteMarkup(std::string_view octets, bool comment);

  std::vector<CanonicalForm*> forms_;
  std::vector<CanonicalForm*> opening_;
  std::vector<InheritedAttribute> inherited_;
  int depth_ = 0;
  bool element_seen_ = false;
  std::string head_, tail_, scratch_;
  std::vector<const Attribute*> sorted_;
};

// Gives every event of a document to one canonicaliser; a handler of this kind opens its forms.
class CanonicalHandler : public Handler {
 public:
  Status OnStart(const StartElement& element) override { return canonicaliser_.Start(element); }
  Status OnEnd(const EndElement& element) override { return canonicaliser_.End(element); }
  Status OnText(std::string_view text) override {
    canonicaliser_.Text(text);
    return OkStatus();
  }
  Status OnInstruction(std::string_view target, std::string_view data) override {
    canonicaliser_.Instruction(target, data);
    return OkStatus();
  }
  Status OnComment(std::string_view text) override {
    canonicaliser_.Comment(text);
    return OkStatus();
  }

 protected:
  Canonicaliser canonicaliser_;
};

}  // namespace sceau::xml
