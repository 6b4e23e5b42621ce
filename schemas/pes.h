// What a PES V2 file says of itself: collectivité, bordereaux, pièces justificatives, signatures.
//
// These are facts as written, none of them trusted: a signature may or may not cover them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/content_type.h"
#include "schemas/finding.h"
#include "xml/events.h"
#include "xml/gate.h"

namespace sceau::schemas {

// The kinds of document, by their root element.
enum class Kind {
  kPesAller,
  kPesRetour,
  kPesAcquit,
  kBudgetAct,
  kCfu,
  kActeEnvelope,
  kActe,
  kChorusPivot,
  kXml,
  kPdf,
  kOther,
};
std::string_view NameOf(Kind kind);  // "PES_ALLER", ...
// A DocumentBudgetaire, by itself or in a CFU.
inline bool HoldsBudget(Kind kind) { return kind == Kind::kBudgetAct || kind == Kind::kCfu; }

// A message of @CTES: its files travel beside it.
inline bool IsActes(Kind kind) { return kind == Kind::kActe || kind == Kind::kActeEnvelope; }

inline constexpr std::string_view kPesAllerNamespace =
    "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller";
inline constexpr std::string_view kDsNamespace = "http://www.w3.org/2000/09/xmldsig#";

enum class Domain { kDepense, kRecette };
std::string_view NameOf(Domain domain);  // "DEPENSE", "RECETTE"

struct Bordereau {
  Domain domain = Domain::kDepense;
  int ordinal = 0;                                 // in its domain, from 1
  std::optional<std::string> id;                   // @Id
  std::string exercice;                            // BlocBordereau/Exer/@V
  std::string type;                                // TypBord
  std::string number;                              // IdBord
  std::string date;                                // DteBordEm
  std::string amount_ht;                           // MtBordHT or MtBordHt, in euros, as written
  int64_t pieces = 0;                              // Piece elements counted
  // Of the pieces the one whose lines (MtHT) add up to most, in centimes, whatever its sign; unset
  // when there is none, or one that has no line, or a line without an amount that can be read.
  std::optional<int64_t> largest_piece;
  std::vector<std::string> pieces_justificatives;  // IdUnique of the PJRef, each once
  // What one mandat or titre refers to, when that is more than one: indexes into the list above.
  std::vector<std::vector<uint32_t>> together;
  int signatures = 0;                              // ds:Signature children
  xml::ByteRange start_tag;
  xml::ByteRange end_tag;
  int64_t line = 0;
  int64_t column = 0;

  // "DEPENSE:2024:01:12": domain, exercice, type, number.
  std::string Ref() const;
  // The Id where there is one, else Ref().
  std::string Name() const { return id ? *id : Ref(); }
  // "/n:PES_Aller/PES_DepenseAller/Bordereau[1]"
  std::string Path(std::string_view root_qname) const;
};

// PES_DepenseAller or PES_RecetteAller.
struct DomainFacts {
  bool present = false;
  std::optional<std::string> info_dematerialisee;  // the value as written
  // Some InfoDematerialisee of the domain, which may stand twice, is not plainly no (0, false).
  bool may_be_dematerialisee = false;
  xml::ByteRange info_tag;  // of its start tag
  int64_t header_end = -1;  // offset of </EnTeteDepense> or </EnTeteRecette>
  int64_t line = 0;         // of InfoDematerialisee, or of the header
  int64_t column = 0;
  bool Dematerialisee() const {
    return info_dematerialisee == "1" || info_dematerialisee == "true";
  }
};

struct OpenedContent;  // schemas/attachment_contents.h

struct PieceJustificative {
  std::string id;    // IdUnique
  std::string name;  // NomPJ
  std::string type;  // TypePJ, may be empty
  std::string mime_type;
  // Of the content after base64 and gzip; unset when it was not looked at or is neither.
  std::optional<int64_t> size;
  std::string sha256;  // lower-case hexadecimal
  ContentType content = ContentType::kOther;
  // What is in it; null when it was not opened.
  std::shared_ptr<const OpenedContent> opened;
  int64_t line = 0;
  int64_t column = 0;
  std::vector<std::string> ref_domaines;  // RefCompta/Domaine: it belongs to something sent earlier
};

enum class Scope { kBordereau, kWhole, kOther };
std::string_view NameOf(Scope scope);  // "BORDEREAU", "WHOLE", "OTHER"

struct SignatureFacts {
  std::string id;
  Scope scope = Scope::kOther;
  std::string of;  // name of the bordereau, Id (or qname) of the root; empty for kOther
};

struct Collectivite {
  std::string id_post, id_coll, cod_col, cod_bud, libelle;
};

struct PesFacts {
  std::string file_name;  // Enveloppe/Parametres/NomFic
  std::string root_qname;
  std::optional<std::string> root_id;
  xml::ByteRange root_start_tag;
  xml::ByteRange root_end_tag;
  int root_signatures = 0;
  Collectivite collectivite;
  Place id_coll_place, cod_bud_place;  // of these values, where they are
  DomainFacts depense, recette;
  std::vector<Bordereau> bordereaux;
  std::vector<PieceJustificative> pieces_justificatives;
  std::vector<SignatureFacts> signatures;

  const DomainFacts& Of(Domain domain) const {
    return domain == Domain::kDepense ? depense : recette;
  }
  std::string RootName() const { return root_id ? *root_id : root_qname; }
};

}  // namespace sceau::schemas
