#include "tools/client/inspection_reader.h"

#include <memory>
#include <utility>

#include "base/bytes.h"
#include "proto/enums.h"
#include "tools/client/convert.h"
#include "tools/client/convert_inspection.h"

namespace sceau::client {
namespace {

Status Stray(const char* what) { return Error(Reason::kAnswerIncomplete, what); }

template <typename List, typename Wire>
void Append(List& list, const Wire& wire) {
  for (const auto& it : wire) list.push_back(FromWire(it));
}

}  // namespace

Status InspectionReader::Take(const v1::InspectResponse& response) {
  if (response.has_file()) TakeFile(response.file());
  if (response.has_items()) SCEAU_RETURN_IF_ERROR(TakeItems(response.items()));
  if (response.has_end()) end_ = response.end();
  return OkStatus();
}

void InspectionReader::TakeFile(const v1::InspectedFile& wire) {
  inspection_.kind = wire::From(wire.kind(), schemas::Kind::kOther);
  inspection_.schema_set = wire.schema_set();
  inspection_.encoding = wire.encoding();
  inspection_.size = wire.size();
  inspection_.sha256 = ToHex(wire.sha256());
  schemas::PesFacts& pes = inspection_.pes;
  pes.root_qname = wire.root_qname();
  if (wire.has_root_id()) pes.root_id = wire.root_id();
  pes.root_signatures = wire.root_signatures();
  pes.collectivite = FromWire(wire.collectivite());
  pes.depense = FromWire(wire.depense());
  pes.recette = FromWire(wire.recette());
  if (wire.has_budget_act()) inspection_.budget = FromWire(wire.budget_act());
  if (wire.has_acte()) inspection_.acte = FromWire(wire.acte());
  if (wire.has_acquit()) {
    inspection_.acquit.emplace();
    inspection_.acquit->file_name = wire.acquit().file_name();
    inspection_.acquit->collectivite = FromWire(wire.acquit().collectivite());
  }
  if (wire.has_content()) TakeContent(wire.content(), kTheFile);
}

void InspectionReader::TakeContent(const v1::OpenedContent& wire, int64_t piece) {
  Open& open = contents_[piece];
  if (wire.has_pdf()) open.content.facts.pdf = FromWire(wire.pdf());
  if (wire.has_zip()) open.content.facts.zip.emplace().total = wire.zip().total();
  if (wire.has_document()) open.document = FromWire(wire.document());
}

Status InspectionReader::TakeItems(const v1::InspectedItems& items) {
  schemas::PesFacts& pes = inspection_.pes;
  Append(pes.bordereaux, items.bordereaux());
  for (const v1::PieceJustificative& it : items.pieces_justificatives()) {
    const auto place = static_cast<int64_t>(pes.pieces_justificatives.size());
    if (it.has_content()) TakeContent(it.content(), place);
    pes.pieces_justificatives.push_back(FromWire(it));
  }
  Append(pes.signatures, items.signatures());
  Append(inspection_.anomalies, items.anomalies());
  if (!items.budgets().empty()) {
    if (!inspection_.budget) return Stray("budgets");
    Append(inspection_.budget->budgets, items.budgets());
  }
  if (!items.acte_files().empty()) {
    if (!inspection_.acte) return Stray("acte_files");
    Append(inspection_.acte->files, items.acte_files());
  }
  for (const v1::AcquitEntry& it : items.acquit_entries()) SCEAU_RETURN_IF_ERROR(TakeAcquit(it));
  for (const v1::ContentPart& it : items.content_parts()) SCEAU_RETURN_IF_ERROR(TakePart(it));
  return OkStatus();
}

Status InspectionReader::TakeAcquit(const v1::AcquitEntry& entry) {
  if (!inspection_.acquit) return Stray("acquit_entries");
  ++acquit_entries_;
  auto& elements = inspection_.acquit->elements;
  if (entry.has_element()) elements.push_back(FromWire(entry.element()));
  if (!entry.has_piece()) return OkStatus();
  if (elements.empty()) return Stray("acquit_entries");
  elements.back().pieces.push_back(FromWire(entry.piece()));
  return OkStatus();
}

Status InspectionReader::TakePart(const v1::ContentPart& part) {
  ++content_parts_;
  const auto found = contents_.find(part.has_piece() ? part.piece() : kTheFile);
  if (found == contents_.end()) return Stray("content_parts");
  contents::Facts& facts = found->second.content.facts;
  std::optional<schemas::Inspection>& document = found->second.document;
  switch (part.part_case()) {
    case v1::ContentPart::kPdfSignature:
      if (!facts.pdf) break;
      facts.pdf->signatures.push_back(FromWire(part.pdf_signature()));
      return OkStatus();
    case v1::ContentPart::kZipMember:
      if (!facts.zip) break;
      facts.zip->members.push_back(FromWire(part.zip_member()));
      return OkStatus();
    case v1::ContentPart::kSignature:
      if (!document) break;
      document->pes.signatures.push_back(FromWire(part.signature()));
      return OkStatus();
    case v1::ContentPart::kBudget:
      if (!document || !document->budget) break;
      document->budget->budgets.push_back(FromWire(part.budget()));
      return OkStatus();
    case v1::ContentPart::kAnomaly:
      if (!document) break;
      document->anomalies.push_back(FromWire(part.anomaly()));
      return OkStatus();
    case v1::ContentPart::PART_NOT_SET:
      return OkStatus();  // of a later server
  }
  return Stray("content_parts");
}

bool InspectionReader::HasAll() const {
  const auto all = [](const auto& list, int64_t count) {
    return static_cast<int64_t>(list.size()) == count;
  };
  const schemas::PesFacts& pes = inspection_.pes;
  return all(pes.bordereaux, end_->bordereaux()) &&
         all(pes.pieces_justificatives, end_->pieces_justificatives()) &&
         all(pes.signatures, end_->signatures()) && all(inspection_.anomalies, end_->anomalies()) &&
         (!inspection_.budget || all(inspection_.budget->budgets, end_->budgets())) &&
         (!inspection_.acte || all(inspection_.acte->files, end_->acte_files())) &&
         acquit_entries_ == end_->acquit_entries() && content_parts_ == end_->content_parts();
}

StatusOr<schemas::Inspection> InspectionReader::Finish() {
  if (!end_ || !HasAll()) return Error(Reason::kAnswerIncomplete, "inspection");
  for (auto& [piece, open] : contents_) {
    if (open.document) {
      open.content.document =
          std::make_shared<const schemas::Inspection>(*std::move(open.document));
    }
    auto content = std::make_shared<const schemas::OpenedContent>(std::move(open.content));
    if (piece == kTheFile) {
      inspection_.opened = std::move(content);
    } else {
      inspection_.pes.pieces_justificatives[static_cast<size_t>(piece)].opened = std::move(content);
    }
  }
  return std::move(inspection_);
}

}  // namespace sceau::client
