// The parts of a PES_Aller that can be left out of it, each with its bytes: domains, bordereaux,
// pieces (mandats, titres), supporting documents, signatures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "schemas/pes.h"
#include "xml/events.h"
#include "xml/gate.h"

namespace sceau::schemas {

// An element with one value: <NbrPce V="3"/>.
struct Figure {
  std::string value;
  xml::ByteRange tag;  // its start tag; empty: the element is not there
  Place place;

  bool present() const { return tag.length > 0; }
};

struct PiecePart {
  std::string number;  // IdPce
  xml::ByteRange bytes;
  Place place;
  // The sums of MtHT and MtTVA of its lines, in centimes; unset when one is no amount.
  std::optional<int64_t> ht = 0, tva = 0;
  std::vector<std::string> references;  // IdUnique of its PJRefs
};

struct BordereauPart {
  xml::ByteRange bytes;
  Figure nbr_pce, mt_cumul_annuel, amount_ht, amount_tva;
  std::vector<PiecePart> pieces;
  std::vector<xml::ByteRange> signatures;
};

struct PesParts {
  PesFacts facts;
  Figure file_name;  // NomFic
  xml::ByteRange depense, recette, pes_pj;
  bool other_content = false;                         // PES_Facture or PES_Marche
  std::vector<BordereauPart> bordereaux;              // as facts.bordereaux
  std::vector<xml::ByteRange> pieces_justificatives;  // as facts.pieces_justificatives
  std::vector<xml::ByteRange> root_signatures;
  xml::Encoding encoding = xml::Encoding::kUtf8;
  std::string sha256;  // raw, of the bytes that were read

  const xml::ByteRange& Of(Domain domain) const {
    return domain == Domain::kDepense ? depense : recette;
  }
};

// Pieces and their references together.
inline constexpr size_t kMaxPieces = 2'000'000;

// One parse. Errors: those of the parser and of PesReader; kDocumentUnknown when it is no
// PES_Aller; kElementMalformed when a domain stands in it twice.
StatusOr<PesParts> ReadPesParts(const InputFile& file);

}  // namespace sceau::schemas
