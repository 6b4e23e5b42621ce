#include "schemas/pivot.h"

#include <algorithm>

#include "base/cut.h"
#include "base/strings.h"

namespace sceau::schemas {
namespace {

using N = PivotNode;

struct Step {
  PivotNode parent;
  std::string_view name;  // in no namespace
  PivotNode child;
};
constexpr Step kSteps[] = {
    {N::kRoot, "CPPFactures", N::kInvoices},
    {N::kInvoices, "CPPFacturePivotUnitaire", N::kInvoice},
    {N::kInvoice, "DonneesFacture", N::kData},
    {N::kData, "Id", N::kId},
    {N::kInvoice, "PJ", N::kPj},
    {N::kPj, "Contenu", N::kContent},
    {N::kPj, "NomPJ", N::kName},
    {N::kPj, "TypePJ", N::kType},
    {N::kPj, "MimeTypePJ", N::kMimeType},
};

PivotNode Classify(const std::vector<PivotNode>& open, const xml::StartElement& element) {
  if (open.empty()) return N::kRoot;
  for (const Step& step : kSteps) {
    if (step.parent == open.back() && element.Is("", step.name)) return step.child;
  }
  return N::kOther;
}

}  // namespace

StatusOr<PivotNode> PivotReader::Start(const xml::StartElement& element) {
  const PivotNode node = Classify(open_, element);
  open_.push_back(node);
  text_.clear();
  if (node == N::kInvoice) invoice_.clear();
  if (node != N::kPj) return node;
  if (attachments_.size() >= kMaxAttachments) {
    return Error(Reason::kXmlLimitExceeded, element.local,
                 {element.line, element.column, std::string(element.qname)});
  }
  const xml::Attribute* number = element.Find("NumOrdre");
  number_ = number == nullptr ? "" : std::string(number->value);
  attachments_.emplace_back();
  attachments_.back().line = element.line;
  attachments_.back().column = element.column;
  return node;
}

PivotNode PivotReader::End() {
  const PivotNode node = open_.back();
  open_.pop_back();
  if (node == N::kId) invoice_ = text_;
  if (node == N::kName) attachments_.back().name = text_;
  if (node == N::kType) attachments_.back().type = text_;
  if (node == N::kMimeType) attachments_.back().mime_type = text_;
  if (node == N::kPj) attachments_.back().id = Concat(invoice_, "/", number_);
  text_.clear();
  return node;
}

void PivotReader::Text(std::string_view text) {
  if (open_.empty() || open_.back() == N::kOther || open_.back() == N::kContent) return;
  text_.append(Cut(text, kMaxText - std::min(kMaxText, text_.size())));
}

}  // namespace sceau::schemas
