#include "tests/support/pivot_document.h"

#include "base/bytes.h"
#include "base/strings.h"

namespace sceau::test {

std::string MakePivot(const std::vector<PivotInvoice>& invoices) {
  std::string out = Concat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CPPFacturePivot>\n<Enveloppe/>\n"
      "<CPPFactures Compteur=\"",
      invoices.size(), "\">\n");
  size_t number = 0;
  for (const PivotInvoice& invoice : invoices) {
    AppendTo(out, "<CPPFacturePivotUnitaire NumOrdre=\"", ++number, "\">\n<DonneesFacture>\n<Id>",
             invoice.id, "</Id>\n</DonneesFacture>\n");
    size_t file = 0;
    for (const PivotFile& it : invoice.files) {
      AppendTo(out, "<PJ NumOrdre=\"", ++file, "\">\n<Contenu>", ToBase64(it.content),
               "</Contenu>\n<NomPJ>", it.name, "</NomPJ>\n<TypePJ>", it.type,
               "</TypePJ>\n<MimeTypePJ>", it.mime_type, "</MimeTypePJ>\n</PJ>\n");
    }
    out += "</CPPFacturePivotUnitaire>\n";
  }
  return out + "</CPPFactures>\n</CPPFacturePivot>\n";
}

}  // namespace sceau::test
