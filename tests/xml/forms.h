// Canonical forms on order: which elements of a document, by which method, without which part.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "base/file.h"
#include "base/status.h"
#include "xml/canonical.h"

namespace sceau::test {

// Elements count in document order, from 0.
struct FormOrder {
  xml::CanonicalOptions options;
  int apex = -1;  // -1: the whole document
  int skip = -1;  // an element of the apex that is left out with its subtree; -1: none
};

std::string Describe(const FormOrder& order);

// The document as a file in memory.
InputFile FileOf(std::string_view text);

// What the orders may choose from.
struct Outline {
  struct Element {
    int depth;                        // from 1
    int parent;                       // -1 for the document element
    std::optional<std::string> base;  // its own xml:base
  };
  std::vector<Element> elements;
  std::vector<std::string> prefixes;    // declared, each once
  bool ampersand_in_namespace = false;  // libxml2 writes it as it is (canonical_test.cc)

  // One past the last element of the subtree; -1: of the document.
  int EndOf(int element) const;
};
StatusOr<Outline> OutlineOf(const InputFile& file);

// All forms, made in one pass.
StatusOr<std::vector<std::string>> FormsOf(const InputFile& file,
                                           absl::Span<const FormOrder> orders);

// The same form made from a fragment captured from the events: the element `root`, around the apex.
StatusOr<std::string> FormOfFragment(const InputFile& file, int root, const FormOrder& order);

}  // namespace sceau::test
