// Reads the facts of a PES_Aller from the events while they pass. Bounded by the number of
// bordereaux and attachments, and those are bounded too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/status.h"
#include "schemas/pes.h"
#include "xml/events.h"

namespace sceau::schemas {

// What an element is in a PES. kOther has no part in the facts.
enum class PesNode : uint8_t {
  kOther,
  kRoot,
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
  kPiece,
  kBlocPiece,
  kInfoPce,
  kLigneDePiece,
  kBlocLignePiece,
  kInfoLignePce,
  kPjRef,
  kPjRefIdUnique,
  kPesPj,
  kPj,
  kContenu,
  kFichier,
  kPjIdUnique,
  kNomPj,
  kTypePj,
  kSignature,  // ds:Signature, wherever it stands
};

class PesReader {
 public:
  // The declared figures of a bordereau that only the rules look at.
  struct Declared {
    std::string nbr_pce;
    std::string mt_cumul_annuel;
  };

  // Far more than any real file has; each costs a few hundred bytes.
  static constexpr size_t kMaxBordereaux = 100'000;
  static constexpr size_t kMaxAttachments = 100'000;
  static constexpr size_t kMaxSignatures = 100'000;

  // Tells what the element is. The root must have been seen to be a PES_Aller by the caller.
  // Error: kXmlLimitExceeded.
  StatusOr<PesNode> Start(const xml::StartElement& element);
  // What the element that ends was.
  PesNode End(const xml::EndElement& element);

  const PesFacts& facts() const { return facts_; }
  PesFacts& facts() { return facts_; }
  const std::vector<Declared>& declared() const { return declared_; }
  // What the parent of the element last started is.
  PesNode Parent() const { return stack_.size() < 2 ? PesNode::kOther : stack_[stack_.size() - 2]; }
  // The bordereau that is open, or nullptr.
  Bordereau* OpenBordereau() { return in_bordereau_ ? &facts_.bordereaux.back() : nullptr; }
  Domain CurrentDomain() const { return domain_; }

 private:
  Status CheckLimit(PesNode node, const xml::StartElement& element) const;
  void Take(PesNode node, const xml::StartElement& element);
  void TakeSignature(const xml::StartElement& element);
  DomainFacts& CurrentDomainFacts() {
    return domain_ == Domain::kDepense ? facts_.depense : facts_.recette;
  }

  PesFacts facts_;
  std::vector<Declared> declared_;
  std::vector<PesNode> stack_;
  Domain domain_ = Domain::kDepense;
  int ordinal_[2] = {0, 0};
  bool in_bordereau_ = false;
  absl::flat_hash_set<std::string> referenced_;  // by the open bordereau
  int signature_depth_ = 0;                      // of the open ds:Signature; 0: none
};

// The kind of a document by its root element; kXml when it is none of the field's.
Kind KindOf(const xml::StartElement& root);

}  // namespace sceau::schemas
