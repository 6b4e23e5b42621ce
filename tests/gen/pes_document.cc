#include "tests/gen/pes_document.h"

#include <libxml/parser.h>
#include <zlib.h>

#include "base/bytes.h"

namespace sceau::gen {

std::string Generate(const PesSpec& spec) {
  std::string out;
  const auto summary = WritePes(spec, [&](std::string_view bytes) {
    out += bytes;
    return OkStatus();
  });
  return summary.ok() && summary->bytes == static_cast<int64_t>(out.size()) ? out : std::string();
}

PesDocument::PesDocument(const std::string& text)
    : document_(xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                              XML_PARSE_HUGE | XML_PARSE_NONET)) {}

std::vector<xmlNodePtr> PesDocument::Find(const std::string& xpath, xmlNodePtr from) const {
  const CHandle<xmlXPathContext, xmlXPathFreeContext> context(xmlXPathNewContext(document_.get()));
  context->node = from;
  const CHandle<xmlXPathObject, xmlXPathFreeObject> found(
      xmlXPathEvalExpression(reinterpret_cast<const xmlChar*>(xpath.c_str()), context.get()));
  std::vector<xmlNodePtr> out;
  if (found == nullptr || found->nodesetval == nullptr) return out;
  for (int i = 0; i < found->nodesetval->nodeNr; ++i) out.push_back(found->nodesetval->nodeTab[i]);
  return out;
}

std::vector<std::string> PesDocument::Values(const std::string& xpath, xmlNodePtr from) const {
  std::vector<std::string> out;
  for (xmlNodePtr node : Find(xpath + "/@V", from)) out.push_back(Text(node));
  return out;
}

int64_t PesDocument::Sum(const std::string& xpath, xmlNodePtr from) const {
  int64_t sum = 0;
  for (const std::string& value : Values(xpath, from)) {
    const size_t point = value.find('.');
    sum += std::stoll(value.substr(0, point)) * 100 + std::stoll(value.substr(point + 1));
  }
  return sum;
}

std::string PesDocument::Text(xmlNodePtr node) {
  xmlChar* content = xmlNodeGetContent(node);
  std::string out(reinterpret_cast<const char*>(content));
  xmlFree(content);
  return out;
}

std::string Gunzip(std::string_view base64) {
  auto compressed = FromBase64(base64);
  if (!compressed) return {};
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return {};
  stream.next_in = reinterpret_cast<Bytef*>(compressed->data());
  stream.avail_in = static_cast<uInt>(compressed->size());
  std::string out;
  std::string buffer(64 << 10, '\0');
  int result = Z_OK;
  while (result == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    result = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer, 0, buffer.size() - stream.avail_out);
  }
  const bool whole = result == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  return whole ? out : std::string();
}

}  // namespace sceau::gen
