// The attachments of a Chorus Pro flux pivot (CPPFacturePivot): of each invoice
// (CPPFactures/CPPFacturePivotUnitaire) its PJ, in document order. Nothing else of it is read.
//
// PJ holds Contenu, base64 of the file itself or of a ZIP archive that holds it, then NomPJ, TypePJ
// (01 invoice, 02 complement) and MimeTypePJ. Facts as written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/pes.h"
#include "xml/events.h"

namespace sceau::schemas {

enum class PivotNode : uint8_t {
  kOther,
  kRoot,
  kInvoices,
  kInvoice,
  kData,
  kId,
  kPj,
  kContent,
  kName,
  kType,
  kMimeType
};

class PivotReader {
 public:
  static constexpr size_t kMaxAttachments = 100'000;
  static constexpr size_t kMaxText = 1000;  // bytes of one value; the rest is cut

  // Tells what the element is. Error: kXmlLimitExceeded.
  StatusOr<PivotNode> Start(const xml::StartElement& element);
  // What the element that ends was.
  PivotNode End();
  void Text(std::string_view text);

  // `id` is the invoice's Id and the PJ's NumOrdre: "F2025-12/1".
  std::vector<PieceJustificative>& attachments() { return attachments_; }

 private:
  std::vector<PivotNode> open_;
  std::string invoice_, number_;
  std::string text_;  // of the innermost element
  std::vector<PieceJustificative> attachments_;
};

}  // namespace sceau::schemas
