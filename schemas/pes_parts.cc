#include "schemas/pes_parts.h"

#include <set>
#include <utility>

#include "schemas/pes_reader.h"
#include "xml/background_digest.h"
#include "xml/parser.h"

namespace sceau::schemas {
namespace {

class PartsReader final : public xml::Handler {
 public:
  Status OnStart(const xml::StartElement& element) override {
    if (element.depth == 1 && KindOf(element) != Kind::kPesAller) {
      return Error(Reason::kDocumentUnknown, element.qname,
                   {element.line, element.column, std::string(element.qname)});
    }
    SCEAU_ASSIGN_OR_RETURN(const PesNode node, reader_.Start(element));
    starts_.push_back(element.bytes);
    if (element.depth == 2 && node == PesNode::kOther) {
      out_.other_content |= element.local == "PES_Facture" || element.local == "PES_Marche";
    }
    return Take(node, element);
  }

  Status OnEnd(const xml::EndElement& element) override {
    const PesNode parent = reader_.Parent();
    const PesNode node = reader_.End(element);
    const xml::ByteRange start = starts_.back();
    starts_.pop_back();
    const int64_t end = element.bytes.length > 0 ? element.bytes.end() : start.end();
    Close(node, parent, {start.offset, end - start.offset});
    return OkStatus();
  }

  PesParts Finish() {
    out_.facts = std::move(reader_.facts());
    return std::move(out_);
  }

 private:
  static Figure FigureOf(const xml::StartElement& element) {
    const xml::Attribute* value = element.Find("V");
    return {value == nullptr ? "" : std::string(value->value),
            element.bytes,
            {element.line, element.column, std::string(element.qname)}};
  }

  static void AddTo(std::optional<int64_t>& sum, const std::string& amount) {
    const std::optional<int64_t> centimes = Centimes(amount);
    int64_t total = 0;
    if (!sum || !centimes || __builtin_add_overflow(*sum, *centimes, &total)) {
      sum.reset();
    } else {
      sum = total;
    }
  }

  // Pieces and references together.
  Status Count(const xml::StartElement& element) {
    if (++entries_ <= kMaxPieces) return OkStatus();
    return Error(Reason::kXmlLimitExceeded, element.local,
                 {element.line, element.column, std::string(element.qname)});
  }

  BordereauPart& Open() { return out_.bordereaux.back(); }

  Status Take(PesNode node, const xml::StartElement& element) {
    switch (node) {
      case PesNode::kDepense:
      case PesNode::kRecette:
      case PesNode::kPesPj:
        // Twice, and one range would not be all of it.
        if (!seen_.insert(node).second) {
          return Error(Reason::kElementMalformed, element.local,
                       {element.line, element.column, std::string(element.qname)});
        }
        break;
      case PesNode::kNomFic:
        out_.file_name = FigureOf(element);
        break;
      case PesNode::kBordereau:
        out_.bordereaux.emplace_back();
        break;
      case PesNode::kNbrPce:
        Open().nbr_pce = FigureOf(element);
        break;
      case PesNode::kMtCumulAnnuel:
        Open().mt_cumul_annuel = FigureOf(element);
        break;
      case PesNode::kMtBordHt:
        Open().amount_ht = FigureOf(element);
        break;
      case PesNode::kMtBordTva:
        Open().amount_tva = FigureOf(element);
        break;
      case PesNode::kPiece:
        SCEAU_RETURN_IF_ERROR(Count(element));
        Open().pieces.emplace_back();
        Open().pieces.back().place = {element.line, element.column, "Piece"};
        break;
      case PesNode::kIdPce:
        Open().pieces.back().number = FigureOf(element).value;
        break;
      case PesNode::kLineMtHt:
        AddTo(Open().pieces.back().ht, FigureOf(element).value);
        break;
      case PesNode::kLineMtTva:
        AddTo(Open().pieces.back().tva, FigureOf(element).value);
        break;
      case PesNode::kPjRefIdUnique:
        SCEAU_RETURN_IF_ERROR(Count(element));
        Open().pieces.back().references.push_back(FigureOf(element).value);
        break;
      default:
        break;
    }
    return OkStatus();
  }

  void Close(PesNode node, PesNode parent, const xml::ByteRange& bytes) {
    switch (node) {
      case PesNode::kDepense:
        out_.depense = bytes;
        break;
      case PesNode::kRecette:
        out_.recette = bytes;
        break;
      case PesNode::kPesPj:
        out_.pes_pj = bytes;
        break;
      case PesNode::kBordereau:
        Open().bytes = bytes;
        break;
      case PesNode::kPiece:
        Open().pieces.back().bytes = bytes;
        break;
      case PesNode::kPj:
        out_.pieces_justificatives.push_back(bytes);
        break;
      case PesNode::kSignature:
        if (parent == PesNode::kBordereau) Open().signatures.push_back(bytes);
        if (parent == PesNode::kRoot) out_.root_signatures.push_back(bytes);
        break;
      default:
        break;
    }
  }

  PesReader reader_;
  PesParts out_;
  std::vector<xml::ByteRange> starts_;  // of the open elements
  std::set<PesNode> seen_;
  size_t entries_ = 0;
};

}  // namespace

StatusOr<PesParts> ReadPesParts(const InputFile& file) {
  PartsReader reader;
  xml::BackgroundDigest raw(DigestAlgorithm::kSha256, file.size());
  SCEAU_ASSIGN_OR_RETURN(const xml::Gate gate, xml::Parse(file, reader, {}, &raw));
  PesParts out = reader.Finish();
  out.encoding = gate.encoding;
  out.sha256 = raw.Finish();
  return out;
}

}  // namespace sceau::schemas
