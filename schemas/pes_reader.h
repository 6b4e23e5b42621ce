// Reads the facts of a PES_Aller from the events while they pass. Bounded by the number of
// bordereaux and attachments, and those are bounded too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"
#include "schemas/pes.h"
#include "xml/events.h"

namespace sceau::schemas {

// What an element is in a PES. kOther has no part in the facts.
enum class PesNode : uint8_t {
  kOther,
  kRoot,
  kEnveloppe,
  kParametres,
  kNomFic,
  kEnTetePes,
  kIdPost,
  kIdColl,
  kCodCol,
  kCodBud,
  kLibelle,
  kDepense,
  kRecette,
  kDomainHeader,
  kInfoDematerialisee,
  kBordereau,
  kBlocBordereau,
  kExer,
  kIdBord,
  kDteBordEm,
  kTypBord,
  kNbrPce,
  kMtCumulAnnuel,
  kMtBordHt,
  kMtBordTva,
  kPiece,
  kBlocPiece,
  kInfoPce,
  kLigneDePiece,
  kBlocLignePiece,
  kInfoLignePce,
  kPjRef,
  kPjRefIdUnique,
  kPjRefSupport,
  kPjRefTypePj,
  kIdPce,
  kEdition,
  kLineMtHt,
  kLineMtTva,
  kPesPj,
  kPj,
  kContenu,
  kFichier,
  kPjIdUnique,
  kNomPj,
  kTypePj,
  kRefCompta,
  kRefDomaine,
  kSignature,  // ds:Signature, wherever it stands
};

class PesReader {
 public:
  // A value as written and where; line 0: the element is not there.
  struct Written {
    std::string value;
    int64_t line = 0, column = 0;
  };
  // The declared figures of a bordereau that only the rules look at.
  struct Declared {
    Written number, nbr_pce, mt_cumul_annuel, amount_ht;
    // The sum of MtHT of its lines, in centimes; unset when one is no amount or too large.
    std::optional<int64_t> lines_ht = 0;
  };
  // What a mandat or titre says of a supporting document.
  struct PjRef {
    std::string id, support, type;
    int64_t line = 0, column = 0;
  };
  // A titre whose Edition asks the centre to print the ASAP of a role (06).
  struct PrintedTitre {
    std::string id;
    Written edition;
    size_t first_ref = 0, end_ref = 0;  // its PjRefs
  };

  // Far more than any real file has; each costs a few hundred bytes.
  static constexpr size_t kMaxBordereaux = 100'000;
  static constexpr size_t kMaxAttachments = 100'000;
  static constexpr size_t kMaxSignatures = 100'000;
  static constexpr size_t kMaxPjRefs = 2'000'000;

  // `for_rules`: keep every PjRef and PrintedTitre, which only CheckPes needs.
  explicit PesReader(bool for_rules = false) : for_rules_(for_rules) {}

  // Tells what the element is. The root must have been seen to be a PES_Aller by the caller.
  // Error: kXmlLimitExceeded.
  StatusOr<PesNode> Start(const xml::StartElement& element);
  // What the element that ends was.
  PesNode End(const xml::EndElement& element);

  const PesFacts& facts() const { return facts_; }
  PesFacts& facts() { return facts_; }
  const std::vector<Declared>& declared() const { return declared_; }
  const std::vector<PjRef>& pj_refs() const { return pj_refs_; }
  const std::vector<PrintedTitre>& printed_titres() const { return printed_titres_; }
  // What the parent of the element last started is.
  PesNode Parent() const { return stack_.size() < 2 ? PesNode::kOther : stack_[stack_.size() - 2]; }
  // The bordereau that is open, or nullptr.
  Bordereau* OpenBordereau() { return in_bordereau_ ? &facts_.bordereaux.back() : nullptr; }
  Domain CurrentDomain() const { return domain_; }

 private:
  Status CheckLimit(PesNode node, const xml::StartElement& element) const;
  void Take(PesNode node, const xml::StartElement& element);
  void TakePiece(PesNode node, const xml::StartElement& element);
  void EndPiece();
  void TakePj(PesNode node, const xml::StartElement& element);
  void TakeSignature(const xml::StartElement& element);
  DomainFacts& CurrentDomainFacts() {
    return domain_ == Domain::kDepense ? facts_.depense : facts_.recette;
  }

  const bool for_rules_;
  PesFacts facts_;
  std::vector<Declared> declared_;
  std::vector<PjRef> pj_refs_;
  std::vector<PrintedTitre> printed_titres_;
  PrintedTitre titre_;  // the open Piece
  std::vector<PesNode> stack_;
  Domain domain_ = Domain::kDepense;
  int ordinal_[2] = {0, 0};
  bool in_bordereau_ = false;
  // By the open bordereau: where it stands in pieces_justificatives.
  absl::flat_hash_map<std::string, uint32_t> referenced_;
  // Of the open Piece.
  struct OpenPiece {
    std::vector<uint32_t> refs;         // as in `referenced_`
    std::optional<int64_t> amount = 0;  // centimes; unset: not known
    bool has_line = false;
    bool line_has_amount = false;  // the open line
  };
  OpenPiece piece_;
  bool piece_unknown_ = false;  // the open bordereau has one whose amount is not known
  int signature_depth_ = 0;                      // of the open ds:Signature; 0: none
};

// Euros in centimes: "-12.5" is -1250. Unset when it is no amount of at most two decimals.
std::optional<int64_t> Centimes(std::string_view amount);

// The kind of a document by its root element; kXml when it is none of the field's.
Kind KindOf(const xml::StartElement& root);

}  // namespace sceau::schemas
