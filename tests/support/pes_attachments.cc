#include "tests/support/pes_attachments.h"

#include "base/bytes.h"
#include "base/strings.h"
#include "tests/support/pdf_document.h"
#include "tests/support/require.h"

namespace sceau::test {

std::string WithPart(std::string text, std::string_view from, std::string_view to,
                     std::string_view by) {
  const size_t begin = text.find(from);
  Require(begin != std::string::npos, std::string(from));
  const size_t end = text.find(to, begin);
  Require(end != std::string::npos, std::string(to));
  return text.replace(begin, end + to.size() - begin, by);
}

std::string WithAttachment(std::string pes, size_t index, const std::string& name,
                           std::string_view content) {
  size_t begin = pes.find("<PJ>");
  for (; index > 0 && begin != std::string::npos; --index) begin = pes.find("<PJ>", begin + 1);
  Require(begin != std::string::npos, "PJ");
  const size_t end = pes.find("</PJ>", begin);
  std::string piece = pes.substr(begin, end - begin);
  const std::string type = content.starts_with("%PDF-") ? "application/pdf" : "text/xml";
  piece = WithPart(piece, "<Contenu>", "</Contenu>",
                   Concat("<Contenu><Fichier MIMEType=\"", type, "\">", ToBase64(Gzip(content)),
                          "</Fichier></Contenu>"));
  if (piece.find("<NomPJ") != std::string::npos) piece = WithPart(piece, "<NomPJ", "/>", "");
  const size_t behind_id = piece.find("/>", piece.find("<IdUnique")) + 2;
  piece.insert(behind_id, Concat("<NomPJ V=\"", name, "\"/>"));
  return pes.replace(begin, end - begin, piece);
}

}  // namespace sceau::test
