// A digest of a signed element that has to be made and compared.
#pragma once

#include <string>

#include "base/digest.h"
#include "xml/canonical.h"

namespace sceau::verifier {

struct ContentReference {
  bool whole_document = false;  // URI="": also what stands around the document element
  bool elsewhere = false;       // the element with this Id, wherever it stands; else the parent
  bool of_root = false;         // the document or its element
  bool enveloped = true;        // the signature itself is left out
  bool detached = false;        // a file beside the document, byte for byte; `id` is its name
  xml::CanonicalOptions canonical;
  DigestAlgorithm digest = DigestAlgorithm::kSha256;
  std::string expected;  // raw
  std::string id;        // the Id it names; empty for URI=""
};

}  // namespace sceau::verifier
