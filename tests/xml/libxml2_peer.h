// libxml2's answer to the same question: a document's canonical forms.
#pragma once

#include <libxml/tree.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/c_handle.h"
#include "tests/xml/forms.h"

namespace sceau::test {

class Libxml2 {
 public:
  // Reads the document, without its limits of size and without any network.
  explicit Libxml2(std::string_view document);

  // Well-formed, also by Namespaces in XML.
  bool parsed() const { return parsed_; }
  const std::string& error() const { return error_; }
  // Nothing when libxml2 refuses to make it.
  std::optional<std::string> Form(const FormOrder& order);

 private:
  static int Visible(void* data, xmlNode* node, xmlNode* parent);
  const xmlNode* Element(int index) const;

  CHandle<xmlDoc, xmlFreeDoc> doc_;
  bool parsed_ = false;
  std::string error_;
  std::vector<const xmlNode*> elements_;  // in document order
  const xmlNode* apex_ = nullptr;
  const xmlNode* skip_ = nullptr;
};

}  // namespace sceau::test
