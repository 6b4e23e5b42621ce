// One canonical form of a text.
#pragma once

#include <optional>
#include <string>

#include "tests/xml/forms.h"
#include "xml/canonical.h"

namespace sceau::test {

// The canonical form of the n-th element (in document order, from 0), or of the document (-1).
inline StatusOr<std::string> Canonical(std::string_view document,
                                       const xml::CanonicalOptions& options, int element) {
  const FormOrder order{options, element};
  SCEAU_ASSIGN_OR_RETURN(auto forms, FormsOf(FileOf(document), {&order, 1}));
  return std::move(forms.front());
}

}  // namespace sceau::test
