// A generated file read back with libxml2, which shares nothing with the generator.
#pragma once

#include <libxml/tree.h>
#include <libxml/xpath.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/c_handle.h"
#include "tools/gen/generator.h"

namespace sceau::gen {

std::string Generate(const PesSpec& spec);

class PesDocument {
 public:
  explicit PesDocument(const std::string& text);
  // Not well-formed: false.
  bool ok() const { return document_ != nullptr; }

  std::vector<xmlNodePtr> Find(const std::string& xpath, xmlNodePtr from = nullptr) const;
  // The V of each element found; `xpath` is one path, not a union.
  std::vector<std::string> Values(const std::string& xpath, xmlNodePtr from = nullptr) const;
  // The sum of their amounts, in centimes.
  int64_t Sum(const std::string& xpath, xmlNodePtr from = nullptr) const;
  static std::string Text(xmlNodePtr node);

 private:
  CHandle<xmlDoc, xmlFreeDoc> document_;
};

// The file in a PJ: out of base64 and gzip; empty when either is broken.
std::string Gunzip(std::string_view base64);

}  // namespace sceau::gen
