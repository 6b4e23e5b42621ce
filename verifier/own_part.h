// Digests of parts of the signature itself.
#pragma once

#include "xades/reader.h"
#include "xml/fragment.h"

namespace sceau::verifier {

// Whether the part, whole, has the digest that the reference states: its canonical form, or what it
// holds as base64 (XML Signature §6.6.2; only of a ds:Object). Never that of nothing.
bool OwnDigestHolds(const xml::Fragment& fragment, const xades::Reference& reference,
                    const xml::FragmentNode& part);

}  // namespace sceau::verifier
