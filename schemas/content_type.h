// What a content is, by its first bytes and not by its name.
#pragma once

#include <cstddef>
#include <string_view>

namespace sceau::schemas {

enum class ContentType { kPdf, kJpeg, kPng, kXml, kZip, kOther };

// Of a content's beginning that has to be known, at most.
inline constexpr size_t kContentHead = 256;  // bytes

ContentType ContentTypeOf(std::string_view head);
std::string_view NameOf(ContentType type);       // "PDF", "JPG", "PNG", "XML", "ZIP", "OTHER"
std::string_view MediaTypeOf(ContentType type);  // "application/pdf"
std::string_view ExtensionOf(ContentType type);  // ".pdf"; empty for kOther

}  // namespace sceau::schemas
