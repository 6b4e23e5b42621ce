#include "server/inspection_items.h"

#include <utility>

#include "server/convert.h"
#include "server/convert_inspection.h"

namespace sceau::server {
namespace {

constexpr size_t kBytesPerMessage = 512 * 1024;

}  // namespace

bool ContentParts::Next(v1::ContentPart& part) {
  if (opened_ == nullptr || !Take(part)) return false;
  if (piece_) part.set_piece(*piece_);
  return true;
}

bool ContentParts::Take(v1::ContentPart& part) {
  const auto next = [](const auto& list, size_t& sent, const auto& into) {
    if (sent == list.size()) return false;
    *into() = ToWire(list[sent++]);
    return true;
  };
  const contents::Facts& facts = opened_->facts;
  if (facts.pdf &&
      next(facts.pdf->signatures, pdf_signatures_, [&] { return part.mutable_pdf_signature(); })) {
    return true;
  }
  if (facts.zip && next(facts.zip->members, members_, [&] { return part.mutable_zip_member(); })) {
    return true;
  }
  if (opened_->document == nullptr) return false;
  const schemas::Inspection& document = *opened_->document;
  return next(document.pes.signatures, signatures_, [&] { return part.mutable_signature(); }) ||
         (document.budget &&
          next(document.budget->budgets, budgets_, [&] { return part.mutable_budget(); })) ||
         next(document.anomalies, anomalies_, [&] { return part.mutable_anomaly(); });
}

template <typename Wire, typename To>
bool InspectionItems::Put(Wire wire, To* into) {
  bytes_ += wire.ByteSizeLong();
  *into->Add() = std::move(wire);
  return true;
}

template <typename From, typename To>
bool InspectionItems::Take(const std::vector<From>& from, size_t& sent, To* into) {
  return sent < from.size() && Put(ToWire(from[sent++]), into);
}

bool InspectionItems::Next(v1::InspectedItems& items) {
  bytes_ = 0;
  size_t entries = 0;
  while (entries < kItemsPerMessage && bytes_ < kBytesPerMessage && Add(items)) ++entries;
  return entries > 0;
}

// One entry of the first list that has any left.
bool InspectionItems::Add(v1::InspectedItems& items) {
  const schemas::Inspection& it = inspection_;
  return Take(it.pes.bordereaux, bordereaux_, items.mutable_bordereaux()) || AddPiece(items) ||
         Take(it.pes.signatures, signatures_, items.mutable_signatures()) ||
         (it.budget && Take(it.budget->budgets, budgets_, items.mutable_budgets())) ||
         (it.acte && Take(it.acte->files, files_, items.mutable_acte_files())) ||
         AddAcquit(items) || AddPart(of_file_, items) ||
         Take(it.anomalies, anomalies_, items.mutable_anomalies());
}

// The next attachment, after all that is in the one before.
bool InspectionItems::AddPiece(v1::InspectedItems& items) {
  if (AddPart(of_piece_, items)) return true;
  const auto& pieces = inspection_.pes.pieces_justificatives;
  if (!Take(pieces, pieces_, items.mutable_pieces_justificatives())) return false;
  of_piece_ = ContentParts(pieces[pieces_ - 1].opened.get(), static_cast<int64_t>(pieces_ - 1));
  return true;
}

// The next element, after all pieces of the one before.
bool InspectionItems::AddAcquit(v1::InspectedItems& items) {
  if (!inspection_.acquit) return false;
  const auto& elements = inspection_.acquit->elements;
  auto* const into = items.mutable_acquit_entries();
  const bool piece =
      acquit_elements_ > 0 && Take(elements[acquit_elements_ - 1].pieces, acquit_pieces_, into);
  if (!piece) {
    if (!Take(elements, acquit_elements_, into)) return false;
    acquit_pieces_ = 0;
  }
  ++acquit_entries_;
  return true;
}

bool InspectionItems::AddPart(ContentParts& parts, v1::InspectedItems& items) {
  v1::ContentPart part;
  if (!parts.Next(part)) return false;
  ++parts_;
  return Put(std::move(part), items.mutable_content_parts());
}

v1::InspectionEnd InspectionItems::Sent() const {
  const auto count = [](size_t sent) { return static_cast<int64_t>(sent); };
  v1::InspectionEnd end;
  end.set_bordereaux(count(bordereaux_));
  end.set_pieces_justificatives(count(pieces_));
  end.set_signatures(count(signatures_));
  end.set_anomalies(count(anomalies_));
  end.set_budgets(count(budgets_));
  end.set_acte_files(count(files_));
  end.set_acquit_entries(count(acquit_entries_));
  end.set_content_parts(count(parts_));
  return end;
}

}  // namespace sceau::server
