// The signature dictionaries of a PDF.
#pragma once

#include <qpdf/QPDF.hh>
#include <vector>

#include "contents/facts.h"

namespace sceau::contents {

// Every object with ByteRange and Contents, in a form field or not, in the order of their objects;
// throws std::bad_alloc when there are more than kMaxSignatures.
std::vector<PdfSignature> SignaturesOf(QPDF& pdf);

}  // namespace sceau::contents
