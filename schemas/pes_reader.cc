#include "schemas/pes_reader.h"

#include <algorithm>
#include <cstdlib>

#include "base/strings.h"
#include "schemas/acte.h"

namespace sceau::schemas {
namespace {

struct Step {
  PesNode parent;
  std::string_view name;  // in no namespace
  PesNode child;
};

// The part of the PES that holds facts (domain by domain alike).
constexpr Step kSteps[] = {
    {PesNode::kRoot, "Enveloppe", PesNode::kEnveloppe},
    {PesNode::kEnveloppe, "Parametres", PesNode::kParametres},
    {PesNode::kParametres, "NomFic", PesNode::kNomFic},
    {PesNode::kRoot, "EnTetePES", PesNode::kEnTetePes},
    {PesNode::kRoot, "PES_DepenseAller", PesNode::kDepense},
    {PesNode::kRoot, "PES_RecetteAller", PesNode::kRecette},
    {PesNode::kRoot, "PES_PJ", PesNode::kPesPj},
    {PesNode::kEnTetePes, "IdPost", PesNode::kIdPost},
    {PesNode::kEnTetePes, "IdColl", PesNode::kIdColl},
    {PesNode::kEnTetePes, "CodCol", PesNode::kCodCol},
    {PesNode::kEnTetePes, "CodBud", PesNode::kCodBud},
    {PesNode::kEnTetePes, "LibelleColBud", PesNode::kLibelle},
    {PesNode::kDepense, "EnTeteDepense", PesNode::kDomainHeader},
    {PesNode::kDepense, "Bordereau", PesNode::kBordereau},
    {PesNode::kRecette, "EnTeteRecette", PesNode::kDomainHeader},
    {PesNode::kRecette, "Bordereau", PesNode::kBordereau},
    {PesNode::kDomainHeader, "InfoDematerialisee", PesNode::kInfoDematerialisee},
    {PesNode::kBlocBordereau, "MtBordTVA", PesNode::kMtBordTva},
    {PesNode::kBlocBordereau, "MtBordTva", PesNode::kMtBordTva},
    {PesNode::kBordereau, "Piece", PesNode::kPiece},
    {PesNode::kBordereau, "BlocBordereau", PesNode::kBlocBordereau},
    {PesNode::kBlocBordereau, "Exer", PesNode::kExer},
    {PesNode::kBlocBordereau, "IdBord", PesNode::kIdBord},
    {PesNode::kBlocBordereau, "DteBordEm", PesNode::kDteBordEm},
    {PesNode::kBlocBordereau, "TypBord", PesNode::kTypBord},
    {PesNode::kBlocBordereau, "NbrPce", PesNode::kNbrPce},
    {PesNode::kBlocBordereau, "MtCumulAnnuel", PesNode::kMtCumulAnnuel},
    {PesNode::kBlocBordereau, "MtBordHT", PesNode::kMtBordHt},
    {PesNode::kBlocBordereau, "MtBordHt", PesNode::kMtBordHt},
    {PesNode::kPiece, "LigneDePiece", PesNode::kLigneDePiece},
    {PesNode::kPiece, "BlocPiece", PesNode::kBlocPiece},
    {PesNode::kBlocPiece, "InfoPce", PesNode::kInfoPce},
    {PesNode::kBlocPiece, "PJRef", PesNode::kPjRef},
    {PesNode::kInfoPce, "PJRef", PesNode::kPjRef},
    {PesNode::kLigneDePiece, "BlocLignePiece", PesNode::kBlocLignePiece},
    {PesNode::kBlocLignePiece, "InfoLignePce", PesNode::kInfoLignePce},
    {PesNode::kBlocLignePiece, "InfoLignePiece", PesNode::kInfoLignePce},
    {PesNode::kInfoLignePce, "PJRef", PesNode::kPjRef},
    {PesNode::kInfoLignePce, "MtHT", PesNode::kLineMtHt},
    {PesNode::kInfoLignePce, "MtTVA", PesNode::kLineMtTva},
    {PesNode::kInfoPce, "IdPce", PesNode::kIdPce},
    {PesNode::kBlocPiece, "IdPce", PesNode::kIdPce},
    {PesNode::kBlocPiece, "Edition", PesNode::kEdition},
    {PesNode::kPjRef, "IdUnique", PesNode::kPjRefIdUnique},
    {PesNode::kPjRef, "Support", PesNode::kPjRefSupport},
    {PesNode::kPjRef, "TypePJ", PesNode::kPjRefTypePj},
    {PesNode::kPesPj, "PJ", PesNode::kPj},
    {PesNode::kPj, "Contenu", PesNode::kContenu},
    {PesNode::kPj, "IdUnique", PesNode::kPjIdUnique},
    {PesNode::kPj, "NomPJ", PesNode::kNomPj},
    {PesNode::kPj, "TypePJ", PesNode::kTypePj},
    {PesNode::kPj, "RefCompta", PesNode::kRefCompta},
    {PesNode::kRefCompta, "Domaine", PesNode::kRefDomaine},
    {PesNode::kContenu, "Fichier", PesNode::kFichier},
};

PesNode Classify(PesNode parent, const xml::StartElement& element) {
  if (!element.uri.empty()) {
    return element.Is(kDsNamespace, "Signature") ? PesNode::kSignature : PesNode::kOther;
  }
  if (parent == PesNode::kOther) return PesNode::kOther;
  for (const Step& step : kSteps) {
    if (step.parent == parent && step.name == element.local) return step.child;
  }
  return PesNode::kOther;
}

std::string ValueOf(const xml::StartElement& element) {
  const xml::Attribute* value = element.Find("V");
  return value == nullptr ? "" : std::string(value->value);
}

PesReader::Written WrittenIn(const xml::StartElement& element) {
  return {ValueOf(element), element.line, element.column};
}

// A sum with a part that is not known, or too large, is not known.
void AddTo(std::optional<int64_t>& sum, const std::optional<int64_t>& amount) {
  int64_t total = 0;
  if (!sum || !amount || __builtin_add_overflow(*sum, *amount, &total)) {
    sum.reset();
  } else {
    sum = total;
  }
}

bool IsPlainNo(std::string_view flag) { return flag == "0" || flag == "false"; }

std::optional<std::string> IdOf(const xml::StartElement& element) {
  const xml::Attribute* id = element.Find("Id");
  if (id == nullptr) return std::nullopt;
  return std::string(id->value);
}

}  // namespace

Status PesReader::CheckLimit(PesNode node, const xml::StartElement& element) const {
  const bool exceeded =
      (node == PesNode::kBordereau && facts_.bordereaux.size() >= kMaxBordereaux) ||
      (node == PesNode::kPj && facts_.pieces_justificatives.size() >= kMaxAttachments) ||
      (node == PesNode::kPjRef && pj_refs_.size() >= kMaxPjRefs) ||
      (node == PesNode::kSignature && facts_.signatures.size() >= kMaxSignatures);
  if (!exceeded) return OkStatus();
  return Error(Reason::kXmlLimitExceeded, element.local,
               {element.line, element.column, std::string(element.qname)});
}

StatusOr<PesNode> PesReader::Start(const xml::StartElement& element) {
  PesNode node = PesNode::kRoot;
  // What stands inside a signature belongs to it.
  if (signature_depth_ > 0) {
    node = PesNode::kOther;
  } else if (!stack_.empty()) {
    node = Classify(stack_.back(), element);
  }
  SCEAU_RETURN_IF_ERROR(CheckLimit(node, element));
  if (node == PesNode::kSignature) signature_depth_ = element.depth;
  stack_.push_back(node);
  if (node != PesNode::kOther) Take(node, element);
  return node;
}

void PesReader::TakeSignature(const xml::StartElement& element) {
  SignatureFacts signature;
  signature.id = IdOf(element).value_or("");
  if (Parent() == PesNode::kBordereau) {
    signature.scope = Scope::kBordereau;
    signature.of = facts_.bordereaux.back().Name();
    ++facts_.bordereaux.back().signatures;
  } else if (Parent() == PesNode::kRoot) {
    signature.scope = Scope::kWhole;
    signature.of = facts_.RootName();
    ++facts_.root_signatures;
  }
  facts_.signatures.push_back(std::move(signature));
}

void PesReader::Take(PesNode node, const xml::StartElement& element) {
  Bordereau* bordereau = OpenBordereau();
  switch (node) {
    case PesNode::kRoot:
      facts_.root_qname = element.qname;
      facts_.root_id = IdOf(element);
      facts_.root_start_tag = element.bytes;
      break;
    case PesNode::kNomFic:
      facts_.file_name = ValueOf(element);
      break;
    case PesNode::kIdPost:
      facts_.collectivite.id_post = ValueOf(element);
      break;
    case PesNode::kIdColl:
      facts_.collectivite.id_coll = ValueOf(element);
      facts_.id_coll_place = {element.line, element.column, "IdColl"};
      break;
    case PesNode::kCodCol:
      facts_.collectivite.cod_col = ValueOf(element);
      break;
    case PesNode::kCodBud:
      facts_.collectivite.cod_bud = ValueOf(element);
      facts_.cod_bud_place = {element.line, element.column, "CodBud"};
      break;
    case PesNode::kLibelle:
      facts_.collectivite.libelle = ValueOf(element);
      break;
    case PesNode::kDepense:
    case PesNode::kRecette:
      domain_ = node == PesNode::kDepense ? Domain::kDepense : Domain::kRecette;
      CurrentDomainFacts().present = true;
      break;
    case PesNode::kDomainHeader:
      CurrentDomainFacts().line = element.line;
      CurrentDomainFacts().column = element.column;
      break;
    case PesNode::kInfoDematerialisee:
      CurrentDomainFacts().info_dematerialisee = ValueOf(element);
      CurrentDomainFacts().may_be_dematerialisee |= !IsPlainNo(ValueOf(element));
      CurrentDomainFacts().info_tag = element.bytes;
      CurrentDomainFacts().line = element.line;
      CurrentDomainFacts().column = element.column;
      break;
    case PesNode::kBordereau: {
      Bordereau next;
      next.domain = domain_;
      next.ordinal = ++ordinal_[domain_ == Domain::kDepense ? 0 : 1];
      next.id = IdOf(element);
      next.start_tag = element.bytes;
      next.line = element.line;
      next.column = element.column;
      facts_.bordereaux.push_back(std::move(next));
      declared_.emplace_back();
      in_bordereau_ = true;
      referenced_.clear();
      piece_unknown_ = false;
      break;
    }
    case PesNode::kExer:
      bordereau->exercice = ValueOf(element);
      break;
    case PesNode::kIdBord:
      bordereau->number = ValueOf(element);
      declared_.back().number = WrittenIn(element);
      break;
    case PesNode::kDteBordEm:
      bordereau->date = ValueOf(element);
      break;
    case PesNode::kTypBord:
      bordereau->type = ValueOf(element);
      break;
    case PesNode::kNbrPce:
      declared_.back().nbr_pce = WrittenIn(element);
      break;
    case PesNode::kMtCumulAnnuel:
      declared_.back().mt_cumul_annuel = WrittenIn(element);
      break;
    case PesNode::kMtBordHt:
      bordereau->amount_ht = ValueOf(element);
      declared_.back().amount_ht = WrittenIn(element);
      break;
    case PesNode::kSignature:
      TakeSignature(element);
      break;
    default:
      TakePiece(node, element);
      TakePj(node, element);
  }
}

void PesReader::TakePiece(PesNode node, const xml::StartElement& element) {
  Bordereau* bordereau = OpenBordereau();
  switch (node) {
    case PesNode::kPiece:
      ++bordereau->pieces;
      titre_ = {};
      titre_.first_ref = pj_refs_.size();
      piece_ = {};
      break;
    case PesNode::kIdPce:
      titre_.id = ValueOf(element);
      break;
    case PesNode::kEdition:
      titre_.edition = WrittenIn(element);
      break;
    case PesNode::kLigneDePiece:
      piece_.has_line = true;
      piece_.line_has_amount = false;
      break;
    case PesNode::kLineMtHt: {
      const std::optional<int64_t> amount = Centimes(ValueOf(element));
      AddTo(declared_.back().lines_ht, amount);
      AddTo(piece_.amount, amount);
      piece_.line_has_amount = true;
      break;
    }
    case PesNode::kPjRef:
      if (!for_rules_) pj_refs_.clear();
      pj_refs_.push_back({"", "", "", element.line, element.column});
      break;
    case PesNode::kPjRefSupport:
      pj_refs_.back().support = ValueOf(element);
      break;
    case PesNode::kPjRefTypePj:
      pj_refs_.back().type = ValueOf(element);
      break;
    case PesNode::kPjRefIdUnique: {
      std::string id = ValueOf(element);
      pj_refs_.back().id = id;
      const auto [known, is_new] =
          referenced_.emplace(id, static_cast<uint32_t>(bordereau->pieces_justificatives.size()));
      piece_.refs.push_back(known->second);
      if (is_new) bordereau->pieces_justificatives.push_back(std::move(id));
      break;
    }
    default:
      break;
  }
}

void PesReader::TakePj(PesNode node, const xml::StartElement& element) {
  switch (node) {
    case PesNode::kPj: {
      PieceJustificative piece;
      piece.line = element.line;
      piece.column = element.column;
      facts_.pieces_justificatives.push_back(std::move(piece));
      break;
    }
    case PesNode::kFichier: {
      const xml::Attribute* type = element.Find("MIMEType");
      if (type != nullptr) facts_.pieces_justificatives.back().mime_type = type->value;
      break;
    }
    case PesNode::kPjIdUnique:
      facts_.pieces_justificatives.back().id = ValueOf(element);
      break;
    case PesNode::kNomPj:
      facts_.pieces_justificatives.back().name = ValueOf(element);
      break;
    case PesNode::kTypePj:
      facts_.pieces_justificatives.back().type = ValueOf(element);
      break;
    case PesNode::kRefDomaine:
      facts_.pieces_justificatives.back().ref_domaines.push_back(ValueOf(element));
      break;
    default:
      break;
  }
}

void PesReader::EndPiece() {
  Bordereau& bordereau = facts_.bordereaux.back();
  if (piece_.refs.size() > 1) bordereau.together.push_back(std::move(piece_.refs));
  if (!piece_.has_line || !piece_.amount) {
    piece_unknown_ = true;
  } else {
    bordereau.largest_piece =
        std::max(bordereau.largest_piece.value_or(0), std::abs(*piece_.amount));
  }
  piece_ = {};
}

PesNode PesReader::End(const xml::EndElement& element) {
  const PesNode node = stack_.back();
  stack_.pop_back();
  if (node == PesNode::kBordereau) {
    facts_.bordereaux.back().end_tag = element.bytes;
    if (piece_unknown_) facts_.bordereaux.back().largest_piece.reset();
    in_bordereau_ = false;
  } else if (node == PesNode::kLigneDePiece) {
    if (!piece_.line_has_amount) piece_.amount.reset();
  } else if (node == PesNode::kPiece) {
    EndPiece();
    titre_.end_ref = pj_refs_.size();
    if (for_rules_ && titre_.edition.value == "06") printed_titres_.push_back(std::move(titre_));
  } else if (node == PesNode::kSignature) {
    signature_depth_ = 0;
  } else if (node == PesNode::kRoot) {
    facts_.root_end_tag = element.bytes;
  } else if (node == PesNode::kDomainHeader) {
    CurrentDomainFacts().header_end = element.bytes.length == 0 ? -1 : element.bytes.offset;
  }
  return node;
}

std::optional<int64_t> Centimes(std::string_view amount) {
  const bool negative = amount.starts_with('-');
  if (negative || amount.starts_with('+')) amount.remove_prefix(1);
  const size_t point = amount.find('.');
  std::string digits(amount.substr(0, point));
  std::string decimals(point == std::string_view::npos ? "" : amount.substr(point + 1));
  if (digits.size() > 15 || decimals.size() > 2 || (digits + decimals).empty()) return std::nullopt;
  decimals.resize(2, '0');
  int64_t out = 0;
  for (char c : digits + decimals) {
    if (c < '0' || c > '9') return std::nullopt;
    out = out * 10 + (c - '0');
  }
  return negative ? -out : out;
}

Kind KindOf(const xml::StartElement& root) {
  struct Entry {
    std::string_view uri;
    std::string_view local;
    Kind kind;
  };
  constexpr std::string_view kRetour = "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/retour/v2";
  static constexpr Entry kKinds[] = {
      {kPesAllerNamespace, "PES_Aller", Kind::kPesAller},
      {kRetour, "PES_Retour", Kind::kPesRetour},
      {kRetour, "PES_ACQUIT", Kind::kPesAcquit},
      {"http://www.minefi.gouv.fr/cp/demat/docbudgetaire", "DocumentBudgetaire", Kind::kBudgetAct},
      {"http://www.minefi.gouv.fr/cp/demat/doccfu", "CompteFinancierUnique", Kind::kCfu},
      {kActesNamespace, "EnveloppeCLMISILL", Kind::kActeEnvelope},
      {kActesNamespace, "EnveloppeMISILLCL", Kind::kActeEnvelope},
      {kActesNamespace, "AnomalieEnveloppe", Kind::kActeEnvelope},
      {"", "CPPFacturePivot", Kind::kChorusPivot},
  };
  for (const Entry& entry : kKinds) {
    if (root.Is(entry.uri, entry.local)) return entry.kind;
  }
  // The act, the answers to it and what is written about it.
  if (root.uri == kActesNamespace) return Kind::kActe;
  return Kind::kXml;
}

}  // namespace sceau::schemas
