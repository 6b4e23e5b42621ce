// Chorus Pro flux pivots made for tests.
#pragma once

#include <string>
#include <vector>

namespace sceau::test {

struct PivotFile {
  std::string name, mime_type;
  std::string content;      // as it is in Contenu, before base64
  std::string type = "02";  // 01 invoice, 02 complement
};

struct PivotInvoice {
  std::string id;
  std::vector<PivotFile> files;
};

// <CPPFacturePivot>, one element a line.
std::string MakePivot(const std::vector<PivotInvoice>& invoices);

}  // namespace sceau::test
