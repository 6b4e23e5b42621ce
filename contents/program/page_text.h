// Whether the pages of a PDF show text, or only pictures of it.
#pragma once

#include <map>
#include <qpdf/QPDFObjectHandle.hh>
#include <string>

namespace sceau::contents {

// What a content stream does, with the forms it uses.
struct Painting {
  bool text = false;    // a string is shown (ISO 32000-1 §9.4.3), visible or behind a picture
  bool paint = false;   // a picture, a shading or a path is painted
  bool broken = false;  // not all of it could be decoded
  Painting& operator|=(const Painting& other) {
    text |= other.text;
    paint |= other.paint;
    broken |= other.broken;
    return *this;
  }
};

class PageTexts {
 public:
  // Of one page. A form is looked at once, on whichever page; forms in forms to kMaxDepth.
  // Throws std::bad_alloc above kMaxDecoded bytes of content streams (contents/program/pdf.h).
  Painting Of(QPDFObjectHandle page);

 private:
  static constexpr int kMaxDepth = 8;
  Painting OfXObject(QPDFObjectHandle object, int depth);
  Painting OfUses(const std::map<std::string, bool>& names, QPDFObjectHandle resources, int depth);

  std::map<QPDFObjGen, Painting> forms_;
  size_t decoded_ = 0;
};

}  // namespace sceau::contents
