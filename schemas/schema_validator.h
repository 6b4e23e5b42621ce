// Validates the events of a document against a compiled schema while they pass.
//
// libxml2's streaming validation is fed with the events of the one parser, so the gates stay before
// it and it opens nothing itself. Memory is bounded by the open elements: text longer than kMaxText
// (an attachment) never reaches it, since it is quadratic there; an empty value takes its place, and
// what was held back must be base64.
#pragma once

#include <libxml/parser.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_set.h"
#include "schemas/compiled_schema.h"
#include "schemas/finding.h"
#include "xml/events.h"

namespace sceau::schemas {

using ValidContext = CHandle<xmlSchemaValidCtxt, xmlSchemaFreeValidCtxt>;
using SaxPlug = CHandle<xmlSchemaSAXPlugStruct, xmlSchemaSAXUnplug>;

class SchemaValidator final : public xml::Handler {
 public:
  static constexpr size_t kMaxText = 64 * 1024;    // bytes of one element
  static constexpr size_t kMaxNames = 64 * 1024;   // different names in one document
  static constexpr size_t kMaxFindings = 1000;     // kept; all are counted

  explicit SchemaValidator(std::shared_ptr<const CompiledSchema> schema);
  ~SchemaValidator() override;
  SchemaValidator(const SchemaValidator&) = delete;
  SchemaValidator& operator=(const SchemaValidator&) = delete;

  // Errors: kXmlLimitExceeded; kInternal when libxml2 fails.
  Status OnStart(const xml::StartElement& element) override;
  Status OnEnd(const xml::EndElement& element) override;
  Status OnText(std::string_view text) override;

  // Whether the document is valid; after its end.
  bool valid() const { return errors_ == 0; }
  int64_t errors() const { return errors_; }
  // The first kMaxFindings, in document order.
  std::vector<Finding>& findings() { return findings_; }

 private:
  struct Frame {
    const std::string* qname = nullptr;
    const std::string* local = nullptr;
    const std::string* prefix = nullptr;
    const std::string* uri = nullptr;
    int64_t line = 0, column = 0;
    int64_t index = 1;      // among its siblings of this name
    bool has_children = false;
    std::string text;       // at most kMaxText
    bool held_back = false; // the text was longer
    bool base64 = true;     // what was held back has only base64's characters
    bool said = false;      // an error of the element itself was told
    absl::flat_hash_map<const std::string*, int64_t> children;
  };

  const std::string* Intern(std::string_view text);
  void FeedText(Frame& frame);
  void FeedStart(const xml::StartElement& element, const Frame& frame);
  std::string PathOfOpen() const;
  void Add(std::string_view rule, std::string value, std::string constraint);
  static void OnError(void* self, xmlErrorPtr error);
  void Take(const xmlError& error);

  std::shared_ptr<const CompiledSchema> schema_;
  ValidContext context_;
  xmlSAXHandler* sax_ = nullptr;
  void* sax_data_ = nullptr;
  SaxPlug plug_;
  absl::node_hash_set<std::string> names_;
  std::vector<Frame> frames_;
  size_t depth_ = 0;  // frames in use; the rest keep their memory
  const xml::StartElement* starting_ = nullptr;
  std::string last_place_;  // of the last finding: libxml2 tells one fault twice
  std::vector<Finding> findings_;
  int64_t errors_ = 0;
  bool internal_ = false;
};

}  // namespace sceau::schemas
