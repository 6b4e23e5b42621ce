#include "schemas/content_type.h"

namespace sceau::schemas {
namespace {

using namespace std::string_view_literals;

struct Magic {
  ContentType type;
  std::string_view begin;
};

// ISO 32000-1 §7.5.2; JPEG's SOI and the marker after it; PNG §5.2; ZIP's local header, end of an
// empty archive.
constexpr Magic kMagic[] = {
    {ContentType::kPdf, "%PDF-"sv},
    {ContentType::kJpeg, "\xFF\xD8\xFF"sv},
    {ContentType::kPng, "\x89PNG\r\n\x1A\n"sv},
    {ContentType::kZip, "PK\x03\x04"sv},
    {ContentType::kZip, "PK\x05\x06"sv},
};

struct Shown {
  ContentType type;
  std::string_view name, extension, media_type;
};
constexpr Shown kShown[] = {
    {ContentType::kPdf, "PDF", ".pdf", "application/pdf"},
    {ContentType::kJpeg, "JPG", ".jpg", "image/jpeg"},
    {ContentType::kPng, "PNG", ".png", "image/png"},
    {ContentType::kXml, "XML", ".xml", "text/xml"},
    {ContentType::kZip, "ZIP", ".zip", "application/zip"},
    {ContentType::kOther, "OTHER", "", "application/octet-stream"},
};

const Shown& ShownOf(ContentType type) {
  for (const Shown& it : kShown) {
    if (it.type == type) return it;
  }
  return kShown[5];
}

// "<?xml", or an element's start tag after white space: what the XML gate would go on reading.
bool LooksLikeXml(std::string_view head) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (head.substr(0, kMark.size()) == kMark) head.remove_prefix(kMark.size());
  if (head.substr(0, 5) == "<?xml") return true;
  const size_t at = head.find_first_not_of(" \t\r\n");
  if (at == std::string_view::npos || head[at] != '<' || at + 1 >= head.size()) return false;
  const auto first = static_cast<unsigned char>(head[at + 1]);
  return first >= 0x80 || first == '_' || (first >= 'A' && first <= 'Z') ||
         (first >= 'a' && first <= 'z');
}

}  // namespace

ContentType ContentTypeOf(std::string_view head) {
  for (const Magic& magic : kMagic) {
    if (head.substr(0, magic.begin.size()) == magic.begin) return magic.type;
  }
  return LooksLikeXml(head) ? ContentType::kXml : ContentType::kOther;
}

std::string_view NameOf(ContentType type) { return ShownOf(type).name; }
std::string_view MediaTypeOf(ContentType type) { return ShownOf(type).media_type; }
std::string_view ExtensionOf(ContentType type) { return ShownOf(type).extension; }

}  // namespace sceau::schemas
