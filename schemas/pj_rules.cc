#include "schemas/pj_rules.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/strings.h"

namespace sceau::schemas {
namespace {

using Piece = PieceJustificative;

// The domains of RefCompta that a TypePJ admits; the accountant rejects the others.
struct TypeDomains {
  std::string_view type;
  std::string_view domains[2];
};
constexpr TypeDomains kTypeDomains[] = {
    {"001", {"04"}}, {"002", {"02"}}, {"003", {"01"}}, {"004", {"01"}}, {"005", {"01"}},
    {"006", {"01", "02"}}, {"007", {"02"}}, {"008", {"02"}}, {"009", {"06"}}, {"010", {"02"}},
    {"011", {"02"}}, {"012", {"04"}}, {"013", {"04"}},
};

bool TypeAdmits(std::string_view type, std::string_view domain) {
  for (const TypeDomains& row : kTypeDomains) {
    if (row.type == type) return domain == row.domains[0] || (!row.domains[1].empty() && domain == row.domains[1]);
  }
  return true;
}

void CheckPiece(const Piece& piece, bool referenced, std::vector<Finding>& out) {
  const Place place{piece.line, piece.column, "PJ"};
  for (const std::string& domain : piece.ref_domaines) {
    if (piece.type.empty() || TypeAdmits(piece.type, domain)) continue;
    out.push_back({Severity::kError, "PJ_TYPE_DOMAIN_MISMATCH", place,
                   Concat(piece.id, ": ", piece.type, " / ", domain), piece.type});
  }
  if (!referenced && piece.ref_domaines.empty()) {
    out.push_back({Severity::kWarning, "PJ_NOT_REFERENCED", place, "", piece.id});
  }
}

void CheckRef(const PesReader::PjRef& ref, const Piece* piece, std::vector<Finding>& out) {
  const Place place{ref.line, ref.column, "PJRef"};
  if (ref.support == "01") {
    if (piece == nullptr) out.push_back({Severity::kWarning, "PJ_NOT_IN_FILE", place, "", ref.id});
  } else if ((ref.support == "02" || ref.support == "03") && piece != nullptr) {
    out.push_back({Severity::kError, "PJ_SUPPORT_CONTRADICTED", place, ref.id, ref.support});
  }
}

struct MimeType {
  std::string_view name;
  ContentType content;
};
constexpr MimeType kMimeTypes[] = {
    {"application/pdf", ContentType::kPdf}, {"image/jpeg", ContentType::kJpeg},
    {"image/jpg", ContentType::kJpeg},      {"image/png", ContentType::kPng},
    {"application/zip", ContentType::kZip}, {"text/xml", ContentType::kXml},
    {"application/xml", ContentType::kXml},
};

}  // namespace

void CheckPiecesJustificatives(const PesReader& reader, std::vector<Finding>& out) {
  absl::flat_hash_map<std::string_view, const Piece*> pieces;
  for (const Piece& piece : reader.facts().pieces_justificatives) {
    if (pieces.emplace(piece.id, &piece).second) continue;
    out.push_back(
        {Severity::kError, "PJ_DUPLICATE_ID", {piece.line, piece.column, "PJ"}, "", piece.id});
  }
  const auto find = [&](const std::string& id) {
    const auto found = pieces.find(id);
    return found == pieces.end() ? nullptr : found->second;
  };
  absl::flat_hash_set<std::string_view> referenced;
  for (const PesReader::PjRef& ref : reader.pj_refs()) {
    referenced.insert(ref.id);
    CheckRef(ref, find(ref.id), out);
  }
  for (const Piece& piece : reader.facts().pieces_justificatives) {
    CheckPiece(piece, referenced.contains(piece.id), out);
  }
  for (const PesReader::PrintedTitre& titre : reader.printed_titres()) {
    const auto begin = reader.pj_refs().begin();
    const bool has_asap = std::any_of(
        begin + static_cast<ptrdiff_t>(titre.first_ref),
        begin + static_cast<ptrdiff_t>(titre.end_ref), [&](const PesReader::PjRef& ref) {
          const Piece* piece = find(ref.id);
          return ref.type == "010" || (piece != nullptr && piece->type == "010");
        });
    if (has_asap) continue;
    out.push_back({Severity::kError, "EDITION_WITHOUT_ASAP",
                   {titre.edition.line, titre.edition.column, "Edition"}, titre.id,
                   titre.edition.value});
  }
}

bool MayBeOfType(std::string_view mime_type, ContentType content) {
  for (const MimeType& it : kMimeTypes) {
    if (mime_type == it.name) return content == it.content;
  }
  return true;
}

}  // namespace sceau::schemas
